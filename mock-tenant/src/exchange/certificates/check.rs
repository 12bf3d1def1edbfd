//! What is wrong with a certificate at a moment, for a message that is to be encrypted to it.
//! Sources: "Outlook S/MIME certificate selection" (validity, Secure Email usage, key encipherment); RFC 8550 4.4.2 (key
//! agreement for keys on curves), 3 (addresses); Set-SmimeConfig (OWAUseSecondaryProxiesWhenFindingCertificates).

use jiff::Timestamp;
use x509_parser::prelude::*;

use super::chain::TrustStore;
use super::flaw::Flaw;

/// What is asked of a certificate besides its validity and key usage.
#[derive(Debug, Clone, Copy, Default)]
pub struct Demand<'a> {
    /// Addresses of which it must name one, in lower case; `None`: any name will do.
    pub addresses: Option<&'a [String]>,
    /// `Some(None)`: it must be trusted, and there is no trust store; `None`: whom the client trusts is not known here.
    pub trust: Option<Option<&'a TrustStore>>,
    /// The extended key usage must be there. Outlook asks that of userCertificate.
    pub explicit_usage: bool,
}

/// Everything that is wrong with the certificate.
#[must_use]
pub fn flaws(der: &[u8], demand: &Demand<'_>, now: Timestamp) -> Vec<Flaw> {
    let Ok((_, certificate)) = X509Certificate::from_der(der) else { return vec![Flaw::NotReadable] };
    [
        certificate.is_ca().then_some(Flaw::Authority),
        validity(&certificate, now),
        key_usage(&certificate),
        extended_key_usage(&certificate, demand.explicit_usage),
        demand.addresses.and_then(|addresses| address(&certificate, addresses)),
        demand.trust.and_then(|store| trust(&certificate, store, now)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn validity(certificate: &X509Certificate<'_>, now: Timestamp) -> Option<Flaw> {
    let validity = certificate.validity();
    if validity.not_before.timestamp() > now.as_second() {
        Some(Flaw::NotYetValid)
    } else {
        (validity.not_after.timestamp() < now.as_second()).then_some(Flaw::Expired)
    }
}

fn key_usage(certificate: &X509Certificate<'_>) -> Option<Flaw> {
    let usage = certificate.key_usage().ok().flatten()?;
    let encrypts = usage.value.key_encipherment() || usage.value.key_agreement();
    (!encrypts).then_some(Flaw::KeyUsage)
}

fn extended_key_usage(certificate: &X509Certificate<'_>, explicit: bool) -> Option<Flaw> {
    let good = match certificate.extended_key_usage().ok().flatten() {
        None => !explicit,
        Some(usage) => usage.value.email_protection || (usage.value.any && !explicit),
    };
    (!good).then_some(Flaw::ExtendedKeyUsage)
}

fn address(certificate: &X509Certificate<'_>, wanted: &[String]) -> Option<Flaw> {
    let named = addresses(certificate);
    if named.is_empty() {
        return Some(Flaw::NoAddress);
    }
    (!named.iter().any(|name| wanted.contains(name))).then_some(Flaw::OtherAddress)
}

/// rfc822Names, and the subject's emailAddress; lower case.
fn addresses(certificate: &X509Certificate<'_>) -> Vec<String> {
    let alternative = certificate.subject_alternative_name().ok().flatten();
    let names = alternative.into_iter().flat_map(|extension| &extension.value.general_names);
    let names = names.filter_map(|name| match name {
        GeneralName::RFC822Name(address) => Some(*address),
        _ => None,
    });
    let subject = certificate.subject().iter_email().filter_map(|attribute| attribute.as_str().ok());
    names.chain(subject).map(str::to_lowercase).collect()
}

fn trust(certificate: &X509Certificate<'_>, store: Option<&TrustStore>, now: Timestamp) -> Option<Flaw> {
    match store {
        None => Some(Flaw::NoTrustStore),
        Some(store) => store.flaw(certificate, now),
    }
}
