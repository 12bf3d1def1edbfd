//! The reader: no document type, no entities of its own.

use std::borrow::Cow;
use std::collections::VecDeque;

use quick_xml::XmlVersion;
use quick_xml::events::{BytesRef, BytesStart, Event as Token};
use quick_xml::name::QName;
use quick_xml::reader::Reader;

use crate::xml::build::{ATTRIBUTES_MAX, common, read_tree};
use crate::xml::error::{Place, XmlError};
use crate::xml::event::{Event, EventReader, Value};
use crate::xml::tree::Element;

/// Reads a document as a tree.
///
/// # Errors
/// Not UTF-8, not well-formed, or beyond a limit.
pub fn parse(octets: &[u8]) -> Result<Element, XmlError> {
    read_tree(&mut TextReader::new(octets)?)
}

/// Yields the events of a text.
pub struct TextReader<'a> {
    text: &'a str,
    reader: Reader<&'a [u8]>,
    /// What a start tag holds beyond the name.
    queue: VecDeque<Event<'a>>,
    /// Where the last event began.
    at: Position,
}

impl<'a> TextReader<'a> {
    /// A reader of that text.
    ///
    /// # Errors
    /// It is not UTF-8.
    pub fn new(octets: &'a [u8]) -> Result<Self, XmlError> {
        let text = std::str::from_utf8(octets).map_err(|error| {
            let (good, _) = octets.split_at(error.valid_up_to());
            let problem = "not UTF-8; no other encoding is taken".to_owned();
            XmlError { place: place(std::str::from_utf8(good).unwrap_or_default(), good.len()), problem }
        })?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut reader = Reader::from_str(text);
        reader.config_mut().expand_empty_elements = true;
        Ok(Self { text, reader, queue: VecDeque::new(), at: Position::START })
    }

    fn failed(&self, problem: String) -> XmlError {
        XmlError { place: self.place(), problem }
    }

    fn token(&mut self) -> Result<Token<'a>, XmlError> {
        self.at.advance(self.text, usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX));
        self.reader.read_event().map_err(|error| {
            let at = usize::try_from(self.reader.error_position()).unwrap_or(usize::MAX);
            XmlError { place: place(self.text, at), problem: error.to_string() }
        })
    }

    fn start(&mut self, start: &BytesStart<'_>) -> Result<Event<'a>, String> {
        for (count, attribute) in start.attributes().enumerate() {
            if count >= ATTRIBUTES_MAX {
                return Err(format!("more than {ATTRIBUTES_MAX} attributes"));
            }
            let attribute = attribute.map_err(|error| error.to_string())?;
            let value =
                attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|error| error.to_string())?;
            let value = Cow::Owned(value.into_owned());
            self.queue.push_back(attribute_event(split(attribute.key), value));
        }
        let (prefix, name) = split(start.name());
        Ok(Event::Start { prefix, name })
    }
}

impl<'a> EventReader<'a> for TextReader<'a> {
    fn next(&mut self) -> Result<Option<Event<'a>>, XmlError> {
        if let Some(event) = self.queue.pop_front() {
            return Ok(Some(event));
        }
        loop {
            return Ok(Some(match self.token()? {
                Token::Start(start) => self.start(&start).map_err(|problem| self.failed(problem))?,
                Token::End(_) => Event::End,
                Token::Text(text) => chars(text.xml10_content().into_owned()),
                Token::CData(text) => chars(text.xml10_content().into_owned()),
                Token::GeneralRef(reference) => {
                    chars(resolve(&reference).map_err(|problem| self.failed(problem))?)
                }
                Token::DocType(_) => {
                    return Err(self.failed("a document type definition is not allowed".to_owned()));
                }
                Token::Empty(_) | Token::Comment(_) | Token::Decl(_) | Token::PI(_) => continue,
                Token::Eof => return Ok(None),
            }));
        }
    }

    fn place(&self) -> Place {
        Place::Text { line: self.at.line, column: self.at.column }
    }
}

fn chars<'a>(text: String) -> Event<'a> {
    Event::Text(Value::Chars(Cow::Owned(text)))
}

fn attribute_event<'a>((prefix, name): (Cow<'a, str>, Cow<'a, str>), value: Cow<'a, str>) -> Event<'a> {
    if prefix == "xmlns" {
        Event::Namespace { prefix: name, namespace: value }
    } else if prefix.is_empty() && name == "xmlns" {
        Event::Namespace { prefix: Cow::Borrowed(""), namespace: value }
    } else {
        Event::Attribute { prefix, name, value }
    }
}

fn split<'a>(name: QName<'_>) -> (Cow<'a, str>, Cow<'a, str>) {
    let (local, prefix) = name.decompose();
    let prefix = prefix.map_or("", |prefix| prefix.into_inner());
    (common(Cow::Borrowed(prefix)), common(Cow::Borrowed(local.into_inner())))
}

fn place(text: &str, offset: usize) -> Place {
    let mut at = Position::START;
    at.advance(text, offset);
    Place::Text { line: at.line, column: at.column }
}

/// Line and column, counted on from event to event: counting from the beginning for each of them would make the time that
/// a message takes grow with the square of its length.
#[derive(Debug, Clone, Copy)]
struct Position {
    octets: usize,
    line: usize,
    column: usize,
}

impl Position {
    const START: Self = Self { octets: 0, line: 1, column: 1 };

    fn advance(&mut self, text: &str, to: usize) {
        let to = text.floor_char_boundary(to).max(self.octets);
        let passed = text.get(self.octets..to).unwrap_or_default();
        if let Some((before, after)) = passed.rsplit_once('\n') {
            self.line += before.matches('\n').count() + 1;
            self.column = 1 + after.chars().count();
        } else {
            self.column += passed.chars().count();
        }
        self.octets = to;
    }
}

fn resolve(reference: &BytesRef<'_>) -> Result<String, String> {
    if let Some(c) = reference.resolve_char_ref().map_err(|error| error.to_string())? {
        let legal =
            matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
        let problem = || format!("character U+{:04X} is not allowed in XML", u32::from(c));
        return legal.then(|| c.to_string()).ok_or_else(problem);
    }
    let known = [("lt", "<"), ("gt", ">"), ("amp", "&"), ("apos", "'"), ("quot", "\"")];
    let found = known.iter().find(|(name, _)| *name == reference.as_ref() as &str);
    found
        .map(|(_, text)| (*text).to_owned())
        .ok_or_else(|| format!("entity &{};: none is declared", reference.as_ref() as &str))
}
