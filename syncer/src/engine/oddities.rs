//! What is odd about an object's certificates: nothing of it is held back (Entra Connect passes every octet on), all of it
//! is told.
//!
//! Sources: RFC 8550 (key usage, extended key usage, addresses), CA/Browser Forum S/MIME BR 7.1.2.3, MS-OXOABK (userCertificate
//! holds DER certificates), RFC 2798 2.8 (userSMIMECertificate holds PKCS#7), KB 2840546 (Outlook reads the latter first).

use cms::cert::CertificateChoices;
use cms::content_info::ContentInfo;
use cms::signed_data::SignedData;
use der::{Decode as _, Encode as _};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use x509_parser::prelude::*;

use super::packed::Packed;
use super::report::Oddity;
use super::state::StagedObject;
use super::value_kind::{ValueKind, kind_of};
use crate::rules::Desired;

/// Most values of one attribute that the tenant takes.
/// Source: entra-docs, "LargeObject errors caused by the userCertificate attribute".
const LIMIT: usize = 15;

/// Everything odd about the certificate attributes of an object that belongs into the tenant.
pub(super) fn of_object(object: &StagedObject, desired: &Desired, now: Timestamp) -> Vec<Oddity> {
    let mut notes = Notes { object: &object.dn, found: Vec::new() };
    let addresses = addresses(&object.attributes);
    let mut validity = Validity::default();
    for value in object.attributes.get("userCertificate").into_iter().flatten() {
        user_certificate(value, &addresses, now, &mut notes, &mut validity);
    }
    for value in object.attributes.get("userSMIMECertificate").into_iter().flatten() {
        smime_certificate(value, now, &mut notes, &mut validity);
    }
    validity.judge(&mut notes);
    attributes(object, desired, &mut notes);
    notes.found
}

struct Notes<'a> {
    object: &'a str,
    found: Vec<Oddity>,
}

impl Notes<'_> {
    fn value(&mut self, attribute: &str, value: &[u8], code: &str, message: &str) {
        self.push(attribute, Some(hex::encode(Sha256::digest(value))), code, message.to_owned());
    }

    fn push(&mut self, attribute: &str, sha256: Option<String>, code: &str, message: String) {
        let (object, attribute, code) = (self.object.to_owned(), attribute.to_owned(), code.to_owned());
        self.found.push(Oddity { object, attribute, sha256, code, message });
    }
}

/// What is valid where, for the masking check.
#[derive(Default)]
struct Validity {
    fresh: bool,
    smime_seen: bool,
    smime_fresh: bool,
}

impl Validity {
    /// Outlook reads userSMIMECertificate first and userCertificate only if the former is empty.
    fn judge(&self, notes: &mut Notes<'_>) {
        if self.fresh && self.smime_seen && !self.smime_fresh {
            let text = "no certificate in it is valid now, and mail clients read it before userCertificate, which has a valid one";
            notes.push("userSMIMECertificate", None, "stale-smime-masks-certificate", text.to_owned());
        }
    }
}

/// Too many values, and values that the rules keep back.
fn attributes(object: &StagedObject, desired: &Desired, notes: &mut Notes<'_>) {
    for name in super::synchronize::CERTIFICATES {
        let count = object.attributes.get(name).map_or(0, |values| values.len());
        if count == 0 || desired.properties.contains_key(name) {
            continue;
        }
        if count > LIMIT {
            let text = format!("{count} values, more than {LIMIT}: none goes to the tenant");
            notes.push(name, None, "over-limit", text);
        } else if object.attributes.get("mailNickname").is_none() {
            let text = format!("{count} values stay here, because the object has no mailNickname");
            notes.push(name, None, "no-mail-nickname", text);
        }
    }
}

fn user_certificate(
    value: &[u8],
    addresses: &[String],
    now: Timestamp,
    notes: &mut Notes<'_>,
    validity: &mut Validity,
) {
    let mut note = |code: &str, text: &str| notes.value("userCertificate", value, code, text);
    match kind_of(value) {
        ValueKind::Empty => note("empty-value", "a value without octets; it is not sent"),
        ValueKind::Pkcs12 => {
            note("pkcs12-private-key", "a PKCS#12 file, with a PRIVATE KEY that everybody can read");
        }
        ValueKind::PrivateKey => note("private-key", "a PRIVATE KEY in the clear that everybody can read"),
        ValueKind::Pkcs7 => {
            note("pkcs7-in-user-certificate", "PKCS#7, which belongs into userSMIMECertificate");
        }
        ValueKind::Pem => note("pem-text", "PEM text instead of DER"),
        ValueKind::Base64 => note("base64-text", "base64 text instead of DER"),
        ValueKind::Unknown => note("not-a-certificate", "no certificate at all"),
        ValueKind::Certificate => match X509Certificate::from_der(value) {
            Ok((rest, certificate)) => {
                validity.fresh |= is_valid(&certificate, now);
                if !rest.is_empty() {
                    note("trailing-bytes", &format!("{} octets after the certificate", rest.len()));
                }
                certificate_oddities(&certificate, addresses, now, &mut note);
            }
            Err(_) => note("not-parseable", "begins like a certificate, but can't be read as one"),
        },
    }
}

fn certificate_oddities(
    certificate: &X509Certificate<'_>,
    addresses: &[String],
    now: Timestamp,
    note: &mut dyn FnMut(&str, &str),
) {
    validity_oddities(certificate, now, note);
    if certificate.is_ca() {
        note("ca-certificate", "a CA certificate");
    }
    if let Ok(Some(usage)) = certificate.extended_key_usage()
        && !usage.value.email_protection
    {
        match usage.value.any {
            true => note(
                "any-extended-key-usage",
                "anyExtendedKeyUsage instead of emailProtection; the offline address book leaves it out",
            ),
            false => note("no-email-protection", "the extended key usage does not have emailProtection"),
        }
    }
    if let Ok(Some(usage)) = certificate.key_usage() {
        let encrypts = usage.value.key_encipherment() || usage.value.key_agreement();
        let signs = usage.value.digital_signature() || usage.value.non_repudiation();
        match (encrypts, signs) {
            (false, true) => note("sign-only", "the key usage does not allow to encrypt to it"),
            (true, false) => note("encrypt-only", "the key usage does not allow to sign with it"),
            (false, false) => note("no-mail-usage", "the key usage allows neither to sign nor to encrypt"),
            (true, true) => {}
        }
    }
    address_oddities(certificate, addresses, note);
}

fn validity_oddities(certificate: &X509Certificate<'_>, now: Timestamp, note: &mut dyn FnMut(&str, &str)) {
    let validity = certificate.validity();
    if validity.not_after.timestamp() < now.as_second() {
        note("expired", &format!("expired on {}", validity.not_after));
    }
    if validity.not_before.timestamp() > now.as_second() {
        note("not-yet-valid", &format!("not valid before {}", validity.not_before));
    }
}

fn address_oddities(
    certificate: &X509Certificate<'_>,
    addresses: &[String],
    note: &mut dyn FnMut(&str, &str),
) {
    let named = mail_addresses(certificate);
    if named.is_empty() {
        note("no-address", "the certificate names no mail address");
    } else if !addresses.is_empty() && !named.iter().any(|n| addresses.contains(n)) {
        note(
            "address-mismatch",
            &format!("the certificate names {}, which is no address of the object", named.join(", ")),
        );
    }
}

/// rfc822Names, and emailAddress of the subject if there are none; lower case.
fn mail_addresses(certificate: &X509Certificate<'_>) -> Vec<String> {
    let mut found = Vec::new();
    if let Ok(Some(names)) = certificate.subject_alternative_name() {
        for name in &names.value.general_names {
            if let GeneralName::RFC822Name(address) = name {
                found.push(address.to_lowercase());
            }
        }
    }
    if found.is_empty() {
        let subject = certificate.subject().iter_email().filter_map(|a| a.as_str().ok());
        found.extend(subject.map(str::to_lowercase));
    }
    found
}

fn is_valid(certificate: &X509Certificate<'_>, now: Timestamp) -> bool {
    let validity = certificate.validity();
    (validity.not_before.timestamp()..=validity.not_after.timestamp()).contains(&now.as_second())
}

fn smime_certificate(value: &[u8], now: Timestamp, notes: &mut Notes<'_>, validity: &mut Validity) {
    let mut note = |code: &str, text: &str| notes.value("userSMIMECertificate", value, code, text);
    match kind_of(value) {
        ValueKind::Empty => return note("empty-value", "a value without octets; it is not sent"),
        ValueKind::Pkcs12 => {
            note("pkcs12-private-key", "a PKCS#12 file, with a PRIVATE KEY that everybody can read");
        }
        ValueKind::PrivateKey => note("private-key", "a PRIVATE KEY in the clear that everybody can read"),
        ValueKind::Certificate => {
            note("certificate-in-smime-attribute", "a bare certificate instead of PKCS#7");
        }
        ValueKind::Pem => note("pem-text", "PEM text instead of PKCS#7"),
        ValueKind::Base64 => note("base64-text", "base64 text instead of PKCS#7"),
        ValueKind::Unknown => note("not-pkcs7", "no PKCS#7 at all"),
        ValueKind::Pkcs7 => match inner_certificates(value) {
            None if value.get(1) == Some(&0x80) => {
                return note("indefinite-length", "PKCS#7 in BER with indefinite lengths");
            }
            None => return note("not-parseable", "begins like PKCS#7, but can't be read as such"),
            Some(inner) if inner.is_empty() => note("no-certificates", "PKCS#7 without any certificate"),
            Some(inner) => return judge_inner(&inner, now, &mut note, validity),
        },
    }
    validity.smime_seen = true;
}

fn judge_inner(inner: &[Vec<u8>], now: Timestamp, note: &mut dyn FnMut(&str, &str), validity: &mut Validity) {
    validity.smime_seen = true;
    let parsed: Vec<X509Certificate<'_>> =
        inner.iter().filter_map(|der| Some(X509Certificate::from_der(der).ok()?.1)).collect();
    let ends: Vec<&X509Certificate<'_>> = parsed.iter().filter(|c| !c.is_ca()).collect();
    let fresh = ends.iter().any(|c| is_valid(c, now));
    validity.smime_fresh |= fresh;
    if parsed.len() < inner.len() {
        note("inner-not-parseable", "a certificate inside can't be read");
    }
    if !ends.is_empty() && !fresh {
        note("inner-expired", "no certificate inside is valid now");
    }
}

/// The certificates in a SignedData, DER; `None` if it can't be read (BER with indefinite lengths included).
fn inner_certificates(value: &[u8]) -> Option<Vec<Vec<u8>>> {
    let info = ContentInfo::from_der(value).ok()?;
    let signed: SignedData = info.content.decode_as().ok()?;
    let choices = signed.certificates.iter().flat_map(|set| set.0.iter());
    let certificates = choices.filter_map(|choice| match choice {
        CertificateChoices::Certificate(certificate) => certificate.to_der().ok(),
        CertificateChoices::Other(_) => None,
    });
    Some(certificates.collect())
}

/// The addresses of an object, lower case, without the `smtp:` of a proxy address.
fn addresses(attributes: &Packed) -> Vec<String> {
    let mail = attributes.text("mail").map(str::to_lowercase);
    let proxies =
        attributes.get("proxyAddresses").into_iter().flatten().filter_map(|v| std::str::from_utf8(v).ok());
    let smtp = proxies.filter_map(|p| p.to_lowercase().strip_prefix("smtp:").map(str::to_owned));
    mail.into_iter().chain(smtp).collect()
}
