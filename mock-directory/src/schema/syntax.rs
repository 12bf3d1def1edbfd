//! Attribute syntaxes: which values are well formed, when two are equal, which comes first.

use std::borrow::Cow;

use uuid::Uuid;

use super::text::fold;
use crate::dn::Dn;

/// attributeSyntax and oMSyntax taken together (MS-ADTS 3.1.1.2.2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Syntax {
    /// 2.5.5.1 Object(DS-DN).
    Dn,
    /// 2.5.5.2 String(Object-Identifier).
    Oid,
    /// 2.5.5.3 String(Case).
    CaseExact,
    /// 2.5.5.4 String(Teletex).
    Teletex,
    /// 2.5.5.5 String(IA5), String(Printable).
    Ia5,
    /// 2.5.5.6 String(Numeric).
    Numeric,
    /// 2.5.5.7 Object(DN-Binary), Object(OR-Name).
    DnBinary,
    /// 2.5.5.8 Boolean.
    Boolean,
    /// 2.5.5.9 Integer and Enumeration.
    Integer,
    /// 2.5.5.10 String(Octet), Object(Replica-Link).
    Octets,
    /// 2.5.5.11 String(Generalized-Time), String(UTC-Time).
    Time,
    /// 2.5.5.12 String(Unicode).
    Unicode,
    /// 2.5.5.13 Object(Presentation-Address).
    Presentation,
    /// 2.5.5.14 Object(DN-String), Object(Access-Point).
    DnString,
    /// 2.5.5.15 String(NT-Sec-Desc).
    SecurityDescriptor,
    /// 2.5.5.16 LargeInteger.
    LargeInteger,
    /// 2.5.5.17 String(Sid).
    Sid,
}

impl Syntax {
    /// The syntax of an attributeSyntax OID.
    #[must_use]
    pub fn from_oid(oid: &str) -> Option<Self> {
        Some(match oid.strip_prefix("2.5.5.")?.parse().ok()? {
            1 => Self::Dn,
            2 => Self::Oid,
            3 => Self::CaseExact,
            4 => Self::Teletex,
            5 => Self::Ia5,
            6 => Self::Numeric,
            7 => Self::DnBinary,
            8 => Self::Boolean,
            9 => Self::Integer,
            10 => Self::Octets,
            11 => Self::Time,
            12 => Self::Unicode,
            13 => Self::Presentation,
            14 => Self::DnString,
            15 => Self::SecurityDescriptor,
            16 => Self::LargeInteger,
            17 => Self::Sid,
            _ => return None,
        })
    }

    /// The LDAP syntax OID that the subschema entry shows (MS-ADTS 3.1.1.3.1.1.1).
    #[must_use]
    pub const fn ldap_oid(self) -> &'static str {
        match self {
            Self::Dn => "1.3.6.1.4.1.1466.115.121.1.12",
            Self::Oid => "1.3.6.1.4.1.1466.115.121.1.38",
            Self::CaseExact => "1.2.840.113556.1.4.1362",
            Self::Teletex => "1.2.840.113556.1.4.905",
            Self::Ia5 => "1.3.6.1.4.1.1466.115.121.1.26",
            Self::Numeric => "1.3.6.1.4.1.1466.115.121.1.36",
            Self::DnBinary => "1.2.840.113556.1.4.903",
            Self::Boolean => "1.3.6.1.4.1.1466.115.121.1.7",
            Self::Integer => "1.3.6.1.4.1.1466.115.121.1.27",
            Self::Octets | Self::Sid => "1.3.6.1.4.1.1466.115.121.1.40",
            Self::Time => "1.3.6.1.4.1.1466.115.121.1.24",
            Self::Unicode => "1.3.6.1.4.1.1466.115.121.1.15",
            Self::Presentation => "1.3.6.1.4.1.1466.115.121.1.43",
            Self::DnString => "1.2.840.113556.1.4.904",
            Self::SecurityDescriptor => "1.2.840.113556.1.4.907",
            Self::LargeInteger => "1.2.840.113556.1.4.906",
        }
    }

    /// True for the syntaxes whose values are text a person could read.
    #[must_use]
    pub const fn is_text(self) -> bool {
        !matches!(self, Self::Octets | Self::SecurityDescriptor | Self::Sid)
    }

    /// True for the syntaxes that substring filters work on (MS-ADTS 3.1.1.3.1.3.1).
    #[must_use]
    pub const fn has_substrings(self) -> bool {
        matches!(
            self,
            Self::CaseExact
                | Self::Teletex
                | Self::Ia5
                | Self::Numeric
                | Self::Unicode
                | Self::Presentation
                | Self::Octets
                | Self::Sid
        )
    }

    /// The form in which two values are equal exactly if their octets are, and ordered as their octets are.
    /// `None`: the octets are no value of this syntax, so an assertion with them is Undefined.
    #[must_use]
    pub fn normalise(self, value: &[u8]) -> Option<Cow<'_, [u8]>> {
        match self {
            Self::Octets | Self::SecurityDescriptor => Some(Cow::Borrowed(value)),
            Self::CaseExact | Self::Ia5 => Some(squeeze_exact(std::str::from_utf8(value).ok()?)),
            Self::Unicode | Self::Teletex | Self::Presentation | Self::Numeric => folded(value),
            Self::Oid => folded(value),
            Self::Integer => number(value).filter(|n| i32::try_from(*n).is_ok()).map(ordered),
            Self::LargeInteger => number(value).map(ordered),
            Self::Boolean => boolean(value),
            Self::Time => {
                parse_generalized_time(std::str::from_utf8(value).ok()?).map(|t| ordered(t.as_second()))
            }
            Self::Dn => {
                Some(Cow::Owned(Dn::parse(std::str::from_utf8(value).ok()?).ok()?.key().into_bytes()))
            }
            Self::DnBinary | Self::DnString => dn_with_data(value),
            Self::Sid => sid_octets(value),
        }
    }

    /// True if a client may store these octets (range and single value are checked elsewhere).
    #[must_use]
    pub fn is_valid(self, value: &[u8]) -> bool {
        match self {
            Self::SecurityDescriptor | Self::Octets => true,
            Self::Ia5 => value.is_ascii(),
            Self::Boolean => matches!(value, b"TRUE" | b"FALSE"),
            Self::Sid => is_sid(value),
            _ => self.normalise(value).is_some(),
        }
    }

    /// The measure that rangeLower and rangeUpper limit: the number, or the length (characters of text, octets else).
    #[must_use]
    pub fn measure(self, value: &[u8]) -> Option<i64> {
        match self {
            Self::Integer | Self::LargeInteger => number(value),
            Self::Boolean | Self::Time | Self::Dn | Self::DnBinary | Self::DnString | Self::Oid => None,
            Self::Octets | Self::SecurityDescriptor | Self::Sid => i64::try_from(value.len()).ok(),
            _ => i64::try_from(std::str::from_utf8(value).ok()?.encode_utf16().count()).ok(),
        }
    }
}

fn folded(value: &[u8]) -> Option<Cow<'_, [u8]>> {
    Some(match fold(std::str::from_utf8(value).ok()?) {
        Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
        Cow::Owned(text) => Cow::Owned(text.into_bytes()),
    })
}

fn squeeze_exact(text: &str) -> Cow<'_, [u8]> {
    Cow::Borrowed(text.trim_matches(' ').as_bytes())
}

/// RFC 4517 §3.3.16: no leading zeros, no plus sign.
fn number(value: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(value).ok()?;
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = digits.bytes().all(|b| b.is_ascii_digit()) && (digits == "0" || !digits.starts_with('0'));
    if plain { text.parse().ok() } else { None }
}

/// Big-endian with the sign bit turned: octets order as numbers do.
fn ordered(number: i64) -> Cow<'static, [u8]> {
    Cow::Owned((number ^ i64::MIN).to_be_bytes().to_vec())
}

fn boolean(value: &[u8]) -> Option<Cow<'_, [u8]>> {
    let value = value.trim_ascii();
    if value.eq_ignore_ascii_case(b"TRUE") {
        Some(Cow::Borrowed(b"TRUE"))
    } else if value.eq_ignore_ascii_case(b"FALSE") {
        Some(Cow::Borrowed(b"FALSE"))
    } else {
        None
    }
}

/// `B:32:HEX:DN` and `S:5:text:DN` (MS-ADTS 3.1.1.2.2.2.1 and .2).
fn dn_with_data(value: &[u8]) -> Option<Cow<'_, [u8]>> {
    let text = std::str::from_utf8(value).ok()?;
    let mut parts = text.splitn(3, ':');
    let (kind, length, rest) = (parts.next()?, parts.next()?, parts.next()?);
    let length: usize = length.parse().ok()?;
    let (data, dn) = (rest.get(..length)?, rest.get(length..)?.strip_prefix(':')?);
    let data = match kind {
        "B" => data.bytes().all(|b| b.is_ascii_hexdigit()).then(|| data.to_ascii_uppercase())?,
        "S" => data.to_owned(),
        _ => return None,
    };
    Some(Cow::Owned(format!("{kind}:{data}:{}", Dn::parse(dn).ok()?.key()).into_bytes()))
}

/// The octets of a SID given as octets or as `S-1-…`.
fn sid_octets(value: &[u8]) -> Option<Cow<'_, [u8]>> {
    if is_sid(value) {
        return Some(Cow::Borrowed(value));
    }
    parse_sid_text(std::str::from_utf8(value).ok()?).map(Cow::Owned)
}

/// Revision 1, the count of sub-authorities and the length agree (MS-DTYP 2.4.2.2).
fn is_sid(value: &[u8]) -> bool {
    matches!(value, [1, count @ 0..=15, ..] if value.len() == 8 + 4 * usize::from(*count))
}

/// `S-1-5-21-…` as octets.
#[must_use]
pub fn parse_sid_text(text: &str) -> Option<Vec<u8>> {
    let mut parts = text.strip_prefix("S-1-").or_else(|| text.strip_prefix("s-1-"))?.split('-');
    let authority: u64 = parts.next()?.parse().ok()?;
    let sub: Vec<u32> = parts.map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let count = u8::try_from(sub.len()).ok().filter(|count| *count <= 15)?;
    let authority = authority.to_be_bytes();
    if authority[..2] != [0, 0] {
        return None;
    }
    let mut out = vec![1, count];
    out.extend_from_slice(&authority[2..]);
    out.extend(sub.iter().flat_map(|part| part.to_le_bytes()));
    Some(out)
}

/// A SID's octets as `S-1-…`; octets that are no SID come out as hexadecimal.
#[must_use]
pub fn sid_text(octets: &[u8]) -> String {
    if !is_sid(octets) {
        return hex::encode(octets);
    }
    let authority = octets[2..8].iter().fold(0u64, |sum, b| sum << 8 | u64::from(*b));
    let sub = octets[8..].as_chunks::<4>().0.iter().map(|part| u32::from_le_bytes(*part));
    sub.fold(format!("S-1-{authority}"), |text, part| format!("{text}-{part}"))
}

/// A GUID in text form, with or without braces, as the octets that AD stores (little-endian fields).
#[must_use]
pub fn parse_guid_text(text: &str) -> Option<[u8; 16]> {
    let bare = text.strip_prefix('{').map_or(Some(text), |inner| inner.strip_suffix('}'))?;
    if bare.len() != 36 {
        return None;
    }
    Uuid::try_parse(bare).ok().map(|guid| guid.to_bytes_le())
}

/// GeneralizedTime (`20260901120000.0Z`, `20260901120000Z`, with an offset) or UTCTime.
#[must_use]
pub fn parse_generalized_time(text: &str) -> Option<jiff::Timestamp> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, mut zone) = text.split_at(end);
    let digits = match digits.len() {
        14 => digits.to_owned(),
        12 => format!("{}{digits}", if digits < "50" { "20" } else { "19" }),
        _ => return None,
    };
    if let Some(fraction) = zone.strip_prefix(['.', ',']) {
        let end = fraction.find(|c: char| !c.is_ascii_digit()).filter(|end| *end > 0)?;
        (_, zone) = fraction.split_at_checked(end)?;
    }
    let part = |range: std::ops::Range<usize>| digits.get(range)?.parse::<i8>().ok();
    let year: i16 = digits.get(..4)?.parse().ok()?;
    let civil = jiff::civil::DateTime::new(
        year,
        part(4..6)?,
        part(6..8)?,
        part(8..10)?,
        part(10..12)?,
        part(12..14)?.min(59),
        0,
    )
    .ok()?;
    let utc = civil.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp();
    utc.checked_sub(jiff::SignedDuration::from_secs(zone_offset(zone)?)).ok()
}

/// Seconds east of Greenwich of `Z`, `+hhmm`, `-hhmm`.
fn zone_offset(zone: &str) -> Option<i64> {
    if zone == "Z" {
        return Some(0);
    }
    let (sign, rest) = match zone.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    if rest.len() != 4 || !rest.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes) = rest.split_at_checked(2)?;
    let (hours, minutes): (i64, i64) = (hours.parse().ok()?, minutes.parse().ok()?);
    Some(sign * (hours * 3600 + minutes * 60))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn norm(syntax: Syntax, value: &str) -> Option<Vec<u8>> {
        syntax.normalise(value.as_bytes()).map(Cow::into_owned)
    }

    #[test]
    fn integers_order_as_numbers_and_refuse_leading_zeros() {
        let order = ["-9223372036854775808", "-2", "0", "9", "10", "4060", "9223372036854775807"];
        let keys: Vec<_> = order.iter().map(|n| norm(Syntax::LargeInteger, n).unwrap()).collect();
        assert!(keys.is_sorted());
        for bad in ["00512", "", "-", "abc", "1.0", "+1", "99999999999999999999"] {
            assert_eq!(norm(Syntax::LargeInteger, bad), None, "{bad}");
        }
        assert_eq!(norm(Syntax::Integer, "2147483648"), None);
    }

    #[test]
    fn times_compare_across_their_spellings() {
        let same = ["20260901120000.0Z", "20260901120000Z", "260901120000Z", "20260901140000.0+0200"];
        for text in same {
            assert_eq!(norm(Syntax::Time, text), norm(Syntax::Time, same[0]), "{text}");
        }
        for bad in ["notatime", "20261301000000Z", "2026", "20260901120000", "20260901120000.Z"] {
            assert_eq!(norm(Syntax::Time, bad), None, "{bad}");
        }
    }

    #[test]
    fn sids_and_guids_have_text_forms() {
        let text = "S-1-5-21-1004336348-1177238915-682003330-500";
        let octets = parse_sid_text(text).unwrap();
        assert_eq!(sid_text(&octets), text);
        assert_eq!(octets.len(), 28);
        assert_eq!(norm(Syntax::Sid, text), Some(octets));
        assert_eq!(norm(Syntax::Sid, "S-1-x"), None);
        let guid = parse_guid_text("{f89ef1c9-7ed7-4696-a290-8b7b15c106de}").unwrap();
        assert_eq!(hex::encode(guid), "c9f19ef8d77e9646a2908b7b15c106de");
        assert_eq!(parse_guid_text("{f89ef1c9-7ed7-4696-a290-8b7b15c106de"), None);
    }

    #[test]
    fn booleans_are_written_in_capitals_and_asserted_in_any_case() {
        assert_eq!(norm(Syntax::Boolean, "true"), norm(Syntax::Boolean, "TRUE"));
        assert_eq!(norm(Syntax::Boolean, "1"), None);
        assert!(!Syntax::Boolean.is_valid(b"true"));
    }

    #[test]
    fn dn_with_binary_compares_both_parts() {
        let a = "B:4:00aB:CN=Users,DC=corp";
        assert_eq!(norm(Syntax::DnBinary, a), norm(Syntax::DnBinary, "B:4:00AB:cn=users, dc=CORP"));
        assert_eq!(norm(Syntax::DnBinary, "B:6:00AB:CN=Users"), None);
    }
}
