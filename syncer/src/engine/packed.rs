//! Attributes of one object in one allocation.
//!
//! A hundred thousand objects with some thirty attributes each must fit in memory, so an object is one byte string:
//! per attribute the name's length (one octet), the name, the number of values and then each value with its length,
//! numbers as LEB128. The same bytes are what a store keeps, so loading needs no decoding.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Names with their values, immutable, sorted as they were given.
#[derive(Clone, PartialEq, Eq, Default, Hash)]
pub struct Packed(Box<[u8]>);

/// Bytes that are not a packed object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a packed object: broken at octet {at}")]
pub struct PackedError {
    /// Offset of the first octet that makes no sense.
    pub at: usize,
}

impl Packed {
    /// Packs `entries` in their order; names longer than 255 octets are cut (no directory has such a name).
    pub fn from_entries<N: AsRef<str>, V: AsRef<[u8]>>(
        entries: impl IntoIterator<Item = (N, impl IntoIterator<Item = V>)>,
    ) -> Self {
        let mut out = Vec::new();
        for (name, values) in entries {
            let name = name.as_ref().as_bytes();
            let length = name.len().min(usize::from(u8::MAX));
            out.push(u8::try_from(length).unwrap_or(u8::MAX));
            out.extend_from_slice(&name[..length]);
            let values: Vec<V> = values.into_iter().collect();
            put_number(&mut out, values.len());
            for value in &values {
                put_number(&mut out, value.as_ref().len());
                out.extend_from_slice(value.as_ref());
            }
        }
        Self(out.into_boxed_slice())
    }

    /// Takes bytes that [`Packed::as_bytes`] gave, after checking them.
    ///
    /// # Errors
    /// [`PackedError`] with the offset of the first octet that makes no sense.
    pub fn from_bytes(bytes: impl Into<Box<[u8]>>) -> Result<Self, PackedError> {
        let bytes = bytes.into();
        let mut at = 0;
        while at < bytes.len() {
            at = check_entry(&bytes, at)?;
        }
        Ok(Self(bytes))
    }

    /// The bytes, as a store keeps them.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// No attribute at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All names with their values.
    #[must_use]
    pub fn iter(&self) -> Entries<'_> {
        Entries { rest: &self.0 }
    }

    /// The values of `name`, compared without case; `None` if the name is not there (a name with no values is there).
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Values<'_>> {
        self.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, values)| values)
    }

    /// The first value of `name` as text, if it is UTF-8.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.next().and_then(|v| std::str::from_utf8(v).ok())
    }
}

impl fmt::Debug for Packed {
    /// Names and sizes only: values may be private.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut map = f.debug_map();
        for (name, values) in self.iter() {
            map.entry(&name, &values.map(<[u8]>::len).collect::<Vec<_>>());
        }
        map.finish()
    }
}

impl Serialize for Packed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Packed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::from_bytes(Vec::<u8>::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// Iterator over the names of a [`Packed`].
#[derive(Debug, Clone)]
pub struct Entries<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Entries<'a> {
    type Item = (&'a str, Values<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let (&length, rest) = self.rest.split_first()?;
        let (name, mut rest) = rest.split_at_checked(usize::from(length))?;
        let count = take_number(&mut rest)?;
        let values = Values { rest, left: count };
        let mut skip = values.clone();
        skip.by_ref().for_each(drop);
        self.rest = skip.rest;
        Some((std::str::from_utf8(name).unwrap_or_default(), values))
    }
}

/// Iterator over the values of one name.
#[derive(Debug, Clone)]
pub struct Values<'a> {
    rest: &'a [u8],
    left: usize,
}

impl<'a> Iterator for Values<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        self.left = self.left.checked_sub(1)?;
        let length = take_number(&mut self.rest)?;
        let (value, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(value)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl ExactSizeIterator for Values<'_> {}

fn put_number(out: &mut Vec<u8>, mut number: usize) {
    loop {
        let low = u8::try_from(number & 0x7f).unwrap_or(0);
        number >>= 7;
        if number == 0 {
            out.push(low);
            return;
        }
        out.push(low | 0x80);
    }
}

fn take_number(rest: &mut &[u8]) -> Option<usize> {
    let mut number = 0_usize;
    for shift in (0..35).step_by(7) {
        let (&octet, tail) = rest.split_first()?;
        *rest = tail;
        number |= usize::from(octet & 0x7f) << shift;
        if octet & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

fn check_entry(bytes: &[u8], at: usize) -> Result<usize, PackedError> {
    let broken = PackedError { at };
    let name_end = at + 1 + usize::from(bytes[at]);
    let name = bytes.get(at + 1..name_end).ok_or(broken)?;
    std::str::from_utf8(name).map_err(|_| broken)?;
    let mut rest = &bytes[name_end..];
    let count = take_number(&mut rest).ok_or(broken)?;
    for _ in 0..count {
        let length = take_number(&mut rest).ok_or(broken)?;
        rest = rest.get(length..).ok_or(broken)?;
    }
    Ok(bytes.len() - rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_in_comes_out() {
        let packed = Packed::from_entries([
            ("cn", vec![b"Ann".to_vec()]),
            ("none", vec![]),
            ("big", vec![vec![7; 40_000], vec![]]),
        ]);
        let back = Packed::from_bytes(packed.as_bytes().to_vec()).unwrap();
        assert_eq!(back, packed);
        assert_eq!(back.text("CN"), Some("Ann"));
        assert_eq!(back.get("none").unwrap().len(), 0);
        assert!(back.get("absent").is_none());
        assert_eq!(back.get("big").unwrap().map(<[u8]>::len).collect::<Vec<_>>(), [40_000, 0]);
    }

    proptest::proptest! {
        #[test]
        fn arbitrary_bytes_are_refused_or_read(bytes: Vec<u8>) {
            if let Ok(packed) = Packed::from_bytes(bytes) {
                packed.iter().for_each(|(_, values)| values.for_each(drop));
            }
        }
    }
}
