//! From a certificate to a root of the trust store.

use bytes::Bytes;
use jiff::Timestamp;
use x509_parser::prelude::*;

use super::flaw::Flaw;
use crate::exchange::sst::{self, SstError};

/// Longest chain that is followed.
const DEPTH_MAX: usize = 10;

/// The certificates against which Exchange Online validates. Nothing else counts: neither a machine's own store nor what a
/// blob brings along.
/// Source: "Configure S/MIME in Exchange Online" (virtual certificate collection): in Exchange Online only the SST is used.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustStore {
    authorities: Vec<Bytes>,
}

impl TrustStore {
    /// The store of an SST.
    ///
    /// # Errors
    /// The octets are no SST.
    pub fn from_sst(store: &[u8]) -> Result<Self, SstError> {
        sst::certificates(store).map(|authorities| Self { authorities })
    }

    /// Its certificates.
    #[must_use]
    pub fn certificates(&self) -> &[Bytes] {
        &self.authorities
    }

    /// What is wrong with the chain of a certificate at that time.
    #[must_use]
    pub fn flaw(&self, certificate: &X509Certificate<'_>, now: Timestamp) -> Option<Flaw> {
        let authorities: Vec<X509Certificate<'_>> =
            self.authorities.iter().filter_map(|der| Some(X509Certificate::from_der(der).ok()?.1)).collect();
        let mut subject = certificate;
        for _ in 0..DEPTH_MAX {
            subject = match issuer(subject, &authorities) {
                Err(flaw) => return Some(flaw),
                Ok(issuer) if !is_valid(issuer, now) => return Some(Flaw::IssuerExpired),
                Ok(root) if root.subject().as_raw() == root.issuer().as_raw() => return None,
                Ok(intermediate) => intermediate,
            };
        }
        Some(Flaw::IssuerMissing)
    }
}

/// The authority that signed it.
fn issuer<'a, 'der>(
    certificate: &X509Certificate<'_>,
    authorities: &'a [X509Certificate<'der>],
) -> Result<&'a X509Certificate<'der>, Flaw> {
    let named = |authority: &&X509Certificate<'_>| {
        authority.is_ca() && authority.subject().as_raw() == certificate.issuer().as_raw()
    };
    let mut candidates = authorities.iter().filter(named).peekable();
    if candidates.peek().is_none() {
        return Err(Flaw::IssuerMissing);
    }
    candidates
        .find(|authority| certificate.verify_signature(Some(authority.public_key())).is_ok())
        .ok_or(Flaw::Signature)
}

/// Within its validity.
pub(super) fn is_valid(certificate: &X509Certificate<'_>, now: Timestamp) -> bool {
    let validity = certificate.validity();
    (validity.not_before.timestamp()..=validity.not_after.timestamp()).contains(&now.as_second())
}
