//! Reading LDIF record by record.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;

use crate::wire::message::{AddRequest, Attribute, Change, ChangeKind, ModifyDnRequest, ModifyRequest};

/// A fault in an LDIF text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {reason}")]
pub struct LdifError {
    /// The file's name as the caller gave it.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// What is wrong.
    pub reason: String,
}

/// One record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Line of its `dn:`.
    pub line: usize,
    /// What it says.
    pub kind: RecordKind,
}

/// Content, or a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordKind {
    /// An entry.
    Content(Content),
    /// `changetype: add`
    Add(AddRequest),
    /// `changetype: modify`
    Modify(ModifyRequest),
    /// `changetype: modrdn` or `moddn`
    ModifyDn(ModifyDnRequest),
    /// `changetype: delete`
    Delete(String),
}

/// An entry as an LDIF holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// DN text.
    pub dn: String,
    /// Attributes in the order of their first value.
    pub attributes: Vec<Attribute>,
    /// Line of each attribute's first value.
    pub lines: Vec<usize>,
}

/// One unfolded `name: value` line.
struct Line {
    number: usize,
    name: String,
    value: Bytes,
}

/// Reads records one after the other.
pub struct Reader<'a> {
    file: &'a str,
    lines: std::iter::Peekable<std::iter::Enumerate<std::str::Lines<'a>>>,
    failed: bool,
}

impl<'a> Reader<'a> {
    /// `file` is only used in errors.
    #[must_use]
    pub fn new(file: &'a str, text: &'a str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        Self { file, lines: text.lines().enumerate().peekable(), failed: false }
    }

    fn error(&self, line: usize, reason: impl Into<String>) -> LdifError {
        LdifError { file: self.file.to_owned(), line, reason: reason.into() }
    }

    /// The next line without its folding; comments are skipped, an empty line is `None` inside.
    fn unfolded(&mut self) -> Option<(usize, String)> {
        loop {
            let (number, first) = self.lines.next()?;
            let mut text = first.to_owned();
            while let Some((_, more)) = self.lines.next_if(|(_, line)| line.starts_with(' ')) {
                text.extend(more.strip_prefix(' '));
            }
            if !text.starts_with('#') {
                return Some((number + 1, text));
            }
        }
    }

    /// The lines of one record; empty at the end of the text.
    fn record_lines(&mut self) -> Result<Vec<Line>, LdifError> {
        let mut out = Vec::new();
        while let Some((number, text)) = self.unfolded() {
            if text.trim_end().is_empty() {
                if out.is_empty() {
                    continue;
                }
                break;
            }
            if text == "-" {
                out.push(Line { number, name: "-".to_owned(), value: Bytes::new() });
                continue;
            }
            let line = self.line(number, &text)?;
            let version = out.is_empty() && line.name.eq_ignore_ascii_case("version");
            if !version {
                out.push(line);
            } else if line.value != "1" {
                return Err(self.error(number, "only LDIF version 1 is known"));
            }
        }
        Ok(out)
    }

    fn line(&self, number: usize, text: &str) -> Result<Line, LdifError> {
        if text.starts_with(' ') {
            return Err(self.error(number, "a continuation line without a line to continue"));
        }
        let (name, rest) = text
            .split_once(':')
            .ok_or_else(|| self.error(number, "expected `name: value`, found no colon"))?;
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.;=*".contains(&b)) {
            return Err(self.error(number, format!("{name:?} is no attribute name")));
        }
        let value = if let Some(encoded) = rest.strip_prefix(':') {
            let octets = STANDARD.decode(encoded.trim().as_bytes());
            Bytes::from(octets.map_err(|error| self.error(number, format!("bad base64 in {name}: {error}")))?)
        } else if rest.starts_with('<') {
            return Err(self.error(number, format!("{name}: values from a URL are not read")));
        } else {
            Bytes::copy_from_slice(
                rest.strip_prefix(' ').map_or(rest, |r| r.trim_start_matches(' ')).as_bytes(),
            )
        };
        Ok(Line { number, name: name.to_owned(), value })
    }

    fn record(&mut self) -> Result<Option<Record>, LdifError> {
        let lines = self.record_lines()?;
        let Some((first, rest)) = lines.split_first() else {
            return Ok(None);
        };
        if !first.name.eq_ignore_ascii_case("dn") {
            return Err(
                self.error(first.number, format!("a record starts with dn:, not with {}:", first.name))
            );
        }
        let dn = self.text(first)?;
        // controls of change records are not asked for by any tool that writes such files for AD
        let rest: Vec<&Line> = rest.iter().collect();
        if let Some(control) = rest.iter().find(|line| line.name.eq_ignore_ascii_case("control")) {
            return Err(self.error(control.number, "controls in change records are not read"));
        }
        let change = rest.first().filter(|line| line.name.eq_ignore_ascii_case("changetype"));
        let kind = match change {
            None => RecordKind::Content(self.content(dn, &rest)?),
            Some(line) => self.change(dn, line, &rest[1..])?,
        };
        Ok(Some(Record { line: first.number, kind }))
    }

    fn text(&self, line: &Line) -> Result<String, LdifError> {
        String::from_utf8(line.value.to_vec())
            .map_err(|_| self.error(line.number, format!("{} is not UTF-8", line.name)))
    }

    fn content(&self, dn: String, lines: &[&Line]) -> Result<Content, LdifError> {
        let mut content = Content { dn, attributes: Vec::new(), lines: Vec::new() };
        for line in lines {
            if line.name == "-" {
                return Err(self.error(line.number, "a `-` outside of a modify record"));
            }
            // the values of an attribute nearly always stand together
            let same = |a: &Attribute| a.name.eq_ignore_ascii_case(&line.name);
            let at = match content.attributes.last().is_some_and(same) {
                true => Some(content.attributes.len() - 1),
                false => content.attributes.iter().position(same),
            };
            match at {
                Some(at) => content.attributes[at].values.push(line.value.clone()),
                None => {
                    content
                        .attributes
                        .push(Attribute { name: line.name.clone(), values: vec![line.value.clone()] });
                    content.lines.push(line.number);
                }
            }
        }
        Ok(content)
    }

    fn change(&self, dn: String, kind: &Line, lines: &[&Line]) -> Result<RecordKind, LdifError> {
        match self.text(kind)?.trim().to_ascii_lowercase().as_str() {
            "add" => Ok(RecordKind::Add(AddRequest {
                attributes: self.content(dn.clone(), lines)?.attributes,
                dn,
            })),
            "delete" => match lines.first() {
                None => Ok(RecordKind::Delete(dn)),
                Some(line) => Err(self.error(line.number, "a delete record has no attributes")),
            },
            "modify" => Ok(RecordKind::Modify(ModifyRequest { dn, changes: self.modifications(lines)? })),
            "modrdn" | "moddn" => self.rename(dn, kind.number, lines).map(RecordKind::ModifyDn),
            other => Err(self.error(kind.number, format!("unknown changetype {other:?}"))),
        }
    }

    /// `add: mail`, values, `-`, again and again.
    fn modifications(&self, lines: &[&Line]) -> Result<Vec<Change>, LdifError> {
        let mut out = Vec::new();
        for part in lines.split(|line| line.name == "-").filter(|part| !part.is_empty()) {
            let head = part[0];
            let kind = match head.name.to_ascii_lowercase().as_str() {
                "add" => ChangeKind::Add,
                "delete" => ChangeKind::Delete,
                "replace" => ChangeKind::Replace,
                other => {
                    return Err(
                        self.error(head.number, format!("expected add, delete or replace, found {other:?}"))
                    );
                }
            };
            let name = self.text(head)?;
            if let Some(stray) = part[1..].iter().find(|line| !line.name.eq_ignore_ascii_case(&name)) {
                return Err(
                    self.error(stray.number, format!("expected a value of {name}, found {}", stray.name))
                );
            }
            let values = part[1..].iter().map(|line| line.value.clone()).collect();
            out.push(Change { kind, attribute: Attribute { name, values } });
        }
        Ok(out)
    }

    fn rename(&self, dn: String, at: usize, lines: &[&Line]) -> Result<ModifyDnRequest, LdifError> {
        let mut request =
            ModifyDnRequest { dn, new_rdn: String::new(), delete_old_rdn: true, new_superior: None };
        for line in lines {
            let value = self.text(line)?;
            match line.name.to_ascii_lowercase().as_str() {
                "newrdn" => request.new_rdn = value,
                "deleteoldrdn" => request.delete_old_rdn = value.trim() == "1",
                "newsuperior" => request.new_superior = Some(value),
                other => return Err(self.error(line.number, format!("{other} has no place in a rename"))),
            }
        }
        if request.new_rdn.is_empty() {
            return Err(self.error(at, "a rename needs newrdn:"));
        }
        Ok(request)
    }
}

impl Iterator for Reader<'_> {
    type Item = Result<Record, LdifError>;

    /// After an error there is nothing more.
    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let record = self.record().transpose();
        self.failed = matches!(record, Some(Err(_)));
        record
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Result<Vec<RecordKind>, LdifError> {
        Reader::new("x.ldif", text).map(|record| record.map(|record| record.kind)).collect()
    }

    fn refusal(text: &str) -> String {
        read(text).unwrap_err().to_string()
    }

    #[test]
    fn content_folding_base64_and_comments() {
        let text = "version: 1\n# a\n  folded comment\n\ndn:: Q049YQ==\nobjectClass: top\ncn: long\n  er\ncn:: /w==\n\n\n";
        let RecordKind::Content(content) = read(text).unwrap().remove(0) else { panic!("content") };
        assert_eq!(content.dn, "CN=a");
        assert_eq!(content.attributes[1].values, [Bytes::from("long er"), Bytes::from_static(&[0xff])]);
        assert_eq!(content.lines, [6, 7]);
    }

    #[test]
    fn change_records() {
        let text = "dn: CN=a\nchangetype: modify\nadd: mail\nmail: x\n-\ndelete: sn\n-\n\ndn: CN=a\nchangetype: modrdn\nnewrdn: CN=b\ndeleteoldrdn: 1\nnewsuperior: OU=c\n\ndn: CN=z\nchangetype: delete\n\ndn: CN=n\nchangetype: add\ncn: n\n";
        let records = read(text).unwrap();
        let RecordKind::Modify(modify) = &records[0] else { panic!("modify") };
        assert_eq!(
            modify.changes.iter().map(|c| c.kind).collect::<Vec<_>>(),
            [ChangeKind::Add, ChangeKind::Delete]
        );
        let RecordKind::ModifyDn(rename) = &records[1] else { panic!("modrdn") };
        assert_eq!((rename.new_rdn.as_str(), rename.new_superior.as_deref()), ("CN=b", Some("OU=c")));
        assert_eq!(records[2], RecordKind::Delete("CN=z".into()));
        assert!(matches!(&records[3], RecordKind::Add(add) if add.attributes[0].name == "cn"));
    }

    #[test]
    fn faults_name_file_and_line() {
        assert_eq!(refusal("dn: CN=a\ncn a\n"), "x.ldif:2: expected `name: value`, found no colon");
        assert_eq!(
            refusal("dn: CN=a\njpegPhoto:< file:///x\n"),
            "x.ldif:2: jpegPhoto: values from a URL are not read"
        );
        assert!(refusal("\n\ncn: a\n").starts_with("x.ldif:3: a record starts with dn:"));
        assert!(refusal("dn: CN=a\ncn:: *\n").starts_with("x.ldif:2: bad base64 in cn"));
        assert!(refusal("dn: CN=a\nchangetype: merge\n").contains("unknown changetype \"merge\""));
        assert!(refusal("version: 2\n\ndn: CN=a\n").contains("version 1"));
    }

    proptest! {
        #[test]
        fn any_text_reads_or_fails_without_a_panic(text in "[ -~\n:#]{0,200}") {
            let _ = read(&text);
        }
    }
}
