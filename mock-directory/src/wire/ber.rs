//! Just enough BER for LDAP (RFC 4511 §5.1): a reader that borrows from the received buffer and a writer that appends to one.
//!
//! Values are kept as slices of the PDU, INTEGERs as the octets that were sent. `ldap3_lber`'s tree would copy every
//! value, forget a child that overruns its parent (an attribute list would lose its tail without a word) and take the
//! indefinite length for zero.

use bytes::{Buf, BufMut, Bytes, BytesMut};

/// Universal BOOLEAN.
pub const BOOLEAN: u8 = 0x01;
/// Universal INTEGER.
pub const INTEGER: u8 = 0x02;
/// Universal OCTET STRING.
pub const OCTETS: u8 = 0x04;
/// Universal ENUMERATED.
pub const ENUMERATED: u8 = 0x0a;
/// Universal SEQUENCE (OF), constructed.
pub const SEQUENCE: u8 = 0x30;
/// Universal SET OF, constructed.
pub const SET: u8 = 0x31;

/// Why bytes are not the BER that LDAP allows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BerError {
    /// An element runs past the end of what holds it.
    #[error("an element is cut off")]
    Truncated,
    /// `80` as length: RFC 4511 §5.1 wants the definite form.
    #[error("indefinite length")]
    Indefinite,
    /// A length that no message can have.
    #[error("a length of more than 32 bits")]
    TooLong,
    /// Tag numbers above 30; LDAP has none.
    #[error("a tag number above 30")]
    HighTag,
    /// Another element than the grammar has at this place.
    #[error("expected {expected}, found tag {found:#04x}")]
    Unexpected {
        /// What the grammar has here.
        expected: &'static str,
        /// The identifier octet found.
        found: u8,
    },
    /// A value that its type does not allow.
    #[error("{0} is out of range")]
    Value(&'static str),
    /// Something after the last element the grammar has.
    #[error("octets after the last element")]
    Trailing,
}

/// One element: identifier octet and content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    /// Identifier octet: class, constructed bit and number.
    pub tag: u8,
    /// Content octets.
    pub content: Bytes,
}

impl Element {
    /// The content as a sequence of elements.
    #[must_use]
    pub fn into_reader(self) -> Reader {
        Reader { rest: self.content }
    }

    /// The content as a two's complement number.
    ///
    /// # Errors
    /// No octets, or more than a 64-bit number can need.
    pub fn integer(&self) -> Result<i64, BerError> {
        integer(&self.content)
    }

    /// The content as BOOLEAN: BER takes every non-zero octet for TRUE.
    ///
    /// # Errors
    /// Not exactly one octet.
    pub fn boolean(&self) -> Result<bool, BerError> {
        match self.content.as_ref() {
            [octet] => Ok(*octet != 0),
            _ => Err(BerError::Value("BOOLEAN")),
        }
    }
}

/// Two's complement octets, most significant first; redundant leading octets are let through.
fn integer(octets: &[u8]) -> Result<i64, BerError> {
    let (&first, _) = octets.split_first().ok_or(BerError::Value("INTEGER"))?;
    let sign = if first & 0x80 == 0 { 0 } else { -1 };
    let excess = octets.len().saturating_sub(8);
    let (padding, digits) = octets.split_at(excess);
    let filler = if sign == 0 { 0x00 } else { 0xff };
    let sign_kept = digits.first().is_some_and(|digit| (digit & 0x80 != 0) == (sign != 0));
    if padding.iter().any(|&octet| octet != filler) || !sign_kept {
        return Err(BerError::Value("INTEGER"));
    }
    Ok(digits.iter().fold(sign, |number, &octet| (number << 8) | i64::from(octet)))
}

/// How long a header and its content are, as far as the first octets tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// Identifier octet.
    pub tag: u8,
    /// Octets of identifier and length.
    pub size: usize,
    /// Octets of content.
    pub content: usize,
}

/// Reads identifier and length; `None` while octets of them are missing.
///
/// # Errors
/// Indefinite and absurd lengths, tag numbers above 30.
pub fn header(bytes: &[u8]) -> Result<Option<Header>, BerError> {
    let [tag, length, rest @ ..] = bytes else { return Ok(None) };
    if tag & 0x1f == 0x1f {
        return Err(BerError::HighTag);
    }
    let extra = usize::from(length & 0x7f);
    match *length {
        0x80 => Err(BerError::Indefinite),
        0..0x80 => Ok(Some(Header { tag: *tag, size: 2, content: extra })),
        _ if extra > 8 => Err(BerError::TooLong),
        _ => {
            let Some(octets) = rest.get(..extra) else { return Ok(None) };
            let content = octets.iter().fold(0_u64, |number, &octet| (number << 8) | u64::from(octet));
            let content = u32::try_from(content).map_err(|_| BerError::TooLong)?;
            Ok(Some(Header { tag: *tag, size: 2 + extra, content: content as usize }))
        }
    }
}

/// A cursor over the elements of a constructed value.
#[derive(Debug, Clone)]
pub struct Reader {
    rest: Bytes,
}

impl Reader {
    /// Starts at the first element of `bytes`.
    #[must_use]
    pub const fn new(bytes: Bytes) -> Self {
        Self { rest: bytes }
    }

    /// True when nothing is left.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The identifier octet of the next element.
    #[must_use]
    pub fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    /// The next element, whatever it is.
    ///
    /// # Errors
    /// There is none, or its header does not fit what is left.
    pub fn element(&mut self) -> Result<Element, BerError> {
        let header = header(&self.rest)?.ok_or(BerError::Truncated)?;
        if self.rest.len() - header.size < header.content {
            return Err(BerError::Truncated);
        }
        self.rest.advance(header.size);
        Ok(Element { tag: header.tag, content: self.rest.split_to(header.content) })
    }

    /// The next element, which must have this tag.
    ///
    /// # Errors
    /// As [`Reader::element`], or another tag.
    pub fn expect(&mut self, tag: u8, expected: &'static str) -> Result<Element, BerError> {
        let element = self.element()?;
        if element.tag == tag {
            return Ok(element);
        }
        Err(BerError::Unexpected { expected, found: element.tag })
    }

    /// The next element if it has this tag (OPTIONAL and DEFAULT fields).
    ///
    /// # Errors
    /// As [`Reader::element`] when the tag matches.
    pub fn optional(&mut self, tag: u8) -> Result<Option<Element>, BerError> {
        if self.peek() == Some(tag) { self.element().map(Some) } else { Ok(None) }
    }

    /// The next element as OCTET STRING.
    ///
    /// # Errors
    /// As [`Reader::expect`].
    pub fn octets(&mut self, expected: &'static str) -> Result<Bytes, BerError> {
        Ok(self.expect(OCTETS, expected)?.content)
    }

    /// The next element as an OCTET STRING that holds text; what is not UTF-8 becomes U+FFFD and so names nothing.
    ///
    /// # Errors
    /// As [`Reader::expect`].
    pub fn text(&mut self, expected: &'static str) -> Result<String, BerError> {
        Ok(String::from_utf8_lossy(&self.octets(expected)?).into_owned())
    }

    /// The next element as INTEGER.
    ///
    /// # Errors
    /// As [`Reader::expect`] and [`Element::integer`].
    pub fn integer(&mut self, expected: &'static str) -> Result<i64, BerError> {
        self.expect(INTEGER, expected)?.integer()
    }

    /// The next element as ENUMERATED.
    ///
    /// # Errors
    /// As [`Reader::expect`] and [`Element::integer`].
    pub fn enumerated(&mut self, expected: &'static str) -> Result<i64, BerError> {
        self.expect(ENUMERATED, expected)?.integer()
    }

    /// The next element as a nested SEQUENCE.
    ///
    /// # Errors
    /// As [`Reader::expect`].
    pub fn sequence(&mut self, expected: &'static str) -> Result<Self, BerError> {
        Ok(self.expect(SEQUENCE, expected)?.into_reader())
    }

    /// Holds that everything was read.
    ///
    /// # Errors
    /// Octets are left.
    pub fn end(&self) -> Result<(), BerError> {
        if self.is_empty() { Ok(()) } else { Err(BerError::Trailing) }
    }
}

/// Octets that the definite length `content` takes.
#[must_use]
pub const fn length_size(content: usize) -> usize {
    match content {
        0..0x80 => 1,
        0x80..=0xff => 2,
        0x100..=0xffff => 3,
        0x1_0000..=0xff_ffff => 4,
        _ => 5,
    }
}

/// Octets of an element with `content` octets of content.
#[must_use]
pub const fn element_size(content: usize) -> usize {
    1 + length_size(content) + content
}

/// Writes identifier and length of an element whose content follows.
pub fn put_header(out: &mut BytesMut, tag: u8, content: usize) {
    out.put_u8(tag);
    let octets = content.to_be_bytes();
    match length_size(content) {
        1 => out.put_u8(octets[octets.len() - 1]),
        size => {
            let count = size - 1;
            // at most 4, see length_size
            out.put_u8(0x80 | (count & 0x0f) as u8);
            out.put_slice(&octets[octets.len() - count..]);
        }
    }
}

/// Writes a primitive element.
pub fn put_octets(out: &mut BytesMut, tag: u8, content: &[u8]) {
    put_header(out, tag, content.len());
    out.put_slice(content);
}

/// Writes an INTEGER or ENUMERATED in the shortest form (X.690 §8.3.2).
pub fn put_integer(out: &mut BytesMut, tag: u8, number: i64) {
    put_octets(out, tag, &integer_octets(number)[8 - integer_size(number)..]);
}

/// Octets of the shortest two's complement form of `number`.
#[must_use]
pub const fn integer_size(number: i64) -> usize {
    let magnitude = if number < 0 { !number } else { number };
    // one bit more than the magnitude for the sign; 64 bits at most
    (64 - magnitude.leading_zeros() as usize) / 8 + 1
}

const fn integer_octets(number: i64) -> [u8; 8] {
    number.to_be_bytes()
}

/// Writes a constructed element whose content `fill` writes.
pub fn put_constructed(out: &mut BytesMut, tag: u8, fill: impl FnOnce(&mut BytesMut)) {
    let mut content = BytesMut::new();
    fill(&mut content);
    put_octets(out, tag, &content);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<Element, BerError> {
        Reader::new(Bytes::copy_from_slice(bytes)).element()
    }

    #[test]
    fn numbers_keep_their_sign() {
        for (octets, number) in [
            (&[0x00][..], 0),
            (&[0x7f], 127),
            (&[0x80], -128),
            (&[0x00, 0xff], 255),
            (&[0x80, 0, 0, 0], -2_147_483_648),
            (&[0x00, 0x80, 0, 0, 0], 2_147_483_648),
            (&[0xff, 0x80, 0, 0, 0], -2_147_483_648),
            (&[0, 0, 0, 0, 0, 0, 0, 0, 0, 5], 5),
        ] {
            assert_eq!(integer(octets), Ok(number), "{octets:02x?}");
        }
        assert!(integer(&[]).is_err());
        assert!(integer(&[1, 0, 0, 0, 0, 0, 0, 0, 0]).is_err());
        assert!(integer(&[0, 0x80, 0, 0, 0, 0, 0, 0, 0]).is_err(), "2^63 is no i64");
    }

    #[test]
    fn shortest_numbers_come_back() {
        for number in [0, 1, 127, 128, 255, 256, -1, -128, -129, 1 << 31, -(1 << 31), i64::MAX, i64::MIN] {
            let mut out = BytesMut::new();
            put_integer(&mut out, INTEGER, number);
            assert_eq!(Reader::new(out.freeze()).integer("n"), Ok(number));
        }
        assert_eq!(
            [integer_size(127), integer_size(128), integer_size(-128), integer_size(-129)],
            [1, 2, 1, 2]
        );
    }

    #[test]
    fn lengths_of_every_form() {
        for content in [0_usize, 127, 128, 255, 256, 65_535, 65_536, 16_777_216] {
            let mut out = BytesMut::new();
            put_header(&mut out, OCTETS, content);
            assert_eq!(out.len() + content, element_size(content));
            assert_eq!(header(&out), Ok(Some(Header { tag: OCTETS, size: out.len(), content })));
        }
        // Windows clients pad every length to four octets
        assert_eq!(
            header(&[0x30, 0x84, 0, 0, 0, 5]),
            Ok(Some(Header { tag: SEQUENCE, size: 6, content: 5 }))
        );
    }

    #[test]
    fn what_ldap_forbids_is_named() {
        assert_eq!(read(&[0x30, 0x80, 0, 0]), Err(BerError::Indefinite));
        assert_eq!(read(&[0x3f, 0x81, 0x01, 0]), Err(BerError::HighTag));
        assert_eq!(read(&[0x04, 0x05, 1]), Err(BerError::Truncated));
        assert_eq!(
            read(&[0x04, 0x88, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
            Err(BerError::TooLong)
        );
        assert_eq!(read(&[0x04, 0x89]), Err(BerError::TooLong));
        assert_eq!(read(&[]), Err(BerError::Truncated));
    }
}
