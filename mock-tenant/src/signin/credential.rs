//! What an application proves itself with.

use aws_lc_rs::digest;
use base64::prelude::*;
use jsonwebtoken::{Algorithm, DecodingKey};
use x509_parser::prelude::*;

use super::Secret;

/// A credential of an application.
#[derive(Debug, Clone)]
pub enum Credential {
    /// A shared secret.
    Secret(Secret),
    /// A certificate whose key signs assertions.
    Certificate(RegisteredCertificate),
    /// An external issuer whose tokens stand for the application (workload identity federation).
    Federated(FederatedCredential),
}

/// A certificate registered with an application.
#[derive(Clone)]
pub struct RegisteredCertificate {
    /// `x5t` of the header: SHA-1 of the certificate, base64url.
    pub x5t: String,
    /// `x5t#S256` of the header: SHA-256 of the certificate, base64url.
    pub x5t_s256: String,
    /// Not valid before, seconds since 1970.
    pub not_before: i64,
    /// Not valid after, seconds since 1970.
    pub not_after: i64,
    key: DecodingKey,
}

impl std::fmt::Debug for RegisteredCertificate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RegisteredCertificate({})", self.x5t)
    }
}

/// A certificate that can't be registered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected one PEM certificate with an RSA key: {0}")]
pub struct BadCertificate(String);

impl RegisteredCertificate {
    /// Reads a PEM certificate with an RSA key, the only kind that assertions may be signed with.
    ///
    /// # Errors
    /// It is none.
    pub fn from_pem(pem: &str) -> Result<Self, BadCertificate> {
        let bad = |problem: &dyn std::fmt::Display| BadCertificate(problem.to_string());
        let (_, block) = parse_x509_pem(pem.as_bytes()).map_err(|error| bad(&error))?;
        let (_, certificate) = parse_x509_certificate(&block.contents).map_err(|error| bad(&error))?;
        let parsed = certificate.public_key().parsed().map_err(|error| bad(&error))?;
        let x509_parser::public_key::PublicKey::RSA(rsa) = parsed else {
            return Err(bad(&"its key is of another kind"));
        };
        let (n, e) = (unsigned(rsa.modulus), unsigned(rsa.exponent));
        let thumb = |algorithm| BASE64_URL_SAFE_NO_PAD.encode(digest::digest(algorithm, &block.contents));
        Ok(Self {
            x5t: thumb(&digest::SHA1_FOR_LEGACY_USE_ONLY),
            x5t_s256: thumb(&digest::SHA256),
            not_before: certificate.validity().not_before.timestamp(),
            not_after: certificate.validity().not_after.timestamp(),
            key: DecodingKey::from_rsa_components(&n, &e).map_err(|error| bad(&error))?,
        })
    }

    /// The key that checks its signatures.
    #[must_use]
    pub const fn key(&self) -> &DecodingKey {
        &self.key
    }

    /// The algorithms that assertions may be signed with.
    pub const ALGORITHMS: [Algorithm; 2] = [Algorithm::RS256, Algorithm::PS256];
}

/// base64url of a DER integer's octets without its sign octet.
fn unsigned(octets: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(octets.strip_prefix(&[0]).unwrap_or(octets))
}

/// An external issuer with the subject that stands for the application.
/// Source: microsoft-graph-docs, resources/federatedidentitycredential.md.
#[derive(Debug, Clone)]
pub struct FederatedCredential {
    /// `iss` of the external token.
    pub issuer: String,
    /// `sub` of the external token.
    pub subject: String,
    /// `aud` of the external token, `api://AzureADTokenExchange` by default.
    pub audiences: Vec<String>,
    /// Keys of the issuer. The double fetches nothing: whoever registers the issuer gives its key set.
    pub keys: jsonwebtoken::jwk::JwkSet,
}

impl FederatedCredential {
    /// The audience that external tokens are made out to.
    pub const AUDIENCE: &str = "api://AzureADTokenExchange";
}
