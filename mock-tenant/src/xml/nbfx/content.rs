//! Text records ([MC-NBFX] 2.2.3): what is inside of elements and attributes.

use std::borrow::Cow;

use uuid::Uuid;

use super::cursor::Cursor;
use super::{dictionary, lexical};
use crate::xml::event::Value;

/// How the octets after the type are laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layout {
    /// So many octets.
    Fixed(usize),
    /// A length of so many octets, then as many octets as it says.
    Sized(usize),
    /// A number of the dictionary.
    Key,
    /// A prefix letter and a number of the dictionary.
    QName,
}

/// Type, name and layout of the text records. A type with its lowest bit set also ends the element.
const RECORDS: [(u8, &str, Layout); 31] = [
    (0x80, "ZeroText", Layout::Fixed(0)),
    (0x82, "OneText", Layout::Fixed(0)),
    (0x84, "FalseText", Layout::Fixed(0)),
    (0x86, "TrueText", Layout::Fixed(0)),
    (0x88, "Int8Text", Layout::Fixed(1)),
    (0x8a, "Int16Text", Layout::Fixed(2)),
    (0x8c, "Int32Text", Layout::Fixed(4)),
    (0x8e, "Int64Text", Layout::Fixed(8)),
    (0x90, "FloatText", Layout::Fixed(4)),
    (0x92, "DoubleText", Layout::Fixed(8)),
    (0x94, "DecimalText", Layout::Fixed(16)),
    (0x96, "DateTimeText", Layout::Fixed(8)),
    (0x98, "Chars8Text", Layout::Sized(1)),
    (0x9a, "Chars16Text", Layout::Sized(2)),
    (0x9c, "Chars32Text", Layout::Sized(4)),
    (0x9e, "Bytes8Text", Layout::Sized(1)),
    (0xa0, "Bytes16Text", Layout::Sized(2)),
    (0xa2, "Bytes32Text", Layout::Sized(4)),
    (0xa4, "StartListText", Layout::Fixed(0)),
    (0xa6, "EndListText", Layout::Fixed(0)),
    (0xa8, "EmptyText", Layout::Fixed(0)),
    (0xaa, "DictionaryText", Layout::Key),
    (0xac, "UniqueIdText", Layout::Fixed(16)),
    (0xae, "TimeSpanText", Layout::Fixed(8)),
    (0xb0, "UuidText", Layout::Fixed(16)),
    (0xb2, "UInt64Text", Layout::Fixed(8)),
    (0xb4, "BoolText", Layout::Fixed(1)),
    (0xb6, "UnicodeChars8Text", Layout::Sized(1)),
    (0xb8, "UnicodeChars16Text", Layout::Sized(2)),
    (0xba, "UnicodeChars32Text", Layout::Sized(4)),
    (0xbc, "QNameDictionaryText", Layout::QName),
];

/// Types that an array may repeat ([MC-NBFX] 2.3.3), without the bit that ends the element.
const REPEATED: [u8; 10] = [0xb4, 0x8a, 0x8c, 0x8e, 0x90, 0x92, 0x94, 0x96, 0xae, 0xb0];

/// A text record: its type (even) and the octets that carry the value, without the length before them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content<'a> {
    kind: u8,
    payload: Cow<'a, [u8]>,
}

impl<'a> Content<'a> {
    pub(super) const START_LIST: u8 = 0xa4;
    pub(super) const END_LIST: u8 = 0xa6;

    /// A record of that type and payload; `None` if there is no such type, or the payload is none of its length.
    #[must_use]
    pub fn new(kind: u8, payload: impl Into<Cow<'a, [u8]>>) -> Option<Self> {
        let payload = payload.into();
        let fits = match layout(kind).ok()? {
            Layout::Fixed(length) => payload.len() == length,
            Layout::Sized(4) => {
                u32::try_from(payload.len()).is_ok_and(|length| length <= i32::MAX.unsigned_abs())
            }
            Layout::Sized(width) => payload.len() < 1 << (8 * width),
            Layout::Key => is_key(&payload),
            Layout::QName => {
                let mut cursor = Cursor::new(&payload);
                read_qname(&mut cursor).is_ok() && cursor.is_at_end()
            }
        };
        fits.then_some(Self { kind, payload })
    }

    /// The type, even.
    #[must_use]
    pub const fn kind(&self) -> u8 {
        self.kind
    }

    /// Reads what follows the type.
    pub(super) fn read(kind: u8, cursor: &mut Cursor<'a>) -> Result<Self, String> {
        let payload = match layout(kind)? {
            Layout::Fixed(length) => cursor.take(length)?,
            Layout::Sized(width) => {
                let length = cursor.length(width)?;
                cursor.take(length)?
            }
            Layout::Key => {
                let start = cursor.at;
                cursor.multi_byte()?;
                cursor.since(start)
            }
            Layout::QName => read_qname(cursor)?,
        };
        Ok(Self { kind, payload: Cow::Borrowed(payload) })
    }

    pub(super) fn write(&self, ends: bool, out: &mut Vec<u8>) {
        out.push(self.kind | u8::from(ends));
        if let Ok(Layout::Sized(width)) = layout(self.kind) {
            out.extend(self.payload.len().to_le_bytes().iter().take(width));
        }
        out.extend_from_slice(&self.payload);
    }

    /// What it means.
    pub(super) fn value(&self) -> Result<Value<'a>, String> {
        Ok(match self.kind {
            0x9e | 0xa0 | 0xa2 => Value::Octets(self.payload.clone()),
            0x98 | 0x9a | 0x9c => Value::Chars(utf8(self.payload.clone())?),
            _ => Value::Chars(self.characters()?),
        })
    }

    fn characters(&self) -> Result<Cow<'a, str>, String> {
        let payload: &[u8] = &self.payload;
        Ok(Cow::Owned(match self.kind {
            0x80 => return Ok(Cow::Borrowed("0")),
            0x82 => return Ok(Cow::Borrowed("1")),
            0x84 => return Ok(Cow::Borrowed("false")),
            0x86 => return Ok(Cow::Borrowed("true")),
            0xa8 => return Ok(Cow::Borrowed("")),
            0xaa => return dictionary::string(Cursor::new(payload).multi_byte()?).map(Cow::Borrowed),
            0x88 | 0x8a | 0x8c | 0x8e | 0xae => self.signed(),
            0x90 => lexical::float(f32::from_le_bytes(array(payload)?)),
            0x92 => lexical::double(f64::from_le_bytes(array(payload)?)),
            0x94 => lexical::decimal(array(payload)?)?,
            0x96 => lexical::date_time(u64::from_le_bytes(array(payload)?))?,
            0xac => Uuid::from_bytes_le(array(payload)?).urn().to_string(),
            0xb0 => Uuid::from_bytes_le(array(payload)?).to_string(),
            0xb2 => u64::from_le_bytes(array(payload)?).to_string(),
            0xb4 => boolean(payload)?,
            0xb6 | 0xb8 | 0xba => utf16(payload)?,
            0xbc => qname(payload)?,
            kind => return Err(format!("record 0x{kind:02X} has no value of its own")),
        }))
    }

    fn signed(&self) -> String {
        let negative = self.payload.last().is_some_and(|octet| *octet >= 0x80);
        let mut octets = if negative { [0xff; 8] } else { [0; 8] };
        octets.iter_mut().zip(self.payload.iter()).for_each(|(to, from)| *to = *from);
        let value = i64::from_le_bytes(octets);
        if self.kind == 0xae { lexical::duration(value) } else { value.to_string() }
    }
}

fn layout(kind: u8) -> Result<Layout, String> {
    let row = RECORDS.iter().find(|(known, _, _)| *known == kind);
    row.map(|(_, _, layout)| *layout).ok_or_else(|| format!("there is no text record 0x{kind:02X}"))
}

/// How many octets an item of an array has, if the type (even) may be repeated.
pub(super) fn item_length(kind: u8) -> Option<usize> {
    match layout(kind) {
        Ok(Layout::Fixed(length)) if REPEATED.contains(&kind) => Some(length),
        _ => None,
    }
}

fn is_key(octets: &[u8]) -> bool {
    let mut cursor = Cursor::new(octets);
    cursor.multi_byte().is_ok() && cursor.is_at_end()
}

/// [MC-NBFX] 2.2.3.30 has a MultiByteInt31 after the prefix. An encoder that is met in the field writes three octets, the
/// highest first: its first octet is then 0, which would name "mustUnderstand" and is no type that a client means.
fn read_qname<'a>(cursor: &mut Cursor<'a>) -> Result<&'a [u8], String> {
    let start = cursor.at;
    if cursor.byte()? > 25 {
        return Err("the prefix of a QName is no letter".to_owned());
    }
    if cursor.peek() == Some(0) {
        cursor.take(3)?;
    } else {
        cursor.multi_byte()?;
    }
    Ok(cursor.since(start))
}

fn qname(payload: &[u8]) -> Result<String, String> {
    let (letter, rest) = payload.split_first().ok_or("a QName of no octets")?;
    let key = match rest {
        [0, high, low] => u32::from(*high) << 8 | u32::from(*low),
        _ => Cursor::new(rest).multi_byte()?,
    };
    Ok(format!("{}:{}", char::from(b'a' + letter % 26), dictionary::string(key)?))
}

fn array<const N: usize>(payload: &[u8]) -> Result<[u8; N], String> {
    payload.try_into().map_err(|_| format!("{N} octets are expected"))
}

fn boolean(payload: &[u8]) -> Result<String, String> {
    match payload {
        [0] => Ok("false".to_owned()),
        [1] => Ok("true".to_owned()),
        _ => Err("a BoolText is 0 or 1".to_owned()),
    }
}

fn utf8(octets: Cow<'_, [u8]>) -> Result<Cow<'_, str>, String> {
    let failed = |error: &dyn std::fmt::Display| format!("characters that are not UTF-8: {error}");
    match octets {
        Cow::Borrowed(octets) => {
            std::str::from_utf8(octets).map(Cow::Borrowed).map_err(|error| failed(&error))
        }
        Cow::Owned(octets) => String::from_utf8(octets).map(Cow::Owned).map_err(|error| failed(&error)),
    }
}

fn utf16(octets: &[u8]) -> Result<String, String> {
    let (units, rest) = octets.as_chunks::<2>();
    if !rest.is_empty() {
        return Err("UTF-16 of an odd number of octets".to_owned());
    }
    let units = units.iter().map(|unit| u16::from_le_bytes(*unit));
    char::decode_utf16(units)
        .collect::<Result<_, _>>()
        .map_err(|_| "characters that are not UTF-16".to_owned())
}

// What the writer makes.

/// Characters, as .NET's writer (`XmlBinaryNodeWriter.UnsafeWriteText`) encodes them: "0" and "1" have records of their
/// own; UTF-16 is taken if UTF-8 needs more than two octets a character.
pub(super) fn of_chars(text: &str) -> Content<'static> {
    let units = text.encode_utf16().count();
    match text {
        "" => plain(0xa8),
        "0" => plain(0x80),
        "1" => plain(0x82),
        _ if text.len() / 2 > units => sized(0xb6, text.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        _ => sized(0x98, text.as_bytes().to_vec()),
    }
}

/// Octets, as they are.
pub(super) fn of_octets(octets: &[u8]) -> Content<'_> {
    if octets.is_empty() {
        return plain(0xa8);
    }
    Content { kind: narrowest(0x9e, octets.len()), payload: Cow::Borrowed(octets) }
}

/// A boolean.
pub(super) fn of_bool(flag: bool) -> Content<'static> {
    plain(if flag { 0x86 } else { 0x84 })
}

/// A whole number in the fewest octets.
pub(super) fn of_integer(number: i64) -> Content<'static> {
    let (kind, length) = match number {
        0 => (0x80, 0),
        1 => (0x82, 0),
        _ if i8::try_from(number).is_ok() => (0x88, 1),
        _ if i16::try_from(number).is_ok() => (0x8a, 2),
        _ if i32::try_from(number).is_ok() => (0x8c, 4),
        _ => (0x8e, 8),
    };
    Content { kind, payload: Cow::Owned(number.to_le_bytes().into_iter().take(length).collect()) }
}

/// A UUID; `urn` if it is written as a URN.
pub(super) fn of_uuid(id: Uuid, urn: bool) -> Content<'static> {
    Content { kind: if urn { 0xac } else { 0xb0 }, payload: Cow::Owned(id.to_bytes_le().to_vec()) }
}

fn plain(kind: u8) -> Content<'static> {
    Content { kind, payload: Cow::Borrowed(&[]) }
}

fn sized(kind: u8, payload: Vec<u8>) -> Content<'static> {
    Content { kind: narrowest(kind, payload.len()), payload: Cow::Owned(payload) }
}

/// Of the three types with lengths of 1, 2 and 4 octets, the first that will do.
const fn narrowest(kind: u8, length: usize) -> u8 {
    match length {
        0..=0xff => kind,
        0x100..=0xffff => kind + 2,
        _ => kind + 4,
    }
}
