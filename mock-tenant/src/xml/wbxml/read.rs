//! The reader: version 1.3, UTF-8, no string table, no attributes, as [MS-ASWBXML] 2.1.2 narrows WBXML down.

use std::borrow::Cow;

use super::pages::{Page, page};
use crate::xml::build::read_tree;
use crate::xml::error::{Place, XmlError};
use crate::xml::event::{Event, EventReader, Value};
use crate::xml::tree::Element;

const SWITCH_PAGE: u8 = 0x00;
const END: u8 = 0x01;
const STR_I: u8 = 0x03;
const OPAQUE: u8 = 0xc3;
/// Tags with this bit have attributes.
const HAS_ATTRIBUTES: u8 = 0x80;
/// Tags with this bit have content and an end.
const HAS_CONTENT: u8 = 0x40;

/// Reads a message as a tree; the namespace of a name is its code page.
///
/// # Errors
/// Not this encoding, an unknown name, or beyond a limit; with the octet.
pub fn decode(octets: &[u8]) -> Result<Element, XmlError> {
    read_tree(&mut WbxmlReader::new(octets)?)
}

/// Yields the events of a message.
#[derive(Debug)]
pub struct WbxmlReader<'a> {
    octets: &'a [u8],
    at: usize,
    /// Octets before the last event.
    began: usize,
    page: u8,
    /// Events of the last tag that were not told yet, the next one last.
    rest: Vec<Event<'a>>,
}

impl<'a> WbxmlReader<'a> {
    /// A reader of that message.
    ///
    /// # Errors
    /// The header is not that of ActiveSync.
    pub fn new(octets: &'a [u8]) -> Result<Self, XmlError> {
        let mut reader = Self { octets, at: 0, began: 0, page: 0, rest: Vec::new() };
        reader.header().map_err(|problem| XmlError { place: Place::Octet(0), problem })?;
        Ok(reader)
    }

    fn header(&mut self) -> Result<(), String> {
        let header = [self.byte()?.into(), self.number()?, self.number()?, self.number()?];
        match header {
            [3, _, 0x6a, 0] => Ok(()),
            [3, _, 0x6a, _] => Err("a string table, which ActiveSync does not use".to_owned()),
            [3, ..] => Err("not UTF-8".to_owned()),
            _ => Err("not WBXML 1.3".to_owned()),
        }
    }

    fn byte(&mut self) -> Result<u8, String> {
        let byte = self.octets.get(self.at).ok_or("the message ends inside of an element")?;
        self.at += 1;
        Ok(*byte)
    }

    /// A multi-byte integer: seven bits an octet, the highest first.
    fn number(&mut self) -> Result<u32, String> {
        let mut value: u32 = 0;
        for _ in 0..5 {
            let byte = self.byte()?;
            value = value.checked_mul(128).ok_or("a number of more than 32 bits")? | u32::from(byte & 0x7f);
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err("a number of more than 32 bits".to_owned())
    }

    fn step(&mut self) -> Result<Option<Event<'a>>, String> {
        if let Some(event) = self.rest.pop() {
            return Ok(Some(event));
        }
        while self.at < self.octets.len() {
            self.began = self.at;
            match self.byte()? {
                SWITCH_PAGE => self.page = self.byte()?,
                END => return Ok(Some(Event::End)),
                STR_I => return self.string().map(Some),
                OPAQUE => return self.opaque().map(Some),
                tag => return self.tag(tag).map(Some),
            }
        }
        Ok(None)
    }

    fn string(&mut self) -> Result<Event<'a>, String> {
        let rest = self.octets.get(self.at..).unwrap_or_default();
        let length = rest.iter().position(|octet| *octet == 0).ok_or("a string without an end")?;
        let (text, _) = rest.split_at(length);
        self.at += length + 1;
        let text = std::str::from_utf8(text).map_err(|error| format!("a string is not UTF-8: {error}"))?;
        Ok(Event::Text(Value::Chars(Cow::Borrowed(text))))
    }

    fn opaque(&mut self) -> Result<Event<'a>, String> {
        let length = usize::try_from(self.number()?).map_err(|error| error.to_string())?;
        let end = self.at.checked_add(length);
        let octets = end.and_then(|end| self.octets.get(self.at..end));
        let octets = octets.ok_or_else(|| format!("{length} octets are told, the message has fewer"))?;
        self.at += length;
        Ok(Event::Text(Value::Octets(Cow::Borrowed(octets))))
    }

    fn tag(&mut self, tag: u8) -> Result<Event<'a>, String> {
        if tag & HAS_ATTRIBUTES != 0 {
            return Err(format!("token 0x{tag:02X}, which ActiveSync does not use"));
        }
        let number = self.page;
        let page: &Page = page(number).ok_or_else(|| format!("code page {number} is not served"))?;
        let id = tag & !HAS_CONTENT;
        let name = page.name(id).ok_or_else(|| format!("code page {number} has no tag 0x{id:02X}"))?;
        if tag & HAS_CONTENT == 0 {
            self.rest.push(Event::End);
        }
        let namespace = Cow::Borrowed(page.namespace);
        self.rest.push(Event::Namespace { prefix: Cow::Borrowed(""), namespace });
        Ok(Event::Start { prefix: Cow::Borrowed(""), name: Cow::Borrowed(name) })
    }
}

impl<'a> EventReader<'a> for WbxmlReader<'a> {
    fn next(&mut self) -> Result<Option<Event<'a>>, XmlError> {
        self.step().map_err(|problem| XmlError { place: self.place(), problem })
    }

    fn place(&self) -> Place {
        Place::Octet(self.began)
    }
}
