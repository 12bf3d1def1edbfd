//! The recipes, as cases and worlds write them.

use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use crate::keys::KeyKind;
use crate::name::TextForm;
use crate::time::Moment;

/// What to make. Without `kind` it is a certificate.
#[derive(Debug, Clone, PartialEq)]
pub enum Recipe {
    /// `kind: certificate`: an X.509 certificate.
    Certificate(Box<CertificateRecipe>),
    /// `kind: certs_only`: a PKCS #7 with certificates and no signer (RFC 8551 3.8).
    CertsOnly(CertsOnlyRecipe),
    /// `kind: signed`: a PKCS #7 with a signer, as Outlook publishes it in `userSMIMECertificate`.
    Signed(SignedRecipe),
    /// `kind: pkcs12`: a PFX with certificate and private key, as somebody stores it by mistake.
    Pkcs12(Pkcs12Recipe),
    /// `kind: random`: noise of `size` octets.
    Random(RandomRecipe),
    /// `kind: base64_text`: another value's octets as Base64 text.
    Base64Text(TextRecipe),
    /// `kind: pem_text`: another value's octets as PEM text.
    PemText(TextRecipe),
}

/// The same with serde's means, which need `kind` to be there.
#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Tagged {
    Certificate(Box<CertificateRecipe>),
    CertsOnly(CertsOnlyRecipe),
    Signed(SignedRecipe),
    Pkcs12(Pkcs12Recipe),
    Random(RandomRecipe),
    Base64Text(TextRecipe),
    PemText(TextRecipe),
}

impl<'de> Deserialize<'de> for Recipe {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut fields = Map::deserialize(deserializer)?;
        fields.entry("kind").or_insert_with(|| "certificate".into());
        let tagged = Tagged::deserialize(Value::Object(fields)).map_err(serde::de::Error::custom)?;
        Ok(match tagged {
            Tagged::Certificate(recipe) => Self::Certificate(recipe),
            Tagged::CertsOnly(recipe) => Self::CertsOnly(recipe),
            Tagged::Signed(recipe) => Self::Signed(recipe),
            Tagged::Pkcs12(recipe) => Self::Pkcs12(recipe),
            Tagged::Random(recipe) => Self::Random(recipe),
            Tagged::Base64Text(recipe) => Self::Base64Text(recipe),
            Tagged::PemText(recipe) => Self::PemText(recipe),
        })
    }
}

/// One text or several.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum OneOrMany {
    /// One.
    One(String),
    /// Several.
    Many(Vec<String>),
}

impl Default for OneOrMany {
    fn default() -> Self {
        Self::Many(Vec::new())
    }
}

impl OneOrMany {
    /// All of them.
    #[must_use]
    pub fn as_slice(&self) -> &[String] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
    }
}

/// A serial number: a number (negative and zero too), or hex digits of the INTEGER's octets as they are to stand.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Serial {
    /// A number.
    Number(i64),
    /// Hex digits, taken verbatim.
    Hex(String),
}

/// How a certificate is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignatureKind {
    /// As the issuer's key usually signs (RSA with SHA-256, ECDSA with the curve's hash, Ed25519).
    #[default]
    Usual,
    /// RSA-PSS.
    Pss,
    /// Says SHA-1 with RSA. The signature's octets are drawn, so it does not verify.
    Sha1,
    /// Says an algorithm that nobody knows, with drawn octets.
    Unknown,
}

/// An X.509 certificate. Every field has a default; `{}` is a usable S/MIME certificate.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CertificateRecipe {
    /// Name of the issuer's recipe, or `self`; absent: an authority of the bench, the same for all of one seed.
    pub issuer: Option<String>,
    /// `CN=Alice,O=Corp`; absent: `CN=` and the recipe's name.
    pub subject: Option<String>,
    /// How the subject's text is encoded.
    pub subject_form: TextForm,
    /// rfc822Name entries of the subject's alternative names.
    pub email: OneOrMany,
    /// SmtpUTF8Mailbox entries (RFC 9598).
    pub smtp_utf8: OneOrMany,
    /// User principal name entries (Microsoft's otherName).
    pub upn: OneOrMany,
    /// dNSName entries.
    pub dns: OneOrMany,
    /// Start of validity; absent: 2026-01-01.
    pub not_before: Option<Moment>,
    /// End of validity; absent: 2028-01-01 (2045-01-01 for an authority).
    pub not_after: Option<Moment>,
    /// Kind of key.
    pub key: KeyKind,
    /// How it is signed.
    pub signature: SignatureKind,
    /// Extended key usages by name (`emailProtection`, `clientAuth`, `any`, …) or OID; absent: `emailProtection` (none
    /// for an authority); empty: no such extension.
    pub eku: Option<Vec<String>>,
    /// Key usages by RFC 5280's names (`digitalSignature`, `keyEncipherment`, …); absent: what goes with the key;
    /// empty: no such extension.
    pub key_usage: Option<Vec<String>>,
    /// Whether it is an authority's.
    pub ca: bool,
    /// Serial number; absent: sixteen octets drawn from seed and name.
    pub serial: Option<Serial>,
    /// X.509 version, 1 or 3; version 1 has no extensions. Absent: 3.
    pub version: Option<u8>,
    /// Pads the certificate to exactly so many octets.
    pub pad_to: Option<usize>,
    /// Cuts the value off after so many octets.
    pub truncate: Option<usize>,
    /// Appends so many octets that don't belong to it.
    pub trailing: Option<usize>,
    /// Writes the outer levels in BER's indefinite length.
    pub indefinite: bool,
}

/// A PKCS #7 with certificates and no signer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CertsOnlyRecipe {
    /// Names of the certificates' recipes.
    pub certs: Vec<String>,
    /// Writes the outer levels in BER's indefinite length.
    #[serde(default)]
    pub indefinite: bool,
}

/// A PKCS #7 with a signer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedRecipe {
    /// Name of the signer's recipe.
    pub signer: String,
    /// Names of the certificates in it; absent: just the signer's.
    #[serde(default)]
    pub certs: Vec<String>,
    /// Whether it tells the S/MIME capabilities of the signer's client.
    #[serde(default = "yes")]
    pub capabilities: bool,
    /// Name of the certificate to encrypt to, if it is not the signer's.
    #[serde(default)]
    pub encrypt_to: Option<String>,
    /// When it was signed; absent: 2026-01-01.
    #[serde(default)]
    pub signed_at: Option<Moment>,
    /// Writes the outer levels in BER's indefinite length.
    #[serde(default)]
    pub indefinite: bool,
}

/// A PFX.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pkcs12Recipe {
    /// Name of the certificate's recipe; its private key goes in too.
    pub of: String,
    /// Names of further certificates.
    #[serde(default)]
    pub certs: Vec<String>,
    /// The password; absent: `secret`.
    #[serde(default = "default_password")]
    pub password: String,
}

/// Noise.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RandomRecipe {
    /// How many octets.
    pub size: usize,
}

/// Another value as text.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextRecipe {
    /// Name of the other recipe.
    pub of: String,
}

fn yes() -> bool {
    true
}

fn default_password() -> String {
    "secret".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<Recipe, String> {
        serde_json::from_str(json).map_err(|error| error.to_string())
    }

    #[test]
    fn the_kind_may_be_left_out_for_a_certificate() {
        assert_eq!(read("{}").unwrap(), Recipe::Certificate(Box::default()));
        let Ok(Recipe::Certificate(recipe)) =
            read(r#"{"email":"a@x.test","serial":-5,"not_after":"2026-02-01"}"#)
        else {
            panic!("not a certificate")
        };
        assert_eq!((recipe.email.as_slice().len(), recipe.serial), (1, Some(Serial::Number(-5))));
    }

    #[test]
    fn what_a_kind_does_not_know_is_refused_by_name() {
        assert!(read(r#"{"e-mail":"a@x.test"}"#).unwrap_err().contains("unknown field `e-mail`"));
        assert!(
            read(r#"{"kind":"random","size":3,"email":"a"}"#).unwrap_err().contains("unknown field `email`")
        );
        assert!(read(r#"{"kind":"pkcs7"}"#).unwrap_err().contains("unknown variant `pkcs7`"));
        assert!(read(r#"{"not_after":"soon"}"#).unwrap_err().contains("\"soon\" is no time"));
    }
}
