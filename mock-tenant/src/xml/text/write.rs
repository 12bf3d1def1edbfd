//! The writer.

use quick_xml::escape::minimal_escape;

use crate::xml::event::{Event, EventWriter, Value};
use crate::xml::tree::Element;
use crate::xml::walk::write_tree;

/// Writes a document, without a declaration.
#[must_use]
pub fn write(root: &Element) -> String {
    let mut writer = TextWriter::default();
    write_tree(root, &mut writer);
    writer.out
}

/// Writes events as text.
#[derive(Debug, Default)]
pub struct TextWriter {
    out: String,
    /// Names of the open elements.
    open: Vec<String>,
    /// The innermost start tag has no `>` yet.
    in_tag: bool,
}

impl EventWriter for TextWriter {
    fn put(&mut self, event: Event<'_>) {
        match event {
            Event::Start { prefix, name } => self.start(qualified(&prefix, &name)),
            Event::Namespace { prefix, namespace } => {
                self.out.push_str(if prefix.is_empty() { " xmlns" } else { " xmlns:" });
                self.out.push_str(&prefix);
                push_value(&namespace, &mut self.out);
            }
            Event::Attribute { prefix, name, value } => {
                self.out.push(' ');
                self.out.push_str(&qualified(&prefix, &name));
                push_value(&value, &mut self.out);
            }
            Event::Text(value) => self.text(value),
            Event::End => self.end(),
        }
    }
}

impl TextWriter {
    /// What was written.
    #[must_use]
    pub fn into_text(self) -> String {
        self.out
    }

    fn start(&mut self, name: String) {
        self.close_tag();
        self.out.push('<');
        self.out.push_str(&name);
        self.open.push(name);
        self.in_tag = true;
    }

    fn text(&mut self, value: Value<'_>) {
        self.close_tag();
        match value {
            Value::Chars(chars) => push_text(&chars, &mut self.out),
            // base64 and the forms of atoms need no escapes
            plain => self.out.push_str(&plain.into_chars()),
        }
    }

    fn end(&mut self) {
        let name = self.open.pop().unwrap_or_default();
        if std::mem::take(&mut self.in_tag) {
            self.out.push_str("/>");
            return;
        }
        self.out.push_str("</");
        self.out.push_str(&name);
        self.out.push('>');
    }

    fn close_tag(&mut self) {
        if std::mem::take(&mut self.in_tag) {
            self.out.push('>');
        }
    }
}

fn qualified(prefix: &str, name: &str) -> String {
    if prefix.is_empty() { name.to_owned() } else { format!("{prefix}:{name}") }
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
