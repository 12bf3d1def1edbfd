//! What an octet string in a certificate attribute really is, told by its first octets.
//!
//! Both attributes take any octets, so one finds in them what people put there: certificates, PKCS#7 blobs, PKCS#12 files
//! with private keys, base64 text. All of these but the text begin with a SEQUENCE; what follows tells them apart.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ValueKind {
    /// No octets.
    Empty,
    /// A private key, PKCS#8 in the clear.
    PrivateKey,
    /// A PKCS#12 file: certificate and private key.
    Pkcs12,
    /// A CMS / PKCS#7 ContentInfo.
    Pkcs7,
    /// PEM text.
    Pem,
    /// Base64 text of something in DER.
    Base64,
    /// A SEQUENCE that begins like a certificate.
    Certificate,
    /// Something else.
    Unknown,
}

/// 1.2.840.113549.1.7, the arc of the PKCS#7 content types.
const PKCS7_ARC: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07];

/// Tells what `value` is.
pub(super) fn kind_of(value: &[u8]) -> ValueKind {
    if value.is_empty() {
        return ValueKind::Empty;
    }
    if value.starts_with(b"-----BEGIN ") {
        return ValueKind::Pem;
    }
    if let Some((0x30, content)) = element(value) {
        return kind_of_sequence(content);
    }
    if is_base64(value) { ValueKind::Base64 } else { ValueKind::Unknown }
}

fn kind_of_sequence(content: &[u8]) -> ValueKind {
    match element(content) {
        // PFX ::= SEQUENCE { version INTEGER {v3(3)}, authSafe ContentInfo, … }  (RFC 7292 4)
        Some((0x02, rest)) if rest.first() == Some(&3) => ValueKind::Pkcs12,
        // PrivateKeyInfo ::= SEQUENCE { version INTEGER {v1(0)}, … }  (RFC 5208 5)
        Some((0x02, rest)) if rest.first() == Some(&0) => ValueKind::PrivateKey,
        // ContentInfo ::= SEQUENCE { contentType OBJECT IDENTIFIER, … }  (RFC 5652 3)
        Some((0x06, rest)) if rest.starts_with(PKCS7_ARC) => ValueKind::Pkcs7,
        Some((0x30, _)) => ValueKind::Certificate,
        _ => ValueKind::Unknown,
    }
}

/// Tag of the first element, and everything after its length octets.
fn element(octets: &[u8]) -> Option<(u8, &[u8])> {
    let (&tag, rest) = octets.split_first()?;
    let (&length, rest) = rest.split_first()?;
    let skip = if length & 0x80 == 0 { 0 } else { usize::from(length & 0x7f) };
    Some((tag, rest.get(skip..)?))
}

fn is_base64(value: &[u8]) -> bool {
    let text: Vec<u8> = value.iter().copied().filter(|b| !b.is_ascii_whitespace()).collect();
    text.len() >= 16 && STANDARD.decode(&text).is_ok_and(|der| der.first() == Some(&0x30))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_by_their_first_octets() {
        for (value, kind) in [
            (&b""[..], ValueKind::Empty),
            (b"0", ValueKind::Unknown),
            (b"\x30\x82\x01", ValueKind::Unknown),
            (b"\x30\x80\x30\x80", ValueKind::Certificate),
            (b"\x30\x82\x10\x00\x30\x82\x0f\x00", ValueKind::Certificate),
            (b"\x30\x82\x10\x00\x02\x01\x03\x30\x00", ValueKind::Pkcs12),
            (b"\x30\x82\x10\x00\x02\x01\x00\x30\x00", ValueKind::PrivateKey),
            (b"\x30\x20\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02", ValueKind::Pkcs7),
            (b"-----BEGIN CERTIFICATE-----", ValueKind::Pem),
            (b"MIICVzCCAf2gAwIBAgIPGlXP", ValueKind::Base64),
            (b"hello, world, this is it", ValueKind::Unknown),
        ] {
            assert_eq!(kind_of(value), kind, "{value:02x?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_octets_are_of_some_kind(octets: Vec<u8>) {
            kind_of(&octets);
        }
    }
}
