//! From events to a tree: namespaces are resolved here, and what a message may cost is bounded here.

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;

use super::error::{Place, XmlError};
use super::event::{Event, EventReader, Value};
use super::tree::{Attribute, Element, Node};

/// Deepest nesting. WCF's own default (`MaxDepth`) is 32.
pub const DEPTH_MAX: usize = 64;
/// Most pieces of one message (elements, attributes, declarations, texts): 5,000 objects of 60 properties with room to
/// spare. A piece costs some 150 octets of memory.
pub const PIECES_MAX: usize = 2_000_000;
/// Most attributes of one element, declarations included.
pub const ATTRIBUTES_MAX: usize = 64;
/// Most characters and octets of content: a binary encoding may name a long string by two octets.
const CONTENT_MAX: usize = 128 * 1024 * 1024;
/// Namespace of `xml:`, which needs no declaration.
const XML: &str = "http://www.w3.org/XML/1998/namespace";

/// Reads a document as a tree.
///
/// # Errors
/// The reader's, and: an undeclared prefix, a second root, text outside of the root, beyond a limit.
pub fn read_tree<'a>(reader: &mut impl EventReader<'a>) -> Result<Element, XmlError> {
    let mut builder = Builder::default();
    loop {
        let event = reader.next()?;
        let (place, ended) = (reader.place(), event.is_none());
        let taken = match event {
            Some(event) => builder.take(event, place),
            None => builder.settle(),
        };
        taken.map_err(|problem| XmlError { place: builder.blamed(place), problem })?;
        if ended {
            return builder.finish().map_err(|problem| XmlError { place, problem });
        }
    }
}

#[derive(Default)]
struct Builder {
    open: Vec<Element>,
    root: Option<Element>,
    /// Declarations in force, innermost last, each with the depth of its element.
    scope: Vec<(usize, Cow<'static, str>, Arc<str>)>,
    /// The innermost element's prefixes are not resolved yet: its declarations may still come.
    unsettled: Option<Place>,
    /// A prefix is to blame, which belongs to an element that began here.
    blame: Option<Place>,
    pieces: usize,
    content: usize,
    /// Namespaces seen, shared between the elements.
    namespaces: Vec<Arc<str>>,
}

impl Builder {
    fn take(&mut self, event: Event<'_>, place: Place) -> Result<(), String> {
        match event {
            Event::Start { prefix, name } => {
                self.settle()?;
                self.open(prefix, name, place)
            }
            Event::Namespace { prefix, namespace } => self.declare(prefix, &namespace),
            Event::Attribute { prefix, name, value } => self.attribute(prefix, name, value),
            Event::Text(value) => {
                self.settle()?;
                self.text(value)
            }
            Event::End => {
                self.settle()?;
                self.close()
            }
        }
    }

    fn blamed(&self, place: Place) -> Place {
        self.blame.unwrap_or(place)
    }

    fn count(&mut self) -> Result<(), String> {
        self.pieces += 1;
        if self.pieces > PIECES_MAX {
            return Err(format!("more than {PIECES_MAX} elements, attributes and texts"));
        }
        Ok(())
    }

    fn weigh(&mut self, length: usize) -> Result<(), String> {
        self.content = self.content.saturating_add(length);
        if self.content > CONTENT_MAX {
            return Err(format!("more than {CONTENT_MAX} octets of content"));
        }
        Ok(())
    }

    fn open(&mut self, prefix: Cow<'_, str>, name: Cow<'_, str>, place: Place) -> Result<(), String> {
        self.count()?;
        if self.open.len() >= DEPTH_MAX {
            return Err(format!("elements are nested more than {DEPTH_MAX} deep"));
        }
        if self.root.is_some() {
            return Err("a second root element".to_owned());
        }
        let mut element = Element::named("", named(name)?);
        element.prefix = common(prefix);
        element.namespace = self.share("");
        self.open.push(element);
        self.unsettled = Some(place);
        Ok(())
    }

    /// The element whose start tag is being read.
    fn innermost(&mut self) -> Result<&mut Element, String> {
        let element = self.unsettled.and_then(|_| self.open.last_mut());
        let element = element.ok_or("an attribute that belongs to no start of an element")?;
        if element.attributes.len() + element.declarations.len() >= ATTRIBUTES_MAX {
            return Err(format!("more than {ATTRIBUTES_MAX} attributes"));
        }
        Ok(element)
    }

    fn declare(&mut self, prefix: Cow<'_, str>, namespace: &str) -> Result<(), String> {
        self.count()?;
        self.weigh(namespace.len())?;
        let (prefix, namespace) = (common(prefix), self.share(namespace));
        let element = self.innermost()?;
        if element.declarations.iter().any(|(known, _)| *known == prefix) {
            return Err(format!("prefix {prefix:?} is declared twice"));
        }
        element.declarations.push((prefix.clone(), namespace.clone()));
        self.scope.push((self.open.len(), prefix, namespace));
        Ok(())
    }

    fn attribute(
        &mut self,
        prefix: Cow<'_, str>,
        name: Cow<'_, str>,
        value: Cow<'_, str>,
    ) -> Result<(), String> {
        self.count()?;
        self.weigh(value.len())?;
        let (name, namespace) = (named(name)?, self.share(""));
        let attribute = Attribute { prefix: common(prefix), name, namespace, value: value.into_owned() };
        self.innermost()?.attributes.push(attribute);
        Ok(())
    }

    /// Resolves the prefixes of the element that has just begun.
    fn settle(&mut self) -> Result<(), String> {
        let Some(place) = self.unsettled.take() else { return Ok(()) };
        self.blame = Some(place);
        let Some(mut element) = self.open.pop() else { return Ok(()) };
        element.namespace = self.resolve(&element.prefix)?;
        for attribute in &mut element.attributes {
            // the default namespace is not that of attributes
            if !attribute.prefix.is_empty() {
                attribute.namespace = self.resolve(&attribute.prefix)?;
            }
        }
        check_attributes(&element.attributes)?;
        self.blame = None;
        self.open.push(element);
        Ok(())
    }

    fn resolve(&mut self, prefix: &str) -> Result<Arc<str>, String> {
        let found = self.scope.iter().rev().find(|(_, known, _)| known == prefix);
        match found.map(|(_, _, namespace)| namespace) {
            Some(namespace) if prefix.is_empty() || !namespace.is_empty() => Ok(namespace.clone()),
            None if prefix.is_empty() => Ok(self.share("")),
            None if prefix == "xml" => Ok(self.share(XML)),
            _ => Err(format!("prefix {prefix:?} is not declared")),
        }
    }

    fn share(&mut self, namespace: &str) -> Arc<str> {
        if let Some(known) = self.namespaces.iter().find(|known| &***known == namespace) {
            return known.clone();
        }
        let shared: Arc<str> = Arc::from(namespace);
        if self.namespaces.len() < 64 {
            self.namespaces.push(shared.clone());
        }
        shared
    }

    fn text(&mut self, value: Value<'_>) -> Result<(), String> {
        if self.open.is_empty() {
            let blank = value.into_chars().trim().is_empty();
            return blank.then_some(()).ok_or_else(|| "text outside of the root element".to_owned());
        }
        self.weigh(match &value {
            Value::Chars(chars) => chars.len(),
            Value::Octets(octets) => octets.len(),
            Value::Atom(_) => 0,
        })?;
        if self.open.last_mut().is_some_and(|element| joined(element.children.last_mut(), &value)) {
            return Ok(());
        }
        self.count()?;
        let node = match value {
            Value::Chars(chars) => Node::Text(chars.into_owned()),
            Value::Octets(octets) => Node::Octets(Bytes::copy_from_slice(&octets)),
            Value::Atom(atom) => Node::Atom(atom),
        };
        self.open.last_mut().into_iter().for_each(|element| element.children.push(node.clone()));
        Ok(())
    }

    fn close(&mut self) -> Result<(), String> {
        let depth = self.open.len();
        let element = self.open.pop().ok_or("an end without a start")?;
        while self.scope.last().is_some_and(|(at, _, _)| *at == depth) {
            self.scope.pop();
        }
        match self.open.last_mut() {
            Some(parent) => parent.children.push(Node::Element(element)),
            None => self.root = Some(element),
        }
        Ok(())
    }

    fn finish(self) -> Result<Element, String> {
        if let Some(open) = self.open.last() {
            return Err(format!("the text ends inside of <{}>", open.name));
        }
        self.root.ok_or_else(|| "no element".to_owned())
    }
}

/// Adds characters to characters before them. Octets stay apart: each run of them is base64 of its own.
fn joined(before: Option<&mut Node>, value: &Value<'_>) -> bool {
    match (before, value) {
        (Some(Node::Text(before)), Value::Chars(chars)) => {
            before.push_str(chars);
            true
        }
        _ => false,
    }
}

fn check_attributes(attributes: &[Attribute]) -> Result<(), String> {
    let twice = attributes.iter().enumerate().find(|(at, attribute)| {
        let same = |other: &Attribute| other.name == attribute.name && other.namespace == attribute.namespace;
        attributes.iter().take(*at).any(same)
    });
    match twice {
        Some((_, attribute)) => Err(format!("attribute {:?} twice", attribute.name)),
        None => Ok(()),
    }
}

/// A text can't break this rule, a binary encoding can.
fn named(name: Cow<'_, str>) -> Result<Cow<'static, str>, String> {
    let odd = |c: char| c.is_whitespace() || c.is_control() || "<>&\"'/=:".contains(c);
    if name.is_empty() || name.contains(odd) {
        return Err(format!("{name:?} is no name"));
    }
    Ok(common(name))
}

/// Names that every message has cost no memory of their own.
pub(super) fn common(name: Cow<'_, str>) -> Cow<'static, str> {
    const NAMES: [&str; 14] = [
        "",
        "b",
        "c",
        "d",
        "i",
        "s",
        "Key",
        "KeyValueOfstringanyType",
        "Value",
        "base64Binary",
        "string",
        "type",
        "nil",
        "xmlns",
    ];
    let known = NAMES.iter().find(|known| **known == name);
    known.map_or_else(|| Cow::Owned(name.into_owned()), |known| Cow::Borrowed(*known))
}
