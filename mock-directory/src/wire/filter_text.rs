//! Filters as text (RFC 4515): what people write in tests, cases and logs. Value octets are written `\xx`.

use std::fmt;
use std::str::FromStr;

use bytes::Bytes;
use winnow::ModalResult;
use winnow::Parser;
use winnow::combinator::{alt, cut_err, delimited, dispatch, fail, opt, peek, preceded, repeat, separated};
use winnow::error::{StrContext, StrContextValue};
use winnow::token::{any, take_while};

use super::filter::MAX_DEPTH;
use super::message::{ExtensibleFilter, Filter, SubstringFilter};

/// A filter text that can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("filter, octet {offset}: {expected}, at {rest:?}")]
pub struct FilterTextError {
    /// Octets before the fault.
    pub offset: usize,
    /// What should be there.
    pub expected: String,
    /// What is there, at most 20 characters of it.
    pub rest: String,
}

impl FromStr for Filter {
    type Err = FilterTextError;

    /// Reads RFC 4515 text; the outer parentheses may be left out around a single item, as in OpenLDAP's tools.
    fn from_str(text: &str) -> Result<Self, FilterTextError> {
        let mut whole =
            |input: &mut &str| if input.starts_with('(') { nested(input, MAX_DEPTH) } else { item(input) };
        whole.parse(text).map_err(|error| FilterTextError {
            offset: error.offset(),
            expected: match error.inner().to_string() {
                context if context.is_empty() => "the filter should end here".to_owned(),
                context => context.replace('\n', ", "),
            },
            rest: text.get(error.offset()..).unwrap_or_default().chars().take(20).collect(),
        })
    }
}

fn expected(what: &'static str) -> StrContext {
    StrContext::Expected(StrContextValue::Description(what))
}

fn nested(input: &mut &str, depth: usize) -> ModalResult<Filter> {
    let Some(below) = depth.checked_sub(1) else {
        return cut_err(fail.context(expected("fewer levels"))).parse_next(input);
    };
    let closed = cut_err(')').context(expected("')'"));
    delimited('(', |input: &mut &str| component(input, below), closed).parse_next(input)
}

fn component(input: &mut &str, depth: usize) -> ModalResult<Filter> {
    let list = |input: &mut &str| -> ModalResult<Vec<Filter>> {
        repeat(0.., preceded(peek('('), |input: &mut &str| nested(input, depth))).parse_next(input)
    };
    let one = |input: &mut &str| nested(input, depth);
    match peek(opt(any)).parse_next(input)? {
        Some('&') => preceded('&', list).map(Filter::And).parse_next(input),
        Some('|') => preceded('|', list).map(Filter::Or).parse_next(input),
        Some('!') => {
            let one = cut_err(one).context(expected("one filter in parentheses after '!'"));
            preceded('!', one).map(|part| Filter::Not(Box::new(part))).parse_next(input)
        }
        _ => item(input),
    }
}

fn item(input: &mut &str) -> ModalResult<Filter> {
    let attr = description(input)?;
    let operator = cut_err(alt((">=", "<=", "~=", ":=", "=", ":")))
        .context(expected("'=', '>=', '<=', '~=' or ':='"))
        .parse_next(input)?;
    Ok(match operator {
        ">=" => Filter::GreaterOrEqual(attr, octets(input)?),
        "<=" => Filter::LessOrEqual(attr, octets(input)?),
        "~=" => Filter::Approx(attr, octets(input)?),
        "=" => equality(input, attr)?,
        ":=" => Filter::Extensible(ExtensibleFilter {
            rule: None,
            attr: given(attr),
            value: octets(input)?,
            dn_attrs: false,
        }),
        _ => Filter::Extensible(extensible(input, attr)?),
    })
}

fn given(name: String) -> Option<String> {
    Some(name).filter(|name| !name.is_empty())
}

/// An attribute description or a matching rule: letters, digits, and what OIDs and options need.
fn description(input: &mut &str) -> ModalResult<String> {
    take_while(0.., |c: char| c.is_alphanumeric() || matches!(c, '-' | ';' | '.' | '_'))
        .map(str::to_owned)
        .parse_next(input)
}

/// What follows `attr:`: `dn:=`, `dn:rule:=` or `rule:=`.
fn extensible(input: &mut &str, attr: String) -> ModalResult<ExtensibleFilter> {
    let dn_attrs = opt(alt(("dn:", "DN:"))).parse_next(input)?.is_some();
    let rule = description(input)?;
    let end = if dn_attrs && rule.is_empty() { "=" } else { ":=" };
    cut_err(end).context(expected("':=' after the matching rule")).parse_next(input)?;
    Ok(ExtensibleFilter { rule: given(rule), attr: given(attr), value: octets(input)?, dn_attrs })
}

/// Equality, presence or substring, by the asterisks in the value.
fn equality(input: &mut &str, attr: String) -> ModalResult<Filter> {
    let mut parts: Vec<Bytes> = separated(1.., octets, '*').parse_next(input)?;
    let last = parts.pop().filter(|part| !part.is_empty());
    let mut parts = parts.into_iter();
    let Some(initial) = parts.next() else { return Ok(Filter::Equal(attr, last.unwrap_or_default())) };
    let initial = Some(initial).filter(|part| !part.is_empty());
    let middle = parts.len();
    let any: Vec<Bytes> = parts.filter(|part| !part.is_empty()).collect();
    if initial.is_none() && last.is_none() && middle == 0 {
        return Ok(Filter::Present(attr));
    }
    Ok(Filter::Substring(SubstringFilter { attr, initial, any, last }))
}

/// A value up to `*` or `)`.
fn octets(input: &mut &str) -> ModalResult<Bytes> {
    let plain = |c: char| !matches!(c, '(' | ')' | '*' | '\\' | '\0');
    let piece = dispatch! { peek(any);
        '\\' => preceded('\\', cut_err(hex_pair).context(expected("two hexadecimal digits after '\\'"))).map(|octet| vec![octet]),
        c if plain(c) => take_while(1.., plain).map(|text: &str| text.as_bytes().to_vec()),
        _ => fail,
    };
    repeat(0.., piece)
        .fold(Vec::new, |mut value: Vec<u8>, piece: Vec<u8>| {
            value.extend(piece);
            value
        })
        .map(Bytes::from)
        .parse_next(input)
}

fn hex_pair(input: &mut &str) -> ModalResult<u8> {
    take_while(2..=2, |c: char| c.is_ascii_hexdigit())
        .try_map(|digits| u8::from_str_radix(digits, 16))
        .parse_next(input)
}

impl fmt::Display for Filter {
    /// Writes RFC 4515 text that [`Filter::from_str`] reads back.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::And(parts) => list(f, '&', parts),
            Self::Or(parts) => list(f, '|', parts),
            Self::Not(part) => write!(f, "(!{part})"),
            Self::Equal(attr, value) => write!(f, "({attr}={})", Value(value)),
            Self::Substring(filter) => substring(f, filter),
            Self::GreaterOrEqual(attr, value) => write!(f, "({attr}>={})", Value(value)),
            Self::LessOrEqual(attr, value) => write!(f, "({attr}<={})", Value(value)),
            Self::Present(attr) => write!(f, "({attr}=*)"),
            Self::Approx(attr, value) => write!(f, "({attr}~={})", Value(value)),
            Self::Extensible(filter) => extensible_text(f, filter),
        }
    }
}

fn list(f: &mut fmt::Formatter<'_>, operator: char, parts: &[Filter]) -> fmt::Result {
    write!(f, "({operator}")?;
    parts.iter().try_for_each(|part| write!(f, "{part}"))?;
    f.write_str(")")
}

/// Empty parts match everywhere and are left out; without any part left it is still no presence filter.
fn substring(f: &mut fmt::Formatter<'_>, filter: &SubstringFilter) -> fmt::Result {
    let text = |part: &Bytes| Value(part).to_string();
    let (initial, last) = (filter.initial.as_ref().map(text), filter.last.as_ref().map(text));
    let (initial, last) = (initial.unwrap_or_default(), last.unwrap_or_default());
    let any: String =
        filter.any.iter().filter(|part| !part.is_empty()).map(|part| text(part) + "*").collect();
    let pad = if initial.is_empty() && any.is_empty() && last.is_empty() { "*" } else { "" };
    write!(f, "({}={initial}*{any}{pad}{last})", filter.attr)
}

fn extensible_text(f: &mut fmt::Formatter<'_>, filter: &ExtensibleFilter) -> fmt::Result {
    let dn = if filter.dn_attrs { ":dn" } else { "" };
    write!(f, "({}{dn}", filter.attr.as_deref().unwrap_or_default())?;
    if let Some(rule) = &filter.rule {
        write!(f, ":{rule}")?;
    }
    write!(f, ":={})", Value(&filter.value))
}

/// An assertion value as text.
struct Value<'a>(&'a [u8]);

impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for chunk in self.0.utf8_chunks() {
            for c in chunk.valid().chars() {
                match c {
                    '(' | ')' | '*' | '\\' | '\0'..='\x1f' | '\x7f' => write!(f, "\\{:02x}", u32::from(c))?,
                    _ => write!(f, "{c}")?,
                }
            }
            chunk.invalid().iter().try_for_each(|octet| write!(f, "\\{octet:02x}"))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Filter {
        text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn every_form_is_read_and_written_back() {
        for text in [
            "(&(objectClass=user)(|(mail=*)(!(cn=a*b*c))))",
            "(&)",
            "(|)",
            r"(objectGUID=\ff\fe\00\80)",
            r"(cn=\28x\29\2a\5c)",
            "(userCertificate;binary=*)",
            "(2.5.4.3=Jürgen)",
            "(uSNChanged>=42)",
            "(whenCreated<=20260101000000.0Z)",
            "(cn~=x)",
            "(member:1.2.840.113556.1.4.1941:=CN=a,DC=b)",
            "(:1.2.3:=x)",
            "(ou:dn:=x)",
            "(ou:dn:2.5.13.2:=x)",
            "(cn:=x)",
            "(cn=*a*)",
            "(cn=**)",
            "(cn=)",
            "(=x)",
        ] {
            assert_eq!(read(text).to_string(), text);
        }
    }

    #[test]
    fn octets_and_parts() {
        assert_eq!(read(r"(a=\C3\bc)"), Filter::Equal("a".into(), Bytes::from_static("ü".as_bytes())));
        assert_eq!(read("a=*"), Filter::Present("a".into()));
        let any = vec![Bytes::from_static(b"m")];
        let filter =
            SubstringFilter { attr: "a".into(), initial: None, any, last: Some(Bytes::from_static(b"f")) };
        assert_eq!(read("(a=*m*f)"), Filter::Substring(filter));
    }

    #[test]
    fn faults_say_where() {
        for (text, offset, word) in [
            (r"(cn=\zz)", 5, "hexadecimal"),
            ("(cn=a", 5, "')'"),
            ("(cn)", 3, "':='"),
            ("(!cn=a)", 2, "parentheses"),
            ("(cn=a)(cn=b)", 6, "end"),
            ("(&(cn=a)x)", 8, "')'"),
            ("(cn:dn:1.2=x)", 10, "matching rule"),
        ] {
            let error = text.parse::<Filter>().unwrap_err();
            assert_eq!(error.offset, offset, "{text}: {error}");
            assert!(error.expected.contains(word), "{text}: {error}");
        }
        let deep = format!("{}(a=b){}", "(!".repeat(200), ")".repeat(200));
        assert!(deep.parse::<Filter>().unwrap_err().expected.contains("levels"));
    }
}
