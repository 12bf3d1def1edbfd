//! From records to events.

use std::borrow::Cow;
use std::collections::VecDeque;

use super::content::{Content, item_length};
use super::cursor::Cursor;
use super::record::Record;
use crate::xml::build::read_tree;
use crate::xml::error::{Place, XmlError};
use crate::xml::event::{Event, EventReader, Value};
use crate::xml::tree::Element;

/// Reads a message as a tree.
///
/// # Errors
/// Not this encoding, or beyond a limit; with the octet.
pub fn decode(octets: &[u8]) -> Result<Element, XmlError> {
    read_tree(&mut NbfxReader::new(octets))
}

/// The records of a message.
///
/// # Errors
/// Not this encoding; with the octet.
pub fn records(octets: &[u8]) -> Result<Vec<Record<'_>>, XmlError> {
    let mut cursor = Cursor::new(octets);
    let mut records = Vec::new();
    while !cursor.is_at_end() {
        let at = cursor.at;
        let record = Record::read(&mut cursor);
        records.push(record.map_err(|problem| XmlError { place: Place::Octet(at), problem })?);
    }
    Ok(records)
}

/// Yields the events of a message.
#[derive(Debug)]
pub struct NbfxReader<'a> {
    cursor: Cursor<'a>,
    /// What the last record holds beyond its first event.
    queue: VecDeque<Event<'a>>,
    /// An array of which not all items were told.
    array: Option<Array<'a>>,
    /// A list that has begun in an element, and how many items of it were told.
    list: Option<usize>,
    /// Octets before the last record.
    at: usize,
}

#[derive(Debug)]
struct Array<'a> {
    element: Vec<Event<'a>>,
    kind: u8,
    items: Cow<'a, [u8]>,
    told: usize,
}

impl<'a> NbfxReader<'a> {
    /// A reader of that message.
    #[must_use]
    pub const fn new(octets: &'a [u8]) -> Self {
        Self { cursor: Cursor::new(octets), queue: VecDeque::new(), array: None, list: None, at: 0 }
    }

    fn step(&mut self) -> Result<Option<Event<'a>>, String> {
        loop {
            if let Some(event) = self.queue.pop_front() {
                return Ok(Some(event));
            }
            if self.repeat()? {
                continue;
            }
            if self.cursor.is_at_end() {
                return Ok(None);
            }
            self.at = self.cursor.at;
            let record = Record::read(&mut self.cursor)?;
            self.take(record)?;
        }
    }

    fn outside_of_lists(&self) -> Result<(), String> {
        self.list.map_or(Ok(()), |_| Err("lists begin and end inside of one element".to_owned()))
    }

    fn take(&mut self, record: Record<'a>) -> Result<(), String> {
        if !matches!(record, Record::Text { .. }) {
            self.outside_of_lists()?;
        }
        match record {
            Record::Array { element, kind, items } => {
                let element = element.into_iter().map(tag).collect::<Result<_, _>>()?;
                self.array = Some(Array { element, kind, items, told: 0 });
            }
            Record::Comment(_) => {}
            Record::End => self.queue.push_back(Event::End),
            Record::Text { content, ends } => {
                self.content(&content)?;
                if ends {
                    self.outside_of_lists()?;
                    self.queue.push_back(Event::End);
                }
            }
            record => self.queue.push_back(tag(record)?),
        }
        Ok(())
    }

    /// Queues the next item of an array, if one is left.
    fn repeat(&mut self) -> Result<bool, String> {
        let Some(array) = &mut self.array else { return Ok(false) };
        let length = item_length(array.kind).unwrap_or(1).max(1);
        let item = array.items.get(array.told..).and_then(|rest| rest.get(..length));
        let Some(item) = item else {
            self.array = None;
            return Ok(false);
        };
        let content = Content::new(array.kind, item.to_vec()).ok_or("an item of no length that there is")?;
        array.told += length;
        self.queue.extend(array.element.iter().cloned());
        self.queue.push_back(Event::Text(content.value()?));
        self.queue.push_back(Event::End);
        Ok(true)
    }

    /// Content of an element. The items of a list have one space between them.
    fn content(&mut self, content: &Content<'a>) -> Result<(), String> {
        match (content.kind(), self.list) {
            (Content::START_LIST, None) => self.list = Some(0),
            (Content::END_LIST, Some(_)) => self.list = None,
            (Content::START_LIST | Content::END_LIST, _) => {
                return Err("lists begin and end one after the other".to_owned());
            }
            (_, Some(told)) => {
                self.list = Some(told + 1);
                let space = if told > 0 { " " } else { "" };
                let item = content.value()?.into_chars();
                self.queue.push_back(Event::Text(Value::Chars(format!("{space}{item}").into())));
            }
            (_, None) => self.queue.push_back(Event::Text(content.value()?)),
        }
        Ok(())
    }
}

impl<'a> EventReader<'a> for NbfxReader<'a> {
    fn next(&mut self) -> Result<Option<Event<'a>>, XmlError> {
        self.step().map_err(|problem| XmlError { place: self.place(), problem })
    }

    fn place(&self) -> Place {
        Place::Octet(self.at)
    }
}

/// What belongs to a start tag.
fn tag(record: Record<'_>) -> Result<Event<'_>, String> {
    Ok(match record {
        Record::Element { prefix, name } => Event::Start { prefix: prefix.text(), name: name.resolve()? },
        Record::Attribute { prefix, name, value } => {
            Event::Attribute { prefix: prefix.text(), name: name.resolve()?, value: attribute_value(&value)? }
        }
        Record::Namespace { prefix, namespace } => {
            Event::Namespace { prefix: prefix.unwrap_or_default(), namespace: namespace.resolve()? }
        }
        Record::Array { .. } | Record::Comment(_) | Record::End | Record::Text { .. } => {
            return Err("a record that is no part of a start tag".to_owned());
        }
    })
}

fn attribute_value<'a>(value: &[Content<'a>]) -> Result<Cow<'a, str>, String> {
    if let [single] = value {
        return Ok(single.value()?.into_chars());
    }
    let is_item = |content: &&Content<'_>| !matches!(content.kind(), Content::START_LIST | Content::END_LIST);
    let items = value.iter().filter(is_item).map(|content| Ok(content.value()?.into_chars()));
    Ok(Cow::Owned(items.collect::<Result<Vec<_>, String>>()?.join(" ")))
}
