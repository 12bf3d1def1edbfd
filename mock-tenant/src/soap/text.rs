//! Text XML: the parser with its limits, and the writer.

use std::borrow::Cow;
use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use quick_xml::XmlVersion;
use quick_xml::escape::minimal_escape;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::{QName, ResolveResult};
use quick_xml::reader::NsReader;

use super::infoset::{Attribute, Element, Node};

/// Deepest nesting. WCF's own default (`MaxDepth`) is 32.
pub const DEPTH_MAX: usize = 64;
/// Most elements of one message: 5,000 objects of 60 properties. An element costs some 150 octets of memory.
pub const ELEMENTS_MAX: usize = 1_000_000;
/// Most attributes of one element, declarations included.
pub const ATTRIBUTES_MAX: usize = 64;

/// What is wrong with a text, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {problem}")]
pub struct XmlError {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong.
    pub problem: String,
}

/// Reads a document. No document type, no entities of its own, bounded depth and number of elements.
///
/// # Errors
/// Not UTF-8, not well-formed, or beyond a limit.
pub fn parse(octets: &[u8]) -> Result<Element, XmlError> {
    let text = match std::str::from_utf8(octets) {
        Ok(text) => text.strip_prefix('\u{feff}').unwrap_or(text),
        Err(error) => {
            let (good, _) = octets.split_at(error.valid_up_to());
            let problem = "not UTF-8; no other encoding is taken".to_owned();
            return Err(error_at(std::str::from_utf8(good).unwrap_or_default(), good.len(), problem));
        }
    };
    let mut reader = NsReader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    let mut builder = Builder::default();
    loop {
        let at = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        let failed = |problem: String| error_at(text, at, problem);
        let event = reader.read_event().map_err(|error| {
            let at = usize::try_from(reader.error_position()).unwrap_or(usize::MAX);
            error_at(text, at, error.to_string())
        })?;
        match event {
            Event::Start(start) => builder.open(&start, &reader).map_err(failed)?,
            Event::End(_) => builder.close().map_err(failed)?,
            Event::Text(text) => builder.text(&text.xml10_content()).map_err(failed)?,
            Event::CData(text) => builder.text(&text.xml10_content()).map_err(failed)?,
            Event::GeneralRef(reference) => {
                let text = resolve(&reference).map_err(failed)?;
                builder.text(&text).map_err(failed)?;
            }
            Event::DocType(_) => return Err(failed("a document type definition is not allowed".to_owned())),
            Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            Event::Eof => return builder.finish().map_err(failed),
        }
    }
}

fn error_at(text: &str, offset: usize, problem: String) -> XmlError {
    let before = text.get(..text.floor_char_boundary(offset)).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    XmlError { line, column, problem }
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

#[derive(Default)]
struct Builder {
    open: Vec<Element>,
    root: Option<Element>,
    elements: usize,
    /// Namespaces seen, shared between the elements.
    namespaces: Vec<Arc<str>>,
}

impl Builder {
    fn open(&mut self, start: &BytesStart<'_>, reader: &NsReader<&[u8]>) -> Result<(), String> {
        self.elements += 1;
        if self.elements > ELEMENTS_MAX {
            return Err(format!("more than {ELEMENTS_MAX} elements"));
        }
        if self.open.len() >= DEPTH_MAX {
            return Err(format!("elements are nested more than {DEPTH_MAX} deep"));
        }
        if self.root.is_some() {
            return Err("a second root element".to_owned());
        }
        let element = self.element(start, reader)?;
        self.open.push(element);
        Ok(())
    }

    fn element(&mut self, start: &BytesStart<'_>, reader: &NsReader<&[u8]>) -> Result<Element, String> {
        let namespace = self.namespace(&reader.resolver().resolve_element(start.name()).0)?;
        let (prefix, name) = split(start.name());
        let (mut declarations, mut attributes) = (Vec::new(), Vec::new());
        for (count, attribute) in start.attributes().enumerate() {
            if count >= ATTRIBUTES_MAX {
                return Err(format!("more than {ATTRIBUTES_MAX} attributes"));
            }
            let attribute = attribute.map_err(|error| error.to_string())?;
            let value = attribute
                .normalized_value(XmlVersion::Implicit1_0)
                .map_err(|error| error.to_string())?
                .into_owned();
            let (prefix, name) = split(attribute.key);
            if prefix == "xmlns" {
                declarations.push((name, self.share(&value)));
            } else if prefix.is_empty() && name == "xmlns" {
                declarations.push((Cow::Borrowed(""), self.share(&value)));
            } else {
                let namespace = self.namespace(&reader.resolver().resolve_attribute(attribute.key).0)?;
                attributes.push(Attribute { prefix, name, namespace, value });
            }
        }
        Ok(Element { prefix, name, namespace, declarations, attributes, children: Vec::new() })
    }

    fn namespace(&mut self, resolved: &ResolveResult<'_>) -> Result<Arc<str>, String> {
        match resolved {
            ResolveResult::Bound(namespace) => Ok(self.share(namespace.as_ref())),
            ResolveResult::Unbound => Ok(self.share("")),
            ResolveResult::Unknown(prefix) => Err(format!("prefix {prefix:?} is not declared")),
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

    fn text(&mut self, text: &str) -> Result<(), String> {
        let Some(element) = self.open.last_mut() else {
            return if text.trim().is_empty() {
                Ok(())
            } else {
                Err("text outside of the root element".to_owned())
            };
        };
        match element.children.last_mut() {
            Some(Node::Text(before)) => before.push_str(text),
            _ => element.children.push(Node::Text(text.to_owned())),
        }
        Ok(())
    }

    fn close(&mut self) -> Result<(), String> {
        let element = self.open.pop().ok_or("an end without a start")?;
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

fn split(name: QName<'_>) -> (Cow<'static, str>, Cow<'static, str>) {
    let (local, prefix) = name.decompose();
    let prefix = prefix.map_or("", |prefix| prefix.into_inner());
    (common(prefix), common(local.into_inner()))
}

/// Names that every message has cost no memory of their own.
fn common(name: &str) -> Cow<'static, str> {
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
    NAMES
        .iter()
        .find(|known| **known == name)
        .map_or_else(|| Cow::Owned(name.to_owned()), |known| Cow::Borrowed(*known))
}

/// Writes a document.
#[must_use]
pub fn write(root: &Element) -> String {
    let mut out = String::with_capacity(4096);
    write_element(root, &mut out);
    out
}

fn write_element(element: &Element, out: &mut String) {
    out.push('<');
    push_name(&element.prefix, &element.name, out);
    for (prefix, namespace) in &element.declarations {
        out.push_str(if prefix.is_empty() { " xmlns" } else { " xmlns:" });
        out.push_str(prefix);
        push_value(namespace, out);
    }
    for attribute in &element.attributes {
        out.push(' ');
        push_name(&attribute.prefix, &attribute.name, out);
        push_value(&attribute.value, out);
    }
    if element.children.is_empty() {
        out.push_str("/>");
        return;
    }
    out.push('>');
    for node in &element.children {
        match node {
            Node::Element(child) => write_element(child, out),
            Node::Text(text) => push_text(text, out),
            Node::Octets(octets) => STANDARD.encode_string(octets, out),
        }
    }
    out.push_str("</");
    push_name(&element.prefix, &element.name, out);
    out.push('>');
}

fn push_name(prefix: &str, name: &str, out: &mut String) {
    if !prefix.is_empty() {
        out.push_str(prefix);
        out.push(':');
    }
    out.push_str(name);
}

fn push_value(value: &str, out: &mut String) {
    out.push_str("=\"");
    out.push_str(&minimal_escape(value).replace('"', "&quot;").replace('\n', "&#xA;").replace('\r', "&#xD;"));
    out.push('"');
}

/// Characters that XML can't carry become U+FFFD; a carriage return is kept from normalisation.
fn push_text(text: &str, out: &mut String) {
    let legal = |c: char| matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{fffd}' | '\u{10000}'..);
    let escaped = minimal_escape(text);
    if escaped.chars().all(|c| legal(c) && c != '\r') {
        out.push_str(&escaped.replace("]]>", "]]&gt;"));
        return;
    }
    for c in escaped.chars() {
        match c {
            '\r' => out.push_str("&#xD;"),
            c if legal(c) => out.push(c),
            _ => out.push('\u{fffd}'),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_vectors_come_back_as_they_were() {
        for text in [
            include_str!("../../../tests/fixtures/nbfx-vectors/minimal.xml"),
            include_str!("../../../tests/fixtures/nbfx-vectors/capabilities-request.xml"),
            include_str!("../../../tests/fixtures/nbfx-vectors/provision-request.xml"),
            include_str!("../../../tests/fixtures/nbfx-vectors/readback-request.xml"),
        ] {
            let element = parse(text.as_bytes()).unwrap();
            assert_eq!(parse(write(&element).as_bytes()).unwrap(), element);
        }
    }

    #[test]
    fn references_and_cdata_are_text() {
        let element = parse(b"<a b='&lt;&#65;'>x&amp;<![CDATA[<y>]]>&#xE9;</a>").unwrap();
        assert_eq!((element.content().as_str(), element.attributes[0].value.as_str()), ("x&<y>\u{e9}", "<A"));
    }

    #[test]
    fn bad_text_is_refused_with_its_place() {
        let deep = "<a>".repeat(DEPTH_MAX + 1);
        for (text, place, problem) in [
            ("<!DOCTYPE a [<!ENTITY x 'y'>]><a/>", (1, 1), "document type"),
            ("<a>\n <b>&x;</b></a>", (2, 5), "none is declared"),
            ("<a>\n<b></a>", (2, 4), "b"),
            ("<a><b:c/></a>", (1, 4), "not declared"),
            ("<a/><b/>", (1, 5), "second root"),
            ("<a>&#0;</a>", (1, 4), ""),
            ("<a>&#x1;</a>", (1, 4), "U+0001"),
            ("", (1, 1), "no element"),
            ("<a>", (1, 4), "ends inside"),
            ("x", (1, 1), "outside"),
            (deep.as_str(), (1, DEPTH_MAX * 3 + 1), "nested"),
        ] {
            let error = parse(text.as_bytes()).unwrap_err();
            assert_eq!((error.line, error.column), place, "{text}: {error}");
            assert!(error.problem.contains(problem), "{text}: {error}");
        }
        assert_eq!(parse(b"<a>\n\xff</a>").unwrap_err().line, 2);
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "[<>/&;#x!\\[\\]CDATA'\"=: a-c\\PC]{0,200}") {
            let _ = parse(text.as_bytes());
        }

        #[test]
        fn no_octets_panic(octets in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = parse(&octets);
        }

        #[test]
        fn text_survives_a_round(text in "[ -~\u{a0}-\u{fff}\r\n\t]{0,60}") {
            let element = Element::new("a").text(text.clone());
            let back = parse(write(&element).as_bytes()).unwrap();
            prop_assert_eq!(back.content(), text);
        }

        #[test]
        fn a_tree_is_no_larger_than_its_text_allows(count in 0usize..200) {
            let text = format!("<a>{}</a>", "<b c='d'/>".repeat(count));
            let element = parse(text.as_bytes()).unwrap();
            prop_assert_eq!(element.elements().count(), count);
        }
    }
}
