//! The little BER that control values need. Own, because the octets matter: see `dirsync`.

const INTEGER: u8 = 0x02;
const OCTET_STRING: u8 = 0x04;
const SEQUENCE: u8 = 0x30;

/// `SEQUENCE` around elements that are encoded already.
pub(super) fn sequence(elements: &[Vec<u8>]) -> Vec<u8> {
    element(SEQUENCE, &elements.concat())
}

/// `INTEGER` in the shortest two's complement form.
pub(super) fn integer(value: i32) -> Vec<u8> {
    let octets = value.to_be_bytes();
    let redundant =
        |pair: &[u8]| (pair[0] == 0 && pair[1] & 0x80 == 0) || (pair[0] == 0xff && pair[1] & 0x80 != 0);
    let skip = octets.windows(2).take_while(|pair| redundant(pair)).count();
    element(INTEGER, &octets[skip..])
}

/// `OCTET STRING`.
pub(super) fn octets(value: &[u8]) -> Vec<u8> {
    element(OCTET_STRING, value)
}

fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    if content.len() < 0x80 {
        out.push(content.len() as u8);
    } else {
        let length = content.len().to_be_bytes();
        let significant = &length[length.iter().take_while(|octet| **octet == 0).count()..];
        out.push(0x80 | significant.len() as u8);
        out.extend_from_slice(significant);
    }
    out.extend_from_slice(content);
    out
}

/// Reads elements one after the other; every method gives `None` on anything unexpected.
pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// Opens the `SEQUENCE` that the octets begin with.
    pub(super) fn sequence(octets: &'a [u8]) -> Option<Self> {
        Reader(octets).take(SEQUENCE).map(Reader)
    }

    /// The next `INTEGER` (at most 8 octets, sign-extended).
    pub(super) fn integer(&mut self) -> Option<i64> {
        let content = self.take(INTEGER)?;
        let (first, rest) = content.split_first()?;
        if content.len() > 8 {
            return None;
        }
        let sign_extended = i64::from(*first as i8);
        Some(rest.iter().fold(sign_extended, |value, octet| (value << 8) | i64::from(*octet)))
    }

    /// The next `OCTET STRING`.
    pub(super) fn octets(&mut self) -> Option<&'a [u8]> {
        self.take(OCTET_STRING)
    }

    fn take(&mut self, tag: u8) -> Option<&'a [u8]> {
        let (&found, rest) = self.0.split_first()?;
        let (length, rest) = length(rest)?;
        if found != tag || length > rest.len() {
            return None;
        }
        let (content, rest) = rest.split_at(length);
        self.0 = rest;
        Some(content)
    }
}

fn length(octets: &[u8]) -> Option<(usize, &[u8])> {
    let (&first, rest) = octets.split_first()?;
    if first < 0x80 {
        return Some((usize::from(first), rest));
    }
    let count = usize::from(first & 0x7f);
    if count == 0 || count > 4 || count > rest.len() {
        return None;
    }
    let (digits, rest) = rest.split_at(count);
    Some((digits.iter().fold(0, |value, octet| (value << 8) | usize::from(*octet)), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_take_the_shortest_form() {
        assert_eq!(integer(0), [2, 1, 0]);
        assert_eq!(integer(127), [2, 1, 127]);
        assert_eq!(integer(128), [2, 2, 0, 128]);
        assert_eq!(integer(-1), [2, 1, 0xff]);
        assert_eq!(integer(i32::MIN), [2, 4, 0x80, 0, 0, 0]);
    }

    #[test]
    fn long_lengths_round_trip() {
        let long = vec![7; 70_000];
        let encoded = sequence(&[integer(-3), octets(&long)]);
        let mut reader = Reader::sequence(&encoded).unwrap();
        assert_eq!(reader.integer(), Some(-3));
        assert_eq!(reader.octets(), Some(&long[..]));
    }

    #[test]
    fn cut_or_wrong_octets_are_none() {
        let encoded = sequence(&[integer(5)]);
        assert!(Reader::sequence(&encoded[..encoded.len() - 1]).is_none());
        assert!(Reader::sequence(&[0x30, 0x80]).is_none());
        assert_eq!(Reader::sequence(&encoded).unwrap().octets(), None);
    }
}
