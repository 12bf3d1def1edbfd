//! Certificate values as a reader of the report wants to see them.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};
use x509_parser::prelude::*;

use crate::case::{Attribute, Values};
use crate::oracle::{DirectoryObject, History};
use crate::report::model::CertificateView;

/// Most values that a report holds per case.
const LIMIT: usize = 150;

/// Where a value was seen, by (object, attribute, octets).
type Seen = BTreeMap<(String, Attribute, Vec<u8>), [bool; 3]>;

/// Every certificate value of directory, tenant and address book at the end of a case.
pub(super) fn views(history: &History) -> Vec<CertificateView> {
    let end = history.end();
    let mut seen = Seen::new();
    for object in end.directory.objects.values().filter(|o| !o.is_deleted()) {
        for attribute in Attribute::BOTH {
            for value in object.certificates(attribute) {
                seen.entry((name(object), attribute, value)).or_default()[0] = true;
            }
        }
    }
    for object in end.tenant.live() {
        let label = history.roster.name_of(object.anchor()).unwrap_or(object.label()).to_owned();
        for attribute in Attribute::BOTH {
            for value in object.certificate_list(attribute) {
                seen.entry((label.clone(), attribute, value)).or_default()[1] = true;
            }
            for value in object.exchange_list(attribute) {
                seen.entry((label.clone(), attribute, value)).or_default()[2] = true;
            }
        }
    }
    seen.into_iter()
        .take(LIMIT)
        .map(|((object, attribute, value), places)| view(object, attribute, &value, places, &history.values))
        .collect()
}

/// The name under which the roster keeps an object.
fn name(object: &DirectoryObject) -> String {
    ["samaccountname", "cn", "name"].iter().find_map(|a| object.text(a)).unwrap_or(&object.dn).to_lowercase()
}

fn view(
    object: String,
    attribute: Attribute,
    value: &[u8],
    places: [bool; 3],
    values: &Values,
) -> CertificateView {
    let mut view = CertificateView {
        name: values.name_of(value).map(str::to_owned),
        object,
        attribute: attribute.name().to_owned(),
        sha256: hex::encode(Sha256::digest(value)),
        size: value.len(),
        kind: kind(value).to_owned(),
        subject: None,
        issuer: None,
        serial: None,
        not_before: None,
        not_after: None,
        emails: Vec::new(),
        usages: Vec::new(),
        in_directory: places[0],
        in_tenant: places[1],
        in_exchange: places[2],
    };
    if let Ok((_, certificate)) = X509Certificate::from_der(value) {
        fill(&mut view, &certificate);
    }
    view
}

fn kind(value: &[u8]) -> &'static str {
    /// OBJECT IDENTIFIER 1.2.840.113549.1.7.2, signedData.
    const SIGNED_DATA: &[u8] = &[0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];
    /// INTEGER 3 and the content type data, as a PFX begins.
    const PFX: &[u8] = &[0x02, 0x01, 0x03, 0x30];
    let head = &value[..value.len().min(32)];
    let has = |needle: &[u8]| head.windows(needle.len()).any(|w| w == needle);
    match value {
        [] => "empty",
        [0x30, ..] if has(SIGNED_DATA) => "PKCS#7",
        [0x30, ..] if has(PFX) => "PKCS#12",
        _ if X509Certificate::from_der(value).is_ok() => "X.509",
        _ => "unreadable",
    }
}

fn fill(view: &mut CertificateView, certificate: &X509Certificate<'_>) {
    view.subject = Some(certificate.subject().to_string());
    view.issuer = Some(certificate.issuer().to_string());
    view.serial = Some(hex::encode(certificate.raw_serial()));
    view.not_before = Some(certificate.validity().not_before.to_string());
    view.not_after = Some(certificate.validity().not_after.to_string());
    if let Ok(Some(names)) = certificate.subject_alternative_name() {
        let mails = names.value.general_names.iter().filter_map(|n| match n {
            GeneralName::RFC822Name(mail) => Some((*mail).to_owned()),
            _ => None,
        });
        view.emails.extend(mails);
    }
    if let Ok(Some(usage)) = certificate.key_usage() {
        view.usages.extend(usage.value.to_string().split(", ").map(str::to_owned));
    }
    if let Ok(Some(usage)) = certificate.extended_key_usage() {
        let eku = usage.value;
        let named =
            [(eku.email_protection, "emailProtection"), (eku.client_auth, "clientAuth"), (eku.any, "any")];
        view.usages.extend(named.iter().filter(|(on, _)| *on).map(|(_, n)| (*n).to_owned()));
        view.usages.extend(eku.other.iter().map(ToString::to_string));
    }
}
