//! From events to records, as .NET's `XmlBinaryWriter` chooses them: attributes before declarations, names by number where
//! the dictionary has them, an end joined to the text before it, octets in runs of three.

use std::borrow::Cow;

use super::content::{self, Content};
use super::record::{Name, Prefix, Record};
use crate::xml::event::{Atom, Event, EventWriter, Value};
use crate::xml::tree::Element;
use crate::xml::walk::write_tree;

/// Writes a message.
#[must_use]
pub fn encode(root: &Element) -> Vec<u8> {
    let mut writer = NbfxWriter::default();
    write_tree(root, &mut writer);
    writer.into_octets()
}

/// Writes events as records.
#[derive(Debug, Default)]
pub struct NbfxWriter {
    out: Vec<u8>,
    /// Declarations that wait for the attributes to be written.
    declarations: Vec<(String, String)>,
    /// Where the text began that may yet be joined with an end.
    text_at: Option<usize>,
}

impl EventWriter for NbfxWriter {
    fn put(&mut self, event: Event<'_>) {
        match event {
            Event::Start { prefix, name } => {
                self.declare();
                self.record(&Record::Element { prefix: Prefix::of(&prefix), name: Name::of(&name) });
            }
            Event::Namespace { prefix, namespace } => {
                self.declarations.push((prefix.into_owned(), namespace.into_owned()));
            }
            Event::Attribute { prefix, name, value } => {
                let value = vec![content::of_chars(&value)];
                self.record(&Record::Attribute { prefix: Prefix::of(&prefix), name: Name::of(&name), value });
            }
            Event::Text(value) => {
                self.declare();
                self.text(value);
            }
            Event::End => {
                self.declare();
                self.end();
            }
        }
    }
}

impl NbfxWriter {
    /// What was written.
    #[must_use]
    pub fn into_octets(self) -> Vec<u8> {
        self.out
    }

    fn record(&mut self, record: &Record<'_>) {
        self.text_at = None;
        record.write(&mut self.out);
    }

    fn declare(&mut self) {
        for (prefix, namespace) in std::mem::take(&mut self.declarations) {
            let prefix = (!prefix.is_empty()).then_some(Cow::Owned(prefix));
            self.record(&Record::Namespace { prefix, namespace: Name::of(&namespace) });
        }
    }

    fn text(&mut self, value: Value<'_>) {
        match value {
            Value::Chars(chars) => self.content(&content::of_chars(&chars)),
            Value::Octets(octets) => self.octets(&octets),
            Value::Atom(Atom::Bool(flag)) => self.content(&content::of_bool(flag)),
            Value::Atom(Atom::Integer(number)) => self.content(&content::of_integer(number)),
            Value::Atom(Atom::Uuid(id)) => self.content(&content::of_uuid(id, false)),
            Value::Atom(Atom::UniqueId(id)) => self.content(&content::of_uuid(id, true)),
        }
    }

    /// `XmlBaseWriter.WriteBase64` holds the last one or two octets back, so that what is written is whole base64.
    fn octets(&mut self, octets: &[u8]) {
        let (runs, rest) = octets.split_at(octets.len() - octets.len() % 3);
        if !runs.is_empty() || rest.is_empty() {
            self.content(&content::of_octets(runs));
        }
        if !rest.is_empty() {
            self.content(&content::of_octets(rest));
        }
    }

    fn content(&mut self, content: &Content<'_>) {
        self.text_at = Some(self.out.len());
        content.write(false, &mut self.out);
    }

    fn end(&mut self) {
        match self.text_at.take().and_then(|at| self.out.get_mut(at)) {
            // a text record of an odd type also ends the element
            Some(kind) => *kind |= 1,
            None => self.record(&Record::End),
        }
    }
}
