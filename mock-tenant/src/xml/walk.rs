//! From a tree to events.

use std::borrow::Cow;

use super::event::{Event, EventWriter, Value};
use super::tree::{Element, Node};

/// Puts the events of a tree.
pub fn write_tree(root: &Element, writer: &mut impl EventWriter) {
    writer.put(Event::Start { prefix: Cow::Borrowed(&root.prefix), name: Cow::Borrowed(&root.name) });
    for (prefix, namespace) in &root.declarations {
        writer.put(Event::Namespace { prefix: Cow::Borrowed(prefix), namespace: Cow::Borrowed(namespace) });
    }
    for attribute in &root.attributes {
        writer.put(Event::Attribute {
            prefix: Cow::Borrowed(&attribute.prefix),
            name: Cow::Borrowed(&attribute.name),
            value: Cow::Borrowed(&attribute.value),
        });
    }
    for node in &root.children {
        write_node(node, writer);
    }
    writer.put(Event::End);
}

fn write_node(node: &Node, writer: &mut impl EventWriter) {
    let value = match node {
        Node::Element(element) => return write_tree(element, writer),
        Node::Text(text) => Value::Chars(Cow::Borrowed(text)),
        Node::Octets(octets) => Value::Octets(Cow::Borrowed(octets)),
        Node::Atom(atom) => Value::Atom(*atom),
    };
    writer.put(Event::Text(value));
}
