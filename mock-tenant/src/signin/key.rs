//! The key that signs the double's tokens.

use std::sync::LazyLock;

use aws_lc_rs::digest;
use base64::prelude::*;
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};

use super::Claims;

/// Test-only: the same in every copy of the program, so that a double starts without making an RSA key.
const KEY_PEM: &str = include_str!("test-only-signing-key.pem");
const CERT_PEM: &str = include_str!("test-only-signing-cert.pem");

static KEY: LazyLock<SigningKey> = LazyLock::new(SigningKey::embedded);

/// An RSA key with what the key set publishes of it.
pub(crate) struct SigningKey {
    encoding: EncodingKey,
    decoding: DecodingKey,
    header: Header,
    validation: Validation,
    /// Key id; Entra uses the certificate's SHA-1 thumbprint (`x5t`).
    pub(crate) kid: String,
    /// Modulus, base64url.
    pub(crate) n: String,
    /// Exponent, base64url.
    pub(crate) e: String,
    /// Certificate, base64.
    pub(crate) x5c: String,
}

/// The key of this process, read at first use.
pub(crate) fn signing_key() -> &'static SigningKey {
    &KEY
}

impl SigningKey {
    fn embedded() -> Self {
        let encoding =
            EncodingKey::from_rsa_pem(KEY_PEM.as_bytes()).expect("the embedded PEM holds an RSA key");
        let (n, e) = public_components(&encoding);
        let x5c: String = CERT_PEM.lines().skip(2).take_while(|line| !line.starts_with('-')).collect();
        let der = BASE64_STANDARD.decode(&x5c).expect("the embedded PEM holds base64");
        let thumbprint = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, &der);
        let kid = BASE64_URL_SAFE_NO_PAD.encode(thumbprint);
        Self {
            decoding: DecodingKey::from_rsa_components(&n, &e).expect("just computed from the private key"),
            encoding,
            header: header(&kid),
            validation: signature_only(),
            kid,
            n,
            e,
            x5c,
        }
    }

    /// Signs claims as a compact RS256 token; RS256 is deterministic, so equal claims make equal tokens.
    pub(crate) fn sign(&self, claims: &impl serde::Serialize) -> String {
        jsonwebtoken::encode(&self.header, claims, &self.encoding)
            .expect("claims are plain strings and numbers, and the key is an RSA key")
    }

    /// The claims of a token with a valid signature of ours; times, audience and issuer are the caller's to check.
    pub(crate) fn open(&self, token: &str) -> jsonwebtoken::errors::Result<Claims> {
        jsonwebtoken::decode::<Claims>(token, &self.decoding, &self.validation).map(|data| data.claims)
    }
}

fn header(kid: &str) -> Header {
    let mut header = Header::new(Algorithm::RS256);
    header.kid = Some(kid.to_owned());
    header.x5t = Some(kid.to_owned());
    header
}

/// jsonwebtoken would judge times by the machine's clock; ours is the double's.
fn signature_only() -> Validation {
    let mut validation = Validation::new(Algorithm::RS256);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    validation
}

fn public_components(key: &EncodingKey) -> (String, String) {
    let jwk =
        Jwk::from_encoding_key(key, Algorithm::RS256).expect("an RSA key has a modulus and an exponent");
    match jwk.algorithm {
        AlgorithmParameters::RSA(rsa) => (rsa.n, rsa.e),
        other => unreachable!("an RSA key has RSA parameters, not {other:?}"),
    }
}
