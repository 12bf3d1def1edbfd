//! The certificates of a case, and where each of them ended up.

use maud::{Markup, html};

use crate::report::model::CertificateView;

/// How many are shown; the rest is counted.
const LIMIT: usize = 100;

/// The certificates as cards.
pub(super) fn section(certificates: &[CertificateView]) -> Markup {
    html! {
        @if !certificates.is_empty() {
            details.part {
                summary { h3 { "Certificates" } span.meta { (certificates.len()) } }
                div.certificates { @for one in certificates.iter().take(LIMIT) { (card(one)) } }
                @if certificates.len() > LIMIT { p.dim { (certificates.len() - LIMIT) " more in report.json" } }
            }
        }
    }
}

fn card(certificate: &CertificateView) -> Markup {
    let title = certificate.subject.as_deref().unwrap_or(&certificate.kind);
    html! {
        article.certificate {
            header {
                @if let Some(name) = &certificate.name { code.id { (name) } }
                b { (title) }
            }
            (places(certificate))
            dl.facts {
                dt { "Object" } dd { (certificate.object) " · " (certificate.attribute) }
                dt { "Value" } dd { (certificate.kind) ", " (certificate.size) " octets" }
                @if let (Some(from), Some(to)) = (&certificate.not_before, &certificate.not_after) { dt { "Valid" } dd { (from) " – " (to) } }
                @for (name, value) in [("Issuer", &certificate.issuer), ("Serial", &certificate.serial)] {
                    @if let Some(value) = value { dt { (name) } dd { (value) } }
                }
                @for (name, list) in [("Addresses", &certificate.emails), ("For", &certificate.usages)] {
                    @if !list.is_empty() { dt { (name) } dd { (list.join(", ")) } }
                }
                dt { "SHA-256" } dd { code.hash { (certificate.sha256) } }
            }
        }
    }
}

/// Directory → tenant → address book, as far as the value came.
fn places(certificate: &CertificateView) -> Markup {
    let places = [
        ("directory", certificate.in_directory),
        ("tenant", certificate.in_tenant),
        ("address book", certificate.in_exchange),
    ];
    html! {
        ol.places {
            @for (place, there) in places {
                li class=(if there { "there" } else { "absent" }) {
                    span aria-hidden="true" { (if there { "●" } else { "○" }) } " " (place)
                    span.visually-hidden { (if there { ": there" } else { ": not there" }) }
                }
            }
        }
    }
}
