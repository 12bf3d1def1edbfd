//! Physical lines → logical lines: folding undone, comments gone, blank lines kept as separators.

use std::borrow::Cow;

/// One logical line with the number of its first physical line. Empty: a separator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line<'a> {
    pub(super) number: usize,
    pub(super) octets: Cow<'a, [u8]>,
}

/// The logical lines of a text. `\n` and `\r\n` end a line.
pub(super) struct Lines<'a> {
    rest: &'a [u8],
    number: usize,
}

impl<'a> Lines<'a> {
    pub(super) fn new(text: &'a [u8]) -> Self {
        Self { rest: text, number: 0 }
    }

    fn physical(&mut self) -> Option<&'a [u8]> {
        if self.rest.is_empty() {
            return None;
        }
        let end = self.rest.iter().position(|octet| *octet == b'\n');
        let (line, rest) = match end {
            Some(end) => (&self.rest[..end], &self.rest[end + 1..]),
            None => (self.rest, &self.rest[self.rest.len()..]),
        };
        self.rest = rest;
        self.number += 1;
        Some(line.strip_suffix(b"\r").unwrap_or(line))
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = Line<'a>;

    fn next(&mut self) -> Option<Line<'a>> {
        loop {
            let first = self.physical()?;
            let number = self.number;
            let mut octets = Cow::Borrowed(first);
            while self.rest.first() == Some(&b' ') && !first.is_empty() {
                if let Some(more) = self.physical() {
                    octets.to_mut().extend_from_slice(&more[1..]);
                }
            }
            if octets.first() != Some(&b'#') {
                return Some(Line { number, octets });
            }
        }
    }
}
