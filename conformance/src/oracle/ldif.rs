//! Reads the directory's LDIF export (RFC 2849, content records), independently of the directory's own reader.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use indexmap::IndexMap;

/// One record: DN and values by lower-cased attribute name.
pub(super) type Record = (String, IndexMap<String, Vec<Vec<u8>>>);

/// A line that is no LDIF.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("LDIF export, line {line}: {problem}")]
pub struct LdifError {
    /// Line, from 1.
    pub line: usize,
    /// What is wrong.
    pub problem: &'static str,
}

/// Reads content records.
///
/// # Errors
/// A line that is no LDIF; attributes before the first `dn:`.
pub fn parse(text: &str) -> Result<Vec<Record>, LdifError> {
    let mut records: Vec<Record> = Vec::new();
    let mut open = false;
    for (line, content) in unfolded(text) {
        if content.is_empty() {
            open = false;
            continue;
        }
        if content.starts_with('#') || (!open && content.starts_with("version:")) {
            continue;
        }
        let (name, value) = attribute(&content).map_err(|problem| LdifError { line, problem })?;
        if name == "dn" && !open {
            let dn =
                String::from_utf8(value).map_err(|_| LdifError { line, problem: "the DN is not UTF-8" })?;
            records.push((dn, IndexMap::new()));
            open = true;
        } else if let (true, Some((_, attributes))) = (open, records.last_mut()) {
            attributes.entry(name).or_default().push(value);
        } else {
            return Err(LdifError { line, problem: "an attribute outside of a record" });
        }
    }
    Ok(records)
}

/// Logical lines with the number of their first physical line.
fn unfolded(text: &str) -> Vec<(usize, String)> {
    let mut lines: Vec<(usize, String)> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        match (line.strip_prefix(' '), lines.last_mut()) {
            (Some(rest), Some((_, last))) if !last.is_empty() => last.push_str(rest),
            _ => lines.push((index + 1, line.to_owned())),
        }
    }
    lines
}

fn attribute(line: &str) -> Result<(String, Vec<u8>), &'static str> {
    let (name, rest) = line.split_once(':').ok_or("no colon")?;
    let value = match rest.strip_prefix(':') {
        Some(encoded) => STANDARD.decode(encoded.trim()).map_err(|_| "not base64")?,
        None => rest.strip_prefix(' ').unwrap_or(rest).as_bytes().to_vec(),
    };
    let plain = name.split(';').next().unwrap_or(name);
    Ok((plain.to_ascii_lowercase(), value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folded_encoded_and_repeated_values_are_read() {
        let text = "version: 1\n\n# a comment\ndn: CN=A,DC=x\ncn: A\nuserCertificate;binary:: MA\n AA\nmember: one\nmember: two\n\ndn:: Q049Qg==\ncn: B\n";
        let records = parse(text).unwrap();
        assert_eq!(records.len(), 2);
        assert_eq!(records[0].1["usercertificate"], vec![vec![0x30, 0, 0]]);
        assert_eq!(records[0].1["member"], vec![b"one".to_vec(), b"two".to_vec()]);
        assert_eq!(records[1].0, "CN=B");
    }

    #[test]
    fn a_bad_line_is_named() {
        assert_eq!(parse("dn: CN=A\nnonsense\n"), Err(LdifError { line: 2, problem: "no colon" }));
        assert_eq!(parse("cn: A\n"), Err(LdifError { line: 1, problem: "an attribute outside of a record" }));
        assert_eq!(parse("dn: CN=A\ncn:: ?\n"), Err(LdifError { line: 2, problem: "not base64" }));
    }
}
