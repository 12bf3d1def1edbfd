//! One certificate of a recipient.

use bytes::Bytes;
use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};
use x509_parser::prelude::*;

use crate::exchange::certificates::Flaw;

/// The attribute that a certificate is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attribute {
    /// userSMIMECertificate: clients look here first.
    UserSmimeCertificate,
    /// userCertificate.
    UserCertificate,
}

impl Attribute {
    /// Its LDAP name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::UserSmimeCertificate => "userSMIMECertificate",
            Self::UserCertificate => "userCertificate",
        }
    }
}

/// One certificate of a recipient, and why it isn't used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Where it is.
    pub attribute: Attribute,
    /// The how-manieth value of the attribute it is in, from 0.
    pub value: usize,
    /// DER; the whole value, if no certificate can be read from it.
    pub certificate: Bytes,
    /// Its publisher marked it as the one to encrypt to.
    pub is_default: bool,
    /// Everything that keeps a client from using it; empty: it is valid.
    pub flaws: Vec<Flaw>,
}

impl Entry {
    /// A client may use it.
    #[must_use]
    pub const fn is_valid(&self) -> bool {
        self.flaws.is_empty()
    }

    /// SHA-256 of the certificate, in hex.
    #[must_use]
    pub fn sha256(&self) -> String {
        hex::encode(Sha256::digest(&self.certificate))
    }

    /// As the control API tells it.
    #[must_use]
    pub fn to_json(&self) -> Json {
        let parsed = X509Certificate::from_der(&self.certificate).ok();
        let told = |tell: fn(&X509Certificate<'_>) -> String| parsed.as_ref().map(|(_, found)| tell(found));
        json!({
            "attribute": self.attribute.name(),
            "value": self.value,
            "sha256": self.sha256(),
            "subject": told(|found| found.subject().to_string()),
            "issuer": told(|found| found.issuer().to_string()),
            "notAfter": told(|found| instant(found.validity().not_after.timestamp())),
            "default": self.is_default,
            "reasons": self.flaws.iter()
                .map(|flaw| json!({"code": flaw.code(), "message": flaw.to_string()})).collect::<Vec<_>>(),
        })
    }
}

fn instant(second: i64) -> String {
    jiff::Timestamp::from_second(second).unwrap_or_default().to_string()
}
