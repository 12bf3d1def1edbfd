//! Octets, read in order.

use std::borrow::Cow;

/// What is left of a message. Problems are told without place: the reader knows it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor<'a> {
    octets: &'a [u8],
    /// Octets before what is left.
    pub(super) at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) const fn new(octets: &'a [u8]) -> Self {
        Self { octets, at: 0 }
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.at >= self.octets.len()
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.octets.get(self.at).copied()
    }

    pub(super) fn byte(&mut self) -> Result<u8, String> {
        let byte = self.peek().ok_or("the message ends inside of a record")?;
        self.at += 1;
        Ok(byte)
    }

    pub(super) fn take(&mut self, length: usize) -> Result<&'a [u8], String> {
        let end = self.at.checked_add(length);
        let taken = end.and_then(|end| self.octets.get(self.at..end));
        let taken = taken.ok_or_else(|| format!("{length} octets are told, the message has fewer"))?;
        self.at += length;
        Ok(taken)
    }

    /// What was read since `start`.
    pub(super) fn since(&self, start: usize) -> &'a [u8] {
        self.octets.get(start..self.at).unwrap_or_default()
    }

    /// A MultiByteInt31: seven bits an octet, the lowest first; at most five octets and 31 bits.
    pub(super) fn multi_byte(&mut self) -> Result<u32, String> {
        let mut value: u32 = 0;
        for shift in [0, 7, 14, 21, 28] {
            let byte = self.byte()?;
            let bits = u32::from(byte & 0x7f);
            if shift == 28 && byte > 7 {
                return Err("a number of more than 31 bits".to_owned());
            }
            value |= bits << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err("a number of more than 31 bits".to_owned())
    }

    /// A little-endian length of that many octets.
    pub(super) fn length(&mut self, width: usize) -> Result<usize, String> {
        let octets = self.take(width)?;
        let value = octets.iter().rev().fold(0u32, |value, octet| (value << 8) | u32::from(*octet));
        if value > i32::MAX.unsigned_abs() {
            return Err("a negative length".to_owned());
        }
        usize::try_from(value).map_err(|error| error.to_string())
    }

    /// A String: its length as MultiByteInt31, then UTF-8.
    pub(super) fn string(&mut self) -> Result<Cow<'a, str>, String> {
        let length = usize::try_from(self.multi_byte()?).map_err(|error| error.to_string())?;
        let octets = self.take(length)?;
        std::str::from_utf8(octets)
            .map(Cow::Borrowed)
            .map_err(|error| format!("a string is not UTF-8: {error}"))
    }
}

/// Writes a MultiByteInt31.
pub(super) fn push_multi_byte(mut value: u32, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(0x80 | low_octet(value & 0x7f));
        value >>= 7;
    }
    out.push(low_octet(value));
}

/// Writes a String.
pub(super) fn push_string(text: &str, out: &mut Vec<u8>) {
    push_multi_byte(u32::try_from(text.len()).unwrap_or(u32::MAX), out);
    out.extend_from_slice(text.as_bytes());
}

fn low_octet(value: u32) -> u8 {
    let [low, ..] = value.to_le_bytes();
    low
}
