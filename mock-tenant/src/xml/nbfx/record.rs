//! Records ([MC-NBFX] 2): a document is a row of them.

use std::borrow::Cow;

use super::content::{Content, item_length};
use super::cursor::{Cursor, push_multi_byte, push_string};
use super::dictionary;

/// A name, a namespace: written out, or by its number in the dictionary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Name<'a> {
    /// Written out.
    Inline(Cow<'a, str>),
    /// Its number.
    Key(u32),
}

impl<'a> Name<'a> {
    /// The string.
    ///
    /// # Errors
    /// The dictionary does not have the number.
    pub fn resolve(&self) -> Result<Cow<'a, str>, String> {
        match self {
            Self::Inline(text) => Ok(text.clone()),
            Self::Key(key) => dictionary::string(*key).map(Cow::Borrowed),
        }
    }

    /// By number if the dictionary has it.
    pub(super) fn of(text: &str) -> Self {
        dictionary::key(text).map_or_else(|| Self::Inline(Cow::Owned(text.to_owned())), Self::Key)
    }

    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Inline(text) => push_string(text, out),
            Self::Key(key) => push_multi_byte(*key, out),
        }
    }
}

/// One record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record<'a> {
    /// The innermost element ends.
    End,
    /// A comment.
    Comment(Cow<'a, str>),
    /// An element that is repeated with one value after the other.
    Array {
        /// The element and its attributes.
        element: Vec<Self>,
        /// Type of the values, even.
        kind: u8,
        /// The values, one after the other.
        items: Cow<'a, [u8]>,
    },
    /// An element begins.
    Element {
        /// Prefix.
        prefix: Prefix<'a>,
        /// Local name.
        name: Name<'a>,
    },
    /// An attribute.
    Attribute {
        /// Prefix.
        prefix: Prefix<'a>,
        /// Local name.
        name: Name<'a>,
        /// Value: one text record, or those of a list.
        value: Vec<Content<'a>>,
    },
    /// A declaration.
    Namespace {
        /// Prefix; `None` for the default namespace.
        prefix: Option<Cow<'a, str>>,
        /// Namespace.
        namespace: Name<'a>,
    },
    /// Content, and maybe the end of the element.
    Text {
        /// Content.
        content: Content<'a>,
        /// The element ends.
        ends: bool,
    },
}

/// The prefix of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Prefix<'a> {
    /// None.
    None,
    /// Written out.
    Inline(Cow<'a, str>),
    /// A letter, which is part of the record's type: 0 is `a`.
    Letter(u8),
}

impl<'a> Prefix<'a> {
    pub(super) fn of(text: &str) -> Self {
        match text.as_bytes() {
            [] => Self::None,
            [letter @ b'a'..=b'z'] => Self::Letter(letter - b'a'),
            _ => Self::Inline(Cow::Owned(text.to_owned())),
        }
    }

    pub(super) fn text(&self) -> Cow<'a, str> {
        match self {
            Self::None => Cow::Borrowed(""),
            Self::Inline(text) => text.clone(),
            Self::Letter(letter) => Cow::Owned(char::from(b'a' + letter % 26).to_string()),
        }
    }

    /// The type of a record with that prefix. The four types from `first` on are: short, with a prefix, and the same two
    /// with a name of the dictionary; the letters begin at `letters` for names of the dictionary, 26 later for others.
    fn kind(&self, name: &Name<'_>, first: u8, letters: u8) -> u8 {
        let by_key = matches!(name, Name::Key(_));
        match self {
            Self::None => first + 2 * u8::from(by_key),
            Self::Inline(_) => first + 1 + 2 * u8::from(by_key),
            Self::Letter(letter) => letters + letter % 26 + 26 * u8::from(!by_key),
        }
    }

    /// Reads prefix and name of such a record.
    fn read(kind: u8, first: u8, letters: u8, cursor: &mut Cursor<'a>) -> Result<(Self, Name<'a>), String> {
        let short = kind.wrapping_sub(first);
        let letter = kind.wrapping_sub(letters);
        let prefix = match short {
            0 | 2 => Self::None,
            1 | 3 => Self::Inline(cursor.string()?),
            _ => Self::Letter(letter % 26),
        };
        let by_key = if short < 4 { short >= 2 } else { letter < 26 };
        let name = if by_key { Name::Key(cursor.multi_byte()?) } else { Name::Inline(cursor.string()?) };
        Ok((prefix, name))
    }

    fn write(&self, name: &Name<'_>, first: u8, letters: u8, out: &mut Vec<u8>) {
        out.push(self.kind(name, first, letters));
        if let Self::Inline(prefix) = self {
            push_string(prefix, out);
        }
        name.write(out);
    }
}

const ATTRIBUTES: (u8, u8) = (0x04, 0x0c);
const ELEMENTS: (u8, u8) = (0x40, 0x44);

impl<'a> Record<'a> {
    pub(super) fn read(cursor: &mut Cursor<'a>) -> Result<Self, String> {
        match cursor.byte()? {
            0x01 => Ok(Self::End),
            0x02 => cursor.string().map(Self::Comment),
            0x03 => read_array(cursor),
            kind @ (0x04..=0x07 | 0x0c..=0x3f) => {
                let (prefix, name) = Prefix::read(kind, ATTRIBUTES.0, ATTRIBUTES.1, cursor)?;
                Ok(Self::Attribute { prefix, name, value: read_value(cursor)? })
            }
            kind @ 0x08..=0x0b => {
                let prefix = (kind % 2 == 1).then(|| cursor.string()).transpose()?;
                let by_key = kind >= 0x0a;
                let namespace =
                    if by_key { Name::Key(cursor.multi_byte()?) } else { Name::Inline(cursor.string()?) };
                Ok(Self::Namespace { prefix, namespace })
            }
            kind @ 0x40..=0x77 => {
                let (prefix, name) = Prefix::read(kind, ELEMENTS.0, ELEMENTS.1, cursor)?;
                Ok(Self::Element { prefix, name })
            }
            kind => Ok(Self::Text { content: Content::read(kind & !1, cursor)?, ends: kind % 2 == 1 }),
        }
    }

    /// Writes the record.
    pub fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::End => out.push(0x01),
            Self::Comment(text) => {
                out.push(0x02);
                push_string(text, out);
            }
            Self::Array { element, kind, items } => write_array(element, *kind, items, out),
            Self::Element { prefix, name } => prefix.write(name, ELEMENTS.0, ELEMENTS.1, out),
            Self::Attribute { prefix, name, value } => {
                prefix.write(name, ATTRIBUTES.0, ATTRIBUTES.1, out);
                value.iter().for_each(|content| content.write(false, out));
            }
            Self::Namespace { prefix, namespace } => {
                let by_key = matches!(namespace, Name::Key(_));
                out.push(0x08 + u8::from(prefix.is_some()) + 2 * u8::from(by_key));
                prefix.iter().for_each(|prefix| push_string(prefix, out));
                namespace.write(out);
            }
            Self::Text { content, ends } => content.write(*ends, out),
        }
    }
}

/// The value of an attribute: a text record that does not end an element, or a list of them.
fn read_value<'a>(cursor: &mut Cursor<'a>) -> Result<Vec<Content<'a>>, String> {
    let first = read_content(cursor)?;
    if first.kind() == Content::END_LIST {
        return Err("a list ends that has not begun".to_owned());
    }
    let mut value = vec![first];
    let is_list = value.iter().any(|content| content.kind() == Content::START_LIST);
    while is_list && value.last().is_some_and(|content| content.kind() != Content::END_LIST) {
        let item = read_content(cursor)?;
        if item.kind() == Content::START_LIST {
            return Err("a list inside of a list".to_owned());
        }
        value.push(item);
    }
    Ok(value)
}

fn read_content<'a>(cursor: &mut Cursor<'a>) -> Result<Content<'a>, String> {
    match cursor.byte()? {
        kind @ 0x80..=0xbd if kind % 2 == 0 => Content::read(kind, cursor),
        kind => Err(format!("record 0x{kind:02X} where the value of an attribute is expected")),
    }
}

fn read_array<'a>(cursor: &mut Cursor<'a>) -> Result<Record<'a>, String> {
    let mut element = Vec::new();
    loop {
        let is_first = element.is_empty();
        // an array inside of an array would let a small message nest without bound
        let record = if cursor.peek() == Some(0x03) { None } else { Some(Record::read(cursor)?) };
        match record {
            Some(record @ Record::Element { .. }) if is_first => element.push(record),
            Some(record @ (Record::Attribute { .. } | Record::Namespace { .. })) if !is_first => {
                element.push(record);
            }
            Some(Record::End) if !is_first => break,
            _ => return Err("an array is an element, its attributes and an end".to_owned()),
        }
    }
    let kind = cursor.byte()?;
    let length = item_length(kind & !1).filter(|_| kind % 2 == 1);
    let length = length.ok_or_else(|| format!("an array can't have values of the record 0x{kind:02X}"))?;
    let count = usize::try_from(cursor.multi_byte()?).map_err(|error| error.to_string())?;
    if count == 0 {
        return Err("an array of no values".to_owned());
    }
    let items = cursor.take(length.saturating_mul(count))?;
    Ok(Record::Array { element, kind: kind & !1, items: Cow::Borrowed(items) })
}

fn write_array(element: &[Record<'_>], kind: u8, items: &[u8], out: &mut Vec<u8>) {
    out.push(0x03);
    element.iter().for_each(|record| record.write(out));
    out.push(0x01);
    out.push(kind | 1);
    let count = items.len() / item_length(kind).unwrap_or(1).max(1);
    push_multi_byte(u32::try_from(count).unwrap_or(u32::MAX), out);
    out.extend_from_slice(items);
}
