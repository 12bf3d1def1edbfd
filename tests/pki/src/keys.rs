//! Keys: RSA from a pool made once, the others derived from (seed, name).

use aws_lc_rs::agreement;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, ECDSA_P521_SHA512_ASN1_SIGNING,
    EcdsaKeyPair, EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256, RSA_PSS_SHA256,
    RsaEncoding, RsaKeyPair,
};
use serde::Deserialize;

use crate::bytes::Draw;
use crate::der::{self, tag};
use crate::oid;

/// What kind of key a certificate certifies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyKind {
    /// RSA with 2048 bits; signs deterministically.
    #[default]
    Rsa2048,
    /// NIST P-256; what it signs differs from run to run.
    P256,
    /// NIST P-384; what it signs differs from run to run.
    P384,
    /// NIST P-521; what it signs differs from run to run.
    P521,
    /// Ed25519; signs deterministically.
    Ed25519,
    /// An algorithm nobody knows; can't sign.
    Unknown,
}

const RSA_POOL: [&[u8]; 8] = [
    include_bytes!("../keys/rsa-1.der"),
    include_bytes!("../keys/rsa-2.der"),
    include_bytes!("../keys/rsa-3.der"),
    include_bytes!("../keys/rsa-4.der"),
    include_bytes!("../keys/rsa-5.der"),
    include_bytes!("../keys/rsa-6.der"),
    include_bytes!("../keys/rsa-7.der"),
    include_bytes!("../keys/rsa-8.der"),
];

/// A key pair.
#[derive(Debug)]
pub(crate) enum Key {
    Rsa { pair: RsaKeyPair, pkcs8: &'static [u8] },
    Ec { curve: &'static Curve, scalar: Vec<u8>, point: Vec<u8> },
    Ed25519 { pair: Ed25519KeyPair, seed: Vec<u8> },
    Unknown { public: Vec<u8> },
}

/// A signature with its algorithm.
pub(crate) struct Signature {
    pub(crate) algorithm: Vec<u8>,
    pub(crate) octets: Vec<u8>,
}

/// An elliptic curve with the hash that goes with it.
#[derive(Debug)]
pub(crate) struct Curve {
    oid: &'static str,
    scalar_len: usize,
    /// Mask of the first octet, so that a draw has no more bits than the order.
    top: u8,
    agreement: &'static agreement::Algorithm,
    signing: &'static EcdsaSigningAlgorithm,
    signature_oid: &'static str,
    pub(crate) digest_oid: &'static str,
}

static P256: Curve = Curve {
    oid: oid::P256,
    scalar_len: 32,
    top: 0xff,
    agreement: &agreement::ECDH_P256,
    signing: &ECDSA_P256_SHA256_ASN1_SIGNING,
    signature_oid: oid::ECDSA_SHA256,
    digest_oid: oid::SHA256,
};
static P384: Curve = Curve {
    oid: oid::P384,
    scalar_len: 48,
    top: 0xff,
    agreement: &agreement::ECDH_P384,
    signing: &ECDSA_P384_SHA384_ASN1_SIGNING,
    signature_oid: oid::ECDSA_SHA384,
    digest_oid: oid::SHA384,
};
static P521: Curve = Curve {
    oid: oid::P521,
    scalar_len: 66,
    top: 0x01,
    agreement: &agreement::ECDH_P521,
    signing: &ECDSA_P521_SHA512_ASN1_SIGNING,
    signature_oid: oid::ECDSA_SHA512,
    digest_oid: oid::SHA512,
};

impl Key {
    /// The key of a recipe.
    pub(crate) fn make(kind: KeyKind, draw: Draw<'_>) -> Result<Self, String> {
        match kind {
            KeyKind::Rsa2048 => Self::rsa(RSA_POOL[draw.below("rsa key", RSA_POOL.len())]),
            KeyKind::P256 => Self::ec(&P256, draw),
            KeyKind::P384 => Self::ec(&P384, draw),
            KeyKind::P521 => Self::ec(&P521, draw),
            KeyKind::Ed25519 => {
                let seed = draw.bytes("ed25519 key", 32);
                let pair = Ed25519KeyPair::from_seed_unchecked(&seed).map_err(|error| error.to_string())?;
                Ok(Self::Ed25519 { pair, seed })
            }
            KeyKind::Unknown => Ok(Self::Unknown { public: draw.bytes("unknown key", 64) }),
        }
    }

    fn rsa(pkcs8: &'static [u8]) -> Result<Self, String> {
        let pair = RsaKeyPair::from_pkcs8(pkcs8).map_err(|error| error.to_string())?;
        Ok(Self::Rsa { pair, pkcs8 })
    }

    /// A draw that is zero or not below the curve's order is no key; the next one is.
    fn ec(curve: &'static Curve, draw: Draw<'_>) -> Result<Self, String> {
        let candidates = (0..100).map(|attempt| {
            let mut scalar = draw.bytes(&format!("{} key {attempt}", curve.oid), curve.scalar_len);
            scalar[0] &= curve.top;
            scalar
        });
        let made = candidates.filter_map(|scalar| {
            let private = agreement::PrivateKey::from_private_key(curve.agreement, &scalar).ok()?;
            let point = private.compute_public_key().ok()?.as_ref().to_vec();
            Some(Self::Ec { curve, scalar, point })
        });
        made.into_iter().next().ok_or_else(|| "no elliptic-curve key could be derived".to_owned())
    }

    /// SubjectPublicKeyInfo.
    pub(crate) fn spki(&self) -> Vec<u8> {
        let algorithm = match self {
            Self::Rsa { .. } => oid::algorithm(oid::RSA_ENCRYPTION, true),
            Self::Ec { curve, .. } => ec_algorithm(curve),
            Self::Ed25519 { .. } => oid::algorithm(oid::ED25519, false),
            Self::Unknown { .. } => oid::algorithm(oid::UNKNOWN_ALGORITHM, false),
        };
        der::sequence(&[algorithm, der::bit_string(self.public())])
    }

    /// The octets inside SubjectPublicKeyInfo.
    pub(crate) fn public(&self) -> &[u8] {
        match self {
            Self::Rsa { pair, .. } => pair.public_key().as_ref(),
            Self::Ec { point, .. } => point,
            Self::Ed25519 { pair, .. } => pair.public_key().as_ref(),
            Self::Unknown { public } => public,
        }
    }

    /// The private key as PKCS #8 (RFC 5958), if there is one.
    pub(crate) fn pkcs8(&self) -> Option<Vec<u8>> {
        let (algorithm, private) = match self {
            Self::Rsa { pkcs8, .. } => return Some(pkcs8.to_vec()),
            Self::Unknown { .. } => return None,
            Self::Ec { curve, scalar, point } => (ec_algorithm(curve), ec_private(scalar, point)),
            Self::Ed25519 { seed, .. } => (oid::algorithm(oid::ED25519, false), der::octet_string(seed)),
        };
        Some(der::sequence(&[der::integer(0), algorithm, der::octet_string(&private)]))
    }

    /// Signs in the usual way of this kind of key.
    pub(crate) fn sign(&self, message: &[u8]) -> Result<Signature, String> {
        let (algorithm, octets) = match self {
            Self::Rsa { pair, .. } => {
                (oid::algorithm(oid::SHA256_WITH_RSA, true), rsa_sign(pair, &RSA_PKCS1_SHA256, message)?)
            }
            Self::Ec { curve, scalar, point } => {
                (oid::algorithm(curve.signature_oid, false), ecdsa_sign(curve, scalar, point, message)?)
            }
            Self::Ed25519 { pair, .. } => {
                (oid::algorithm(oid::ED25519, false), pair.sign(message).as_ref().to_vec())
            }
            Self::Unknown { .. } => return Err("a key of an unknown algorithm can't sign".to_owned()),
        };
        Ok(Signature { algorithm, octets })
    }

    /// Signs with RSA-PSS (SHA-256, 32 octets of salt).
    pub(crate) fn sign_pss(&self, message: &[u8]) -> Result<Signature, String> {
        let Self::Rsa { pair, .. } = self else {
            return Err("`signature: pss` needs an RSA issuer".to_owned());
        };
        Ok(Signature { algorithm: pss_algorithm(), octets: rsa_sign(pair, &RSA_PSS_SHA256, message)? })
    }

    /// The hash that goes with the key in CMS.
    pub(crate) fn digest(&self) -> &'static str {
        match self {
            Self::Ec { curve, .. } => curve.digest_oid,
            // RFC 8419 3: Ed25519 goes with SHA-512
            Self::Ed25519 { .. } => oid::SHA512,
            Self::Rsa { .. } | Self::Unknown { .. } => oid::SHA256,
        }
    }

    pub(crate) fn is_rsa(&self) -> bool {
        matches!(self, Self::Rsa { .. })
    }

    pub(crate) fn is_ec(&self) -> bool {
        matches!(self, Self::Ec { .. })
    }
}

fn ec_algorithm(curve: &Curve) -> Vec<u8> {
    der::sequence(&[oid::known(oid::EC_PUBLIC_KEY), oid::known(curve.oid)])
}

/// ECPrivateKey (RFC 5915) without the curve, which PKCS #8 tells already.
fn ec_private(scalar: &[u8], point: &[u8]) -> Vec<u8> {
    der::sequence(&[der::integer(1), der::octet_string(scalar), der::context(1, &der::bit_string(point))])
}

fn rsa_sign(
    pair: &RsaKeyPair,
    encoding: &'static dyn RsaEncoding,
    message: &[u8],
) -> Result<Vec<u8>, String> {
    let mut signature = vec![0; pair.public_modulus_len()];
    pair.sign(encoding, &SystemRandom::new(), message, &mut signature)
        .map_err(|_| "RSA signing failed".to_owned())?;
    Ok(signature)
}

fn ecdsa_sign(curve: &Curve, scalar: &[u8], point: &[u8], message: &[u8]) -> Result<Vec<u8>, String> {
    let pair = EcdsaKeyPair::from_private_key_and_public_key(curve.signing, scalar, point);
    let pair = pair.map_err(|error| error.to_string())?;
    let signature =
        pair.sign(&SystemRandom::new(), message).map_err(|_| "ECDSA signing failed".to_owned())?;
    Ok(signature.as_ref().to_vec())
}

/// RSASSA-PSS-params (RFC 4055 3.1).
fn pss_algorithm() -> Vec<u8> {
    let sha256 = oid::algorithm(oid::SHA256, true);
    let mgf = der::sequence(&[oid::known(oid::MGF1), sha256.clone()]);
    let salt = der::tlv(tag::INTEGER, &[32]);
    let parameters =
        der::sequence(&[der::context(0, &sha256), der::context(1, &mgf), der::context(2, &salt)]);
    der::sequence(&[oid::known(oid::RSA_PSS), parameters])
}
