//! Microsoft's serialized certificate store (`.sst`): what `Set-SmimeConfig -SMIMECertificateIssuingCA` takes.
//! Source: MS-OSHARED 2.3.9.1 (the store), 2.3.2.5.1 to 2.3.2.5.4 (its entries); all numbers are little-endian.

use bytes::Bytes;

/// Version 0, then `CERT`.
const HEADER: [u8; 8] = *b"\0\0\0\0CERT";
/// Identifier of the entry that ends the store.
const END: u32 = 0;
/// Identifier of an entry with a certificate. Everything else is a property of the certificate that follows it.
const CERTIFICATE: u32 = 0x20;
/// ASN.1 encoding, of properties too.
const ASN1: u32 = 1;

/// Why octets are no store. Positions count octets from the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SstError {
    /// Another file.
    #[error("not a serialized certificate store: it does not begin with 00 00 00 00 'CERT'")]
    Header,
    /// An entry goes beyond the end, or the end marker is missing.
    #[error("the serialized certificate store ends within the entry at octet {0}")]
    Truncated(usize),
    /// An encoding that no store has.
    #[error("the entry at octet {at} of the serialized certificate store has encoding {encoding}, not 1")]
    Encoding {
        /// Where.
        at: usize,
        /// What it says.
        encoding: u32,
    },
}

/// The certificates of a store, in their order. Properties are passed over; whether a value is a certificate at all is not
/// judged here.
///
/// # Errors
/// The octets are no store.
pub fn certificates(store: &[u8]) -> Result<Vec<Bytes>, SstError> {
    let mut at = HEADER.len();
    let mut rest = store.strip_prefix(&HEADER).ok_or(SstError::Header)?;
    let mut found = Vec::new();
    loop {
        let (entry, after) = entry(rest).ok_or(SstError::Truncated(at))?;
        if entry.id == END {
            return Ok(found);
        }
        if entry.encoding != ASN1 {
            return Err(SstError::Encoding { at, encoding: entry.encoding });
        }
        if entry.id == CERTIFICATE {
            found.push(Bytes::copy_from_slice(entry.value));
        }
        at += rest.len() - after.len();
        rest = after;
    }
}

/// A store of these certificates, without properties.
#[must_use]
pub fn write<'a>(certificates: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut store = HEADER.to_vec();
    for certificate in certificates {
        let length = u32::try_from(certificate.len()).unwrap_or(u32::MAX);
        for number in [CERTIFICATE, ASN1, length] {
            store.extend(number.to_le_bytes());
        }
        store.extend(certificate);
    }
    store.extend([0; 12]);
    store
}

struct Entry<'a> {
    id: u32,
    encoding: u32,
    value: &'a [u8],
}

fn entry(octets: &[u8]) -> Option<(Entry<'_>, &[u8])> {
    let (id, rest) = number(octets)?;
    let (encoding, rest) = number(rest)?;
    let (length, rest) = number(rest)?;
    let (value, rest) = rest.split_at_checked(usize::try_from(length).ok()?)?;
    Some((Entry { id, encoding, value }, rest))
}

fn number(octets: &[u8]) -> Option<(u32, &[u8])> {
    let (number, rest) = octets.split_first_chunk()?;
    Some((u32::from_le_bytes(*number), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry_of(id: u32, encoding: u32, value: &[u8]) -> Vec<u8> {
        let length = u32::try_from(value.len()).unwrap();
        [&id.to_le_bytes(), &encoding.to_le_bytes(), &length.to_le_bytes(), value].concat()
    }

    #[test]
    fn what_is_written_is_read() {
        let store = write([&b"one"[..], b"two"]);
        assert_eq!(certificates(&store), Ok(vec![Bytes::from("one"), Bytes::from("two")]));
        assert_eq!(certificates(&write([])), Ok(Vec::new()));
    }

    #[test]
    fn properties_are_passed_over() {
        let friendly_name = entry_of(0x0b, 1, b"N\0a\0\0\0");
        let store = [HEADER.to_vec(), friendly_name, entry_of(0x20, 1, b"one"), vec![0; 12]].concat();
        assert_eq!(certificates(&store), Ok(vec![Bytes::from("one")]));
    }

    #[test]
    fn other_octets_are_refused_with_their_place() {
        let good = write([&b"one"[..]]);
        assert_eq!(certificates(b"0\x82"), Err(SstError::Header));
        assert_eq!(certificates(&good[..good.len() - 1]), Err(SstError::Truncated(23)));
        assert_eq!(certificates(&good[..20]), Err(SstError::Truncated(8)));
        let odd = [HEADER.to_vec(), entry_of(0x20, 7, b"one")].concat();
        assert_eq!(certificates(&odd), Err(SstError::Encoding { at: 8, encoding: 7 }));
    }

    proptest::proptest! {
        #[test]
        fn no_octets_panic(octets: Vec<u8>) {
            let _ = certificates(&octets);
            let _ = certificates(&[&HEADER[..], &octets].concat());
        }
    }
}
