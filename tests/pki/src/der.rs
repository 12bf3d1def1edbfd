//! A small DER writer: tag, length, content. It writes what it is told, also what no one should.

/// Universal tags that certificates and their containers use.
pub mod tag {
    /// BOOLEAN.
    pub const BOOLEAN: u8 = 0x01;
    /// INTEGER.
    pub const INTEGER: u8 = 0x02;
    /// BIT STRING.
    pub const BIT_STRING: u8 = 0x03;
    /// OCTET STRING.
    pub const OCTET_STRING: u8 = 0x04;
    /// NULL.
    pub const NULL: u8 = 0x05;
    /// OBJECT IDENTIFIER.
    pub const OID: u8 = 0x06;
    /// UTF8String.
    pub const UTF8: u8 = 0x0c;
    /// PrintableString.
    pub const PRINTABLE: u8 = 0x13;
    /// TeletexString (T61String).
    pub const TELETEX: u8 = 0x14;
    /// IA5String.
    pub const IA5: u8 = 0x16;
    /// UTCTime.
    pub const UTC_TIME: u8 = 0x17;
    /// GeneralizedTime.
    pub const GENERALIZED_TIME: u8 = 0x18;
    /// BMPString.
    pub const BMP: u8 = 0x1e;
    /// SEQUENCE.
    pub const SEQUENCE: u8 = 0x30;
    /// SET.
    pub const SET: u8 = 0x31;
    /// First context-specific tag, primitive.
    pub const CONTEXT: u8 = 0x80;
    /// First context-specific tag, constructed.
    pub const CONTEXT_CONSTRUCTED: u8 = 0xa0;
}

/// Tag, length in the shortest form, content.
#[must_use]
pub fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    let len = content.len();
    if len < 0x80 {
        // fits by the test above
        out.push(len as u8);
    } else {
        let bytes = len.to_be_bytes();
        let significant = &bytes[bytes.iter().take_while(|byte| **byte == 0).count()..];
        out.push(0x80 | significant.len() as u8);
        out.extend_from_slice(significant);
    }
    out.extend_from_slice(content);
    out
}

/// A SEQUENCE of encoded parts.
#[must_use]
pub fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
    tlv(tag::SEQUENCE, &parts.concat())
}

/// A SET OF encoded parts, in DER's order.
#[must_use]
pub fn set_of(parts: &[Vec<u8>]) -> Vec<u8> {
    let mut sorted = parts.to_vec();
    sorted.sort();
    tlv(tag::SET, &sorted.concat())
}

/// A constructed context-specific value `[number]`.
#[must_use]
pub fn context(number: u8, content: &[u8]) -> Vec<u8> {
    tlv(tag::CONTEXT_CONSTRUCTED | number, content)
}

/// A small non-negative INTEGER.
#[must_use]
pub fn integer(value: u32) -> Vec<u8> {
    tlv(tag::INTEGER, &signed_octets(i64::from(value)))
}

/// The shortest two's complement octets of a number.
#[must_use]
pub fn signed_octets(value: i64) -> Vec<u8> {
    let bytes = value.to_be_bytes();
    let redundant = |pair: &[u8]| (pair[0] == 0 && pair[1] < 0x80) || (pair[0] == 0xff && pair[1] >= 0x80);
    let skip = bytes.windows(2).take_while(|pair| redundant(pair)).count();
    bytes[skip..].to_vec()
}

/// An OBJECT IDENTIFIER from dotted text; `None` if the text is none.
#[must_use]
pub fn oid(dotted: &str) -> Option<Vec<u8>> {
    let arcs: Vec<u64> = dotted.split('.').map(|arc| arc.parse().ok()).collect::<Option<_>>()?;
    let [first, second, rest @ ..] = arcs.as_slice() else { return None };
    if *first > 2 || (*first < 2 && *second > 39) {
        return None;
    }
    let mut content = base128(first.checked_mul(40)?.checked_add(*second)?);
    content.extend(rest.iter().flat_map(|arc| base128(*arc)));
    Some(tlv(tag::OID, &content))
}

fn base128(mut value: u64) -> Vec<u8> {
    let mut out = vec![(value & 0x7f) as u8];
    while value >= 0x80 {
        value >>= 7;
        out.insert(0, 0x80 | (value & 0x7f) as u8);
    }
    out
}

/// A BIT STRING of whole octets.
#[must_use]
pub fn bit_string(octets: &[u8]) -> Vec<u8> {
    tlv(tag::BIT_STRING, &[&[0], octets].concat())
}

/// An OCTET STRING.
#[must_use]
pub fn octet_string(octets: &[u8]) -> Vec<u8> {
    tlv(tag::OCTET_STRING, octets)
}

/// NULL.
#[must_use]
pub fn null() -> Vec<u8> {
    tlv(tag::NULL, &[])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_take_the_shortest_form() {
        assert_eq!(tlv(4, &[0; 127])[..2], [4, 127]);
        assert_eq!(tlv(4, &[0; 128])[..3], [4, 0x81, 128]);
        assert_eq!(tlv(4, &[0; 300])[..4], [4, 0x82, 1, 44]);
    }

    #[test]
    fn numbers_are_two_s_complement_without_waste() {
        for (value, octets) in [
            (0, &[0][..]),
            (127, &[127]),
            (128, &[0, 128]),
            (-1, &[255]),
            (-128, &[128]),
            (-129, &[255, 127]),
        ] {
            assert_eq!(signed_octets(value), octets, "{value}");
        }
    }

    #[test]
    fn object_identifiers() {
        assert_eq!(oid("1.2.840.113549").unwrap(), [6, 6, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d]);
        assert_eq!(oid("2.5.29.37").unwrap(), [6, 3, 0x55, 0x1d, 0x25]);
        for wrong in ["", "1", "3.1", "1.40", "1.2.x", "1..2"] {
            assert_eq!(oid(wrong), None, "{wrong}");
        }
    }
}
