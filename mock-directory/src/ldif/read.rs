//! Logical lines → records.

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;

use super::{
    error::LdifError,
    lines::{Line, Lines},
};
use crate::wire::message::{Attribute, Change, ChangeKind};

/// One record of an LDIF.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Number of the line on which it begins.
    pub line: usize,
    /// DN as text, unchecked.
    pub dn: String,
    /// What it says about the DN.
    pub kind: RecordKind,
}

/// What a record says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordKind {
    /// An entry's content, or `changetype: add`. Attributes in order of first appearance.
    Add(Vec<Attribute>),
    /// `changetype: delete`.
    Delete,
    /// `changetype: modify`.
    Modify(Vec<Change>),
    /// `changetype: modrdn` or `moddn`.
    ModifyDn {
        /// newrdn.
        new_rdn: String,
        /// deleteoldrdn.
        delete_old_rdn: bool,
        /// newsuperior.
        new_superior: Option<String>,
    },
}

/// Reads the records of a text one after the other; after an error nothing more comes.
///
/// ```
/// use mock_directory::ldif::read;
/// let records: Result<Vec<_>, _> = read("a.ldif", b"dn: DC=x\nobjectClass: domainDNS\n").collect();
/// assert_eq!(records.unwrap()[0].dn, "DC=x");
/// let error = read("a.ldif", b"dn: DC=x\nno colon\n").collect::<Result<Vec<_>, _>>().unwrap_err();
/// assert!(error.to_string().starts_with("a.ldif:2: "));
/// ```
pub fn read<'a>(file: &'a str, text: &'a [u8]) -> Records<'a> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    Records { file, lines: Lines::new(text), first: true, failed: false }
}

/// Iterator over the records of a text.
pub struct Records<'a> {
    file: &'a str,
    lines: Lines<'a>,
    first: bool,
    failed: bool,
}

/// `name: value` with the number of its line.
struct Pair {
    line: usize,
    name: String,
    value: Bytes,
}

impl Iterator for Records<'_> {
    type Item = Result<Record, LdifError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let record = self.record();
        self.failed = record.is_err();
        record.transpose()
    }
}

impl Records<'_> {
    fn record(&mut self) -> Result<Option<Record>, LdifError> {
        loop {
            let mut lines = self.block();
            if lines.is_empty() {
                return Ok(None);
            }
            if std::mem::take(&mut self.first) && lines[0].octets.starts_with(b"version:") {
                self.version(&lines.remove(0))?;
            }
            if !lines.is_empty() {
                return self.build(&lines).map(Some);
            }
        }
    }

    /// The lines up to the next separator.
    fn block(&mut self) -> Vec<Line<'static>> {
        let mut block = Vec::new();
        for line in self.lines.by_ref() {
            if !line.octets.is_empty() {
                block.push(Line { number: line.number, octets: line.octets.into_owned().into() });
            } else if !block.is_empty() {
                break;
            }
        }
        block
    }

    fn version(&self, line: &Line<'_>) -> Result<(), LdifError> {
        let pair = self.pair(line)?;
        if &pair.value[..] == b"1" {
            return Ok(());
        }
        Err(self
            .error(line.number, format!("version {} is not version 1", String::from_utf8_lossy(&pair.value))))
    }

    fn error(&self, line: usize, reason: impl Into<String>) -> LdifError {
        LdifError::new(self.file, line, reason)
    }

    fn pair(&self, line: &Line<'_>) -> Result<Pair, LdifError> {
        let Some(colon) = line.octets.iter().position(|octet| *octet == b':') else {
            let shown: String = String::from_utf8_lossy(&line.octets).chars().take(40).collect();
            return Err(self.error(line.number, format!("expected `attribute: value`, found `{shown}`")));
        };
        let name = self.name(line.number, &line.octets[..colon])?;
        let rest = &line.octets[colon + 1..];
        let value = match rest.first() {
            Some(b':') => self.base64(line.number, &name, &rest[1..])?,
            Some(b'<') => {
                return Err(
                    self.error(line.number, format!("{name} names a URL; values from outside are not read"))
                );
            }
            _ => Bytes::copy_from_slice(trim_start(rest)),
        };
        Ok(Pair { line: line.number, name, value })
    }

    fn name(&self, line: usize, octets: &[u8]) -> Result<String, LdifError> {
        let legal = |octet: &u8| {
            octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b';' | b'.' | b'=' | b'*' | b'_')
        };
        match std::str::from_utf8(octets) {
            Ok(name) if !name.is_empty() && octets.iter().all(legal) => Ok(name.to_owned()),
            _ => Err(self
                .error(line, format!("`{}` is no attribute description", String::from_utf8_lossy(octets)))),
        }
    }

    fn base64(&self, line: usize, name: &str, octets: &[u8]) -> Result<Bytes, LdifError> {
        let decoded = STANDARD.decode(octets.trim_ascii());
        decoded
            .map(Bytes::from)
            .map_err(|error| self.error(line, format!("the value of {name} is no Base64: {error}")))
    }

    fn text(&self, pair: &Pair) -> Result<String, LdifError> {
        let reason = || format!("the value of {} is no UTF-8", pair.name);
        String::from_utf8(pair.value.to_vec()).map_err(|_| self.error(pair.line, reason()))
    }

    fn build(&self, lines: &[Line<'_>]) -> Result<Record, LdifError> {
        let head = self.pair(&lines[0])?;
        if !head.name.eq_ignore_ascii_case("dn") {
            return Err(self.error(head.line, format!("a record begins with `dn:`, found `{}`", head.name)));
        }
        let dn = self.text(&head)?;
        let mut rest = &lines[1..];
        if let Some(line) = rest.first().filter(|line| line.octets.starts_with(b"control:")) {
            let reason = "a control on an LDIF change is not supported";
            return Err(self.error(line.number, reason));
        }
        let kind =
            match rest.first().filter(|line| line.octets.to_ascii_lowercase().starts_with(b"changetype:")) {
                None => RecordKind::Add(self.attributes(rest)?),
                Some(line) => {
                    rest = &rest[1..];
                    self.change(line.number, &self.text(&self.pair(line)?)?, rest)?
                }
            };
        Ok(Record { line: head.line, dn, kind })
    }

    fn change(&self, line: usize, kind: &str, rest: &[Line<'_>]) -> Result<RecordKind, LdifError> {
        match kind.to_ascii_lowercase().as_str() {
            "add" => Ok(RecordKind::Add(self.attributes(rest)?)),
            "delete" => match rest.first() {
                None => Ok(RecordKind::Delete),
                Some(extra) => Err(self.error(extra.number, "a delete has no further lines")),
            },
            "modify" => Ok(RecordKind::Modify(self.changes(rest)?)),
            "modrdn" | "moddn" => self.modify_dn(line, rest),
            other => Err(self.error(
                line,
                format!("`{other}` is no changetype; expected add, delete, modify, modrdn or moddn"),
            )),
        }
    }

    fn attributes(&self, lines: &[Line<'_>]) -> Result<Vec<Attribute>, LdifError> {
        let mut attributes = indexmap::IndexMap::<String, Attribute>::new();
        for line in lines {
            let pair = self.pair(line)?;
            let key = pair.name.to_ascii_lowercase();
            let attribute =
                attributes.entry(key).or_insert_with(|| Attribute { name: pair.name, values: Vec::new() });
            attribute.values.push(pair.value);
        }
        Ok(attributes.into_values().collect())
    }

    /// `add: x` / `delete: x` / `replace: x`, its values, `-`; the last `-` may be missing.
    fn changes(&self, lines: &[Line<'_>]) -> Result<Vec<Change>, LdifError> {
        let blocks = lines.split(|line| &line.octets[..] == b"-").filter(|block| !block.is_empty());
        blocks.map(|block| self.one_change(block)).collect()
    }

    fn one_change(&self, block: &[Line<'_>]) -> Result<Change, LdifError> {
        let head = self.pair(&block[0])?;
        let kind = match head.name.to_ascii_lowercase().as_str() {
            "add" => ChangeKind::Add,
            "delete" => ChangeKind::Delete,
            "replace" => ChangeKind::Replace,
            "increment" => ChangeKind::Increment,
            other => {
                return Err(
                    self.error(head.line, format!("expected add, delete or replace, found `{other}`"))
                );
            }
        };
        let mut attribute = Attribute { name: self.text(&head)?, values: Vec::new() };
        for line in &block[1..] {
            let pair = self.pair(line)?;
            if !pair.name.eq_ignore_ascii_case(&attribute.name) {
                let reason = format!("a value of {} stands in the change of {}", pair.name, attribute.name);
                return Err(self.error(pair.line, reason));
            }
            attribute.values.push(pair.value);
        }
        Ok(Change { kind, attribute })
    }

    fn modify_dn(&self, line: usize, rest: &[Line<'_>]) -> Result<RecordKind, LdifError> {
        let (mut new_rdn, mut delete_old_rdn, mut new_superior) = (None, None, None);
        for one in rest {
            let pair = self.pair(one)?;
            let text = self.text(&pair)?;
            match pair.name.to_ascii_lowercase().as_str() {
                "newrdn" => new_rdn = Some(text),
                "deleteoldrdn" if text == "0" || text == "1" => delete_old_rdn = Some(text == "1"),
                "newsuperior" => new_superior = Some(text),
                other => {
                    return Err(self.error(
                        pair.line,
                        format!(
                            "expected newrdn, deleteoldrdn (0 or 1) or newsuperior, found `{other}: {text}`"
                        ),
                    ));
                }
            }
        }
        let (Some(new_rdn), Some(delete_old_rdn)) = (new_rdn, delete_old_rdn) else {
            return Err(self.error(line, "a modrdn needs newrdn and deleteoldrdn"));
        };
        Ok(RecordKind::ModifyDn { new_rdn, delete_old_rdn, new_superior })
    }
}

fn trim_start(octets: &[u8]) -> &[u8] {
    let spaces = octets.iter().take_while(|octet| **octet == b' ').count();
    &octets[spaces..]
}
