//! Writing LDIF: deterministic, lines of at most 76 octets.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::directory::EntryView;

/// Longest line, as most tools write it.
const WIDTH: usize = 76;

/// Collects records into a text.
#[derive(Debug)]
pub struct Writer {
    out: String,
}

impl Default for Writer {
    fn default() -> Self {
        Self { out: "version: 1\n".to_owned() }
    }
}

impl Writer {
    /// Adds an entry.
    pub fn entry(&mut self, entry: &EntryView) {
        self.out.push('\n');
        self.line("dn", entry.dn.as_bytes());
        for (name, values) in &entry.attributes {
            for value in values {
                self.line(name, value);
            }
        }
    }

    /// The text so far.
    #[must_use]
    pub fn finish(self) -> String {
        self.out
    }

    fn line(&mut self, name: &str, value: &[u8]) {
        let text = match std::str::from_utf8(value) {
            Ok(text) if is_safe(value) => format!("{name}: {text}"),
            _ => format!("{name}:: {}", STANDARD.encode(value)),
        };
        let (first, mut rest) = text.split_at(text.floor_char_boundary(WIDTH));
        self.out.push_str(first);
        while !rest.is_empty() {
            let (next, more) = rest.split_at(rest.floor_char_boundary(WIDTH - 1));
            self.out.push_str("\n ");
            self.out.push_str(next);
            rest = more;
        }
        self.out.push('\n');
    }
}

/// SAFE-STRING of RFC 2849, and no space at the end.
fn is_safe(value: &[u8]) -> bool {
    let first = value.first().is_none_or(|b| !b" :<".contains(b));
    first && value.last() != Some(&b' ') && value.iter().all(|b| b.is_ascii() && !b"\0\n\r".contains(b))
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use proptest::prelude::*;

    use super::super::{Reader, RecordKind};
    use super::*;

    proptest! {
        #[test]
        fn what_is_written_is_read(values in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..200), 1..5)) {
            let values: Vec<Bytes> = values.into_iter().map(Bytes::from).collect();
            let entry = EntryView { dn: "CN=a,DC=t".into(), attributes: vec![("x".into(), values.clone())] };
            let mut writer = Writer::default();
            writer.entry(&entry);
            let text = writer.finish();
            prop_assert!(text.lines().all(|line| line.len() <= WIDTH));
            let record = Reader::new("x", &text).next().unwrap().unwrap();
            let RecordKind::Content(content) = record.kind else { panic!("content") };
            prop_assert_eq!(&content.attributes[0].values, &values);
        }
    }
}
