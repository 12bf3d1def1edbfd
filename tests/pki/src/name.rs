//! Distinguished names: text as directories write it to DER, in the string form that is asked for.

use serde::Deserialize;

use crate::der::{self, tag};
use crate::oid;

/// How the text of a subject is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextForm {
    /// UTF8String, as RFC 5280 asks.
    #[default]
    Utf8,
    /// PrintableString, whatever the characters.
    Printable,
    /// BMPString: UTF-16, big end first.
    Bmp,
    /// TeletexString, in practice Latin-1.
    Teletex,
}

/// Encodes `CN=Alice,O=Corp,C=DE`; the text has the most specific part first, the encoding has it last (RFC 4514 2.1).
pub(crate) fn encode(text: &str, form: TextForm) -> Result<Vec<u8>, String> {
    let parts = split(text);
    let rdns: Result<Vec<_>, String> =
        parts.iter().rev().filter(|part| !part.is_empty()).map(|part| rdn(part, form)).collect();
    Ok(der::sequence(&rdns?))
}

/// Splits at commas that are not escaped; the parts keep their escapes.
fn split(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut escaped = false;
    for c in text.chars() {
        match (c, escaped) {
            (',', false) => parts.push(String::new()),
            _ => parts.last_mut().into_iter().for_each(|part| part.push(c)),
        }
        escaped = c == '\\' && !escaped;
    }
    parts
}

fn rdn(part: &str, form: TextForm) -> Result<Vec<u8>, String> {
    let (kind, value) = part.split_once('=').ok_or_else(|| format!("subject: {part:?} is no TYPE=value"))?;
    let kind = kind.trim();
    let oid = oid::lookup(oid::NAME_TYPES, kind).ok_or_else(|| {
        format!("subject: {kind:?} is no attribute type; known: {}", oid::names(oid::NAME_TYPES))
    })?;
    let value = text(kind, &unescaped(value), form)?;
    Ok(der::tlv(tag::SET, &der::sequence(&[oid, value])))
}

fn unescaped(value: &str) -> String {
    let mut escaped = false;
    let keep = |c: &char| {
        escaped = *c == '\\' && !escaped;
        !escaped
    };
    value.chars().filter(keep).collect()
}

/// Country codes and domain components have a form of their own; the rest is as asked.
fn text(kind: &str, value: &str, form: TextForm) -> Result<Vec<u8>, String> {
    match (kind.to_ascii_uppercase().as_str(), form) {
        ("C" | "SERIALNUMBER", _) | (_, TextForm::Printable) => {
            Ok(der::tlv(tag::PRINTABLE, value.as_bytes()))
        }
        ("E" | "DC", _) => Ok(der::tlv(tag::IA5, value.as_bytes())),
        (_, TextForm::Utf8) => Ok(der::tlv(tag::UTF8, value.as_bytes())),
        (_, TextForm::Bmp) => {
            let units: Vec<u8> = value.encode_utf16().flat_map(u16::to_be_bytes).collect();
            Ok(der::tlv(tag::BMP, &units))
        }
        (_, TextForm::Teletex) => {
            let latin: Option<Vec<u8>> = value.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect();
            let latin =
                latin.ok_or_else(|| format!("subject: {value:?} has no TeletexString (Latin-1) form"))?;
            Ok(der::tlv(tag::TELETEX, &latin))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_and_order() {
        assert_eq!(split(r"CN=a\,b,O=c"), [r"CN=a\,b", "O=c"]);
        assert_eq!(unescaped(r"a\,b\\c"), r"a,b\c");
        let der = encode("CN=x,C=DE", TextForm::Utf8).unwrap();
        let (country, name) = (der.windows(2).position(|w| w == b"DE"), der.iter().position(|b| *b == b'x'));
        assert!(country < name);
    }

    #[test]
    fn what_cannot_be_encoded_is_named() {
        assert_eq!(encode("nobody", TextForm::Utf8).unwrap_err(), r#"subject: "nobody" is no TYPE=value"#);
        assert!(encode("XX=1", TextForm::Utf8).unwrap_err().contains("known: CN, SN"));
        assert!(encode("CN=漢", TextForm::Teletex).unwrap_err().contains("Latin-1"));
        assert!(encode("", TextForm::Utf8).is_ok());
    }
}
