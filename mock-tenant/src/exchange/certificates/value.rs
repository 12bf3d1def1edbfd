//! From a value of an attribute to certificates.

use bytes::Bytes;

use super::signed;

/// A certificate in a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// DER.
    pub certificate: Bytes,
    /// Its publisher marked it as the one to encrypt to.
    pub is_default: bool,
}

/// The tag of a DER SEQUENCE, with which both forms of PKCS #7 and certificates begin.
const SEQUENCE: u8 = 0x30;

/// The settings of a tagged value that hold a certificate: KeyExchangeCertificate, then SignCertificate.
/// Source: MS-OXOABK 2.2.4.36 (PidTagUserX509Certificate).
const KEY_EXCHANGE_CERTIFICATE: u16 = 0x0003;

/// The certificate that a value of userCertificate is. Whether it can be read is judged later.
#[must_use]
pub fn in_user_certificate(value: &Bytes) -> Vec<Found> {
    vec![Found { certificate: value.clone(), is_default: false }]
}

/// The certificates in a value of userSMIMECertificate: PKCS #7, or Outlook's tagged form. `None` if it is neither.
/// Source: MS-OXLDAP 2.2.5.2.
#[must_use]
pub fn in_smime_certificate(value: &[u8]) -> Option<Vec<Found>> {
    match value.first()? {
        &SEQUENCE => signed::certificates(value),
        _ => tagged(value),
    }
}

/// TAG and LENGTH of two octets each, little-endian; the length counts these four too.
fn tagged(value: &[u8]) -> Option<Vec<Found>> {
    let mut found = Vec::new();
    let mut rest = value;
    while !rest.is_empty() {
        let (tag, after) = rest.split_first_chunk()?;
        let (length, _) = after.split_first_chunk()?;
        let (setting, after) = rest.split_at_checked(usize::from(u16::from_le_bytes(*length)))?;
        if u16::from_le_bytes(*tag) == KEY_EXCHANGE_CERTIFICATE {
            found.push(Found { certificate: Bytes::copy_from_slice(setting.get(4..)?), is_default: false });
        }
        // a setting that does not even hold its own header would never end
        rest = (setting.len() >= 4).then_some(after)?;
    }
    Some(found)
}
