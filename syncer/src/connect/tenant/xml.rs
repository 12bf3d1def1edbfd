//! A small XML tree: what SOAP messages need, no more. Reading compares local names, as prefixes are the writer's choice.

use std::fmt::Write as _;

use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};

/// Deeper than any message; a limit so that nesting can't exhaust the stack.
const MAX_DEPTH: usize = 128;

/// An element with either children or text (mixed content loses its order, which no message here uses).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Element {
    name: String,
    attributes: Vec<(String, String)>,
    text: String,
    children: Vec<Self>,
}

/// Why a text is no message.
#[derive(Debug, thiserror::Error)]
pub(super) enum XmlError {
    #[error("XML at octet {at}: {reason}")]
    Syntax { at: u64, reason: String },
    #[error("XML without an element")]
    Empty,
}

impl Element {
    /// An element by its name, prefix included.
    pub(super) fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }

    pub(super) fn attribute(mut self, name: &str, value: &str) -> Self {
        self.attributes.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(super) fn text(mut self, text: impl Into<String>) -> Self {
        self.text = text.into();
        self
    }

    pub(super) fn child(mut self, child: Self) -> Self {
        self.children.push(child);
        self
    }

    pub(super) fn with(mut self, children: impl IntoIterator<Item = Self>) -> Self {
        self.children.extend(children);
        self
    }

    /// Name without prefix.
    pub(super) fn local(&self) -> &str {
        local(&self.name)
    }

    pub(super) fn children(&self) -> impl Iterator<Item = &Self> {
        self.children.iter()
    }

    /// First child of that local name.
    pub(super) fn get(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.local() == name)
    }

    /// Follows local names downwards.
    pub(super) fn path(&self, names: &[&str]) -> Option<&Self> {
        names.iter().try_fold(self, |element, name| element.get(name))
    }

    /// First element of that local name, at whatever depth.
    pub(super) fn find(&self, name: &str) -> Option<&Self> {
        if self.local() == name {
            return Some(self);
        }
        self.children.iter().find_map(|child| child.find(name))
    }

    /// Text, spaces around it gone; `None` if empty or `i:nil`.
    pub(super) fn content(&self) -> Option<&str> {
        let text = self.text.trim();
        (!text.is_empty() && !self.is_nil()).then_some(text)
    }

    /// Text as it is.
    pub(super) fn raw_text(&self) -> &str {
        &self.text
    }

    /// Text of the child of that local name.
    pub(super) fn content_of(&self, name: &str) -> Option<&str> {
        self.get(name)?.content()
    }

    /// `i:nil="true"`.
    pub(super) fn is_nil(&self) -> bool {
        self.attribute_value("nil").is_some_and(|value| value == "true" || value == "1")
    }

    /// Value of the attribute of that local name.
    pub(super) fn attribute_value(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(key, _)| key != "xmlns" && local(key) == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Writes the element and all below it.
    pub(super) fn to_text(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) {
        out.push('<');
        out.push_str(&self.name);
        for (name, value) in &self.attributes {
            let _ = write!(out, " {name}=\"");
            escape(value, out);
            out.push('"');
        }
        if self.text.is_empty() && self.children.is_empty() {
            out.push_str("/>");
            return;
        }
        out.push('>');
        escape(&self.text, out);
        self.children.iter().for_each(|child| child.write(out));
        let _ = write!(out, "</{}>", self.name);
    }

    /// Reads a document; DTDs are refused (they exist to be abused).
    pub(super) fn parse(text: &str) -> Result<Self, XmlError> {
        let mut reader = Reader::from_str(text);
        let mut open = vec![Self::default()];
        loop {
            let event = reader.read_event();
            let at = reader.buffer_position();
            let fail = |reason: String| XmlError::Syntax { at, reason };
            match event.map_err(|e| fail(e.to_string()))? {
                Event::Start(_) if open.len() > MAX_DEPTH => return Err(fail("nested too deeply".into())),
                Event::Start(start) => open.push(opened(&start).map_err(fail)?),
                Event::Empty(start) => close(&mut open, opened(&start).map_err(fail)?),
                Event::End(_) => {
                    let element = open.pop().unwrap_or_default();
                    close(&mut open, element);
                }
                Event::Text(text) => append(&mut open, &text.xml10_content()),
                Event::CData(data) => append(&mut open, &data.xml10_content()),
                Event::GeneralRef(reference) => {
                    let known = reference.resolve_char_ref().ok().flatten();
                    let character = known.or_else(|| predefined(&reference.xml10_content()));
                    let character = character.ok_or_else(|| fail("unknown entity".into()))?;
                    append(&mut open, character.encode_utf8(&mut [0; 4]));
                }
                Event::DocType(_) => return Err(fail("a document type is not allowed".into())),
                Event::Eof => break,
                Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
            }
        }
        match (open.len(), open.pop().and_then(|mut root| root.children.pop())) {
            (1, Some(element)) => Ok(element),
            (1, None) => Err(XmlError::Empty),
            _ => Err(XmlError::Syntax { at: text.len() as u64, reason: "the document ends early".into() }),
        }
    }
}

fn opened(start: &BytesStart<'_>) -> Result<Element, String> {
    let mut element = Element::new(start.name().as_ref());
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|e| e.to_string())?;
        let value =
            attribute.normalized_value(quick_xml::XmlVersion::Implicit1_0).map_err(|e| e.to_string())?;
        element.attributes.push((attribute.key.as_ref().to_owned(), value.into_owned()));
    }
    Ok(element)
}

fn close(open: &mut [Element], element: Element) {
    if let Some(parent) = open.last_mut() {
        parent.children.push(element);
    }
}

fn append(open: &mut [Element], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}

fn predefined(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => return None,
    })
}

fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

/// Escapes for text and attributes alike; a carriage return would be normalised away if it stood there plainly.
fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\r' => out.push_str("&#xD;"),
            c => out.push(c),
        }
    }
}

/// A character that XML 1.0 can't carry at all, in whatever notation.
pub(super) fn forbidden(text: &str) -> Option<char> {
    text.chars()
        .find(|c| matches!(c, '\0'..='\x08' | '\x0b' | '\x0c' | '\x0e'..='\x1f' | '\u{fffe}' | '\u{ffff}'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_text_reads_back() {
        let element = Element::new("b:Value").attribute("x", "a\"<&").text("<Ana & \"Bo\">\r\n\tä😀");
        assert_eq!(Element::parse(&element.to_text()).unwrap(), element);
    }

    #[test]
    fn prefixes_do_not_matter_for_reading() {
        let root =
            Element::parse("<?xml version=\"1.0\"?><q:a xmlns:q='u'> <z:b i:nil='true'/><c>t</c></q:a>")
                .unwrap();
        assert!(root.get("b").unwrap().is_nil());
        assert_eq!(root.content_of("c"), Some("t"));
        assert_eq!(root.find("c").unwrap().raw_text(), "t");
    }

    #[test]
    fn broken_documents_are_refused() {
        for text in ["", "<a>", "<a></b>", "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "<a>&x;</a>"] {
            assert!(Element::parse(text).is_err(), "{text}");
        }
        assert!(Element::parse(&"<a>".repeat(1000)).unwrap_err().to_string().contains("nested too deeply"));
    }

    #[test]
    fn what_xml_cannot_carry_is_found() {
        assert_eq!(forbidden("a\u{b}b"), Some('\u{b}'));
        assert_eq!(forbidden("a\n\tb"), None);
    }
}
