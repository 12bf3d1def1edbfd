//! One certificate.

use crate::bytes::Draw;
use crate::der::{self, tag};
use crate::extension;
use crate::keys::{Key, Signature};
use crate::name;
use crate::oddity;
use crate::oid;
use crate::recipe::{CertificateRecipe, Serial, SignatureKind};
use crate::time::Moment;

/// How often a padded certificate is tried: an ECDSA signature varies by an octet or two.
const PADDING_TRIES: usize = 200;

/// A certificate with what others need of it.
#[derive(Debug)]
pub(crate) struct Certificate {
    /// The value as the recipe wants it, damaged if it says so.
    pub(crate) value: Vec<u8>,
    /// The certificate before any damage.
    pub(crate) der: Vec<u8>,
    pub(crate) key: Key,
    pub(crate) subject: Vec<u8>,
    pub(crate) issuer: Vec<u8>,
    pub(crate) serial: Vec<u8>,
}

/// Makes a certificate; without an issuer it signs itself.
pub(crate) fn make(
    recipe: &CertificateRecipe,
    draw: Draw<'_>,
    issuer: Option<&Certificate>,
) -> Result<Certificate, String> {
    let key = Key::make(recipe.key, draw)?;
    let text =
        recipe.subject.clone().unwrap_or_else(|| format!("CN={}", draw.name.replace([',', '\\'], " ")));
    let subject = name::encode(&text, recipe.subject_form)?;
    let issuer_name = issuer.map_or(&subject, |issuer| &issuer.subject).clone();
    let serial = serial(recipe, draw)?;
    let frame =
        Frame { recipe, draw, key: &key, subject: &subject, issuer_name: &issuer_name, serial: &serial };
    let der = frame.to_size(issuer.map_or(&key, |issuer| &issuer.key))?;
    let value = oddity::damage(recipe, draw, &der)?;
    Ok(Certificate { value, der, subject, issuer: issuer_name, serial, key })
}

fn serial(recipe: &CertificateRecipe, draw: Draw<'_>) -> Result<Vec<u8>, String> {
    let octets = match &recipe.serial {
        Some(Serial::Number(number)) => der::signed_octets(*number),
        Some(Serial::Hex(digits)) => {
            hex::decode(digits).map_err(|error| format!("serial {digits:?}: {error}"))?
        }
        None => {
            let mut octets = draw.bytes("serial", 16);
            // positive and without a leading zero octet
            octets[0] = 0x40 | (octets[0] & 0x3f);
            octets
        }
    };
    Ok(der::tlv(tag::INTEGER, &octets))
}

/// Everything that stays the same while the padding is tried.
struct Frame<'a> {
    recipe: &'a CertificateRecipe,
    draw: Draw<'a>,
    key: &'a Key,
    subject: &'a [u8],
    issuer_name: &'a [u8],
    serial: &'a [u8],
}

impl Frame<'_> {
    /// The certificate, padded if the recipe wants it.
    fn to_size(&self, issuer_key: &Key) -> Result<Vec<u8>, String> {
        let Some(wanted) = self.recipe.pad_to else { return self.signed(issuer_key, None) };
        let mut padding = 0;
        for _ in 0..PADDING_TRIES {
            let der = self.signed(issuer_key, Some(padding))?;
            match wanted.checked_sub(der.len()) {
                Some(0) => return Ok(der),
                Some(missing) => padding += missing,
                None if padding == 0 => return Err(format!("pad_to: it has {} octets already", der.len())),
                // a length field grew
                None => padding -= (der.len() - wanted).min(padding),
            }
        }
        Err(format!("pad_to: {wanted} can't be met exactly"))
    }

    fn signed(&self, issuer_key: &Key, padding: Option<usize>) -> Result<Vec<u8>, String> {
        // the algorithm stands inside what is signed, so it must be known first
        let algorithm = self.sign(issuer_key, &[])?.algorithm;
        let tbs = self.to_be_signed(issuer_key, &algorithm, padding)?;
        let signature = self.sign(issuer_key, &tbs)?;
        Ok(der::sequence(&[tbs, signature.algorithm, der::bit_string(&signature.octets)]))
    }

    fn sign(&self, key: &Key, message: &[u8]) -> Result<Signature, String> {
        let drawn = |algorithm| Signature { algorithm, octets: self.draw.bytes("signature", 256) };
        match self.recipe.signature {
            SignatureKind::Usual => key.sign(message),
            SignatureKind::Pss => key.sign_pss(message),
            SignatureKind::Sha1 => Ok(drawn(oid::algorithm(oid::SHA1_WITH_RSA, true))),
            SignatureKind::Unknown => Ok(drawn(oid::algorithm(oid::UNKNOWN_ALGORITHM, false))),
        }
    }

    fn to_be_signed(
        &self,
        issuer_key: &Key,
        algorithm: &[u8],
        padding: Option<usize>,
    ) -> Result<Vec<u8>, String> {
        let (version, extensions) = match self.recipe.version {
            None | Some(3) => (
                der::context(0, &der::integer(2)),
                extension::all(self.recipe, self.key, issuer_key, padding)?,
            ),
            Some(1) if padding.is_none() => (Vec::new(), Vec::new()),
            Some(1) => return Err("pad_to: a version 1 certificate has no extensions to pad with".to_owned()),
            Some(other) => return Err(format!("version: {other} is neither 1 nor 3")),
        };
        Ok(der::sequence(&[
            version,
            self.serial.to_vec(),
            algorithm.to_vec(),
            self.issuer_name.to_vec(),
            self.validity(),
            self.subject.to_vec(),
            self.key.spki(),
            extensions,
        ]))
    }

    fn validity(&self) -> Vec<u8> {
        let end = if self.recipe.ca { Moment::year(2045) } else { Moment::year(2028) };
        let start = self.recipe.not_before.unwrap_or(Moment::year(2026));
        der::sequence(&[start.encode(), self.recipe.not_after.unwrap_or(end).encode()])
    }
}
