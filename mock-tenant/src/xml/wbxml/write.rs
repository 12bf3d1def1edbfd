//! The writer: of a tree, because a tag says whether content follows.

use super::pages::{Page, of_namespace};
use crate::xml::tree::{Element, Node};

/// Version 1.3, an unknown public identifier, UTF-8, no string table.
const HEADER: [u8; 4] = [0x03, 0x01, 0x6a, 0x00];

/// Writes a message. The namespace of an element is the default one that it or an element around it declares.
///
/// # Errors
/// The name of an element that is in no code page.
pub fn encode(root: &Element) -> Result<Vec<u8>, String> {
    let mut writer = Writer { out: HEADER.to_vec(), page: 0 };
    writer.element(root, None)?;
    Ok(writer.out)
}

struct Writer {
    out: Vec<u8>,
    page: u8,
}

impl Writer {
    fn element(&mut self, element: &Element, around: Option<&'static Page>) -> Result<(), String> {
        let declared = element.declarations.iter().find(|(prefix, _)| prefix.is_empty());
        let page = declared.map_or(around, |(_, namespace)| of_namespace(namespace));
        let unknown = || format!("{} is in no code page", element.name);
        let page = page.ok_or_else(unknown)?;
        let tag = page.tag(&element.name).ok_or_else(unknown)?;
        if page.number != self.page {
            self.out.extend([0x00, page.number]);
            self.page = page.number;
        }
        if element.children.is_empty() {
            self.out.push(tag);
            return Ok(());
        }
        self.out.push(tag | 0x40);
        for node in &element.children {
            self.node(node, page)?;
        }
        self.out.push(0x01);
        Ok(())
    }

    fn node(&mut self, node: &Node, page: &'static Page) -> Result<(), String> {
        match node {
            Node::Element(element) => return self.element(element, Some(page)),
            Node::Text(text) => self.string(text),
            Node::Atom(atom) => self.string(&atom.to_string()),
            Node::Octets(octets) => {
                self.out.push(0xc3);
                self.number(u32::try_from(octets.len()).map_err(|error| error.to_string())?);
                self.out.extend_from_slice(octets);
            }
        }
        Ok(())
    }

    /// A string ends with a zero, so it can't have one.
    fn string(&mut self, text: &str) {
        self.out.push(0x03);
        self.out.extend(text.bytes().filter(|octet| *octet != 0));
        self.out.push(0x00);
    }

    fn number(&mut self, value: u32) {
        let groups = [28, 21, 14, 7].map(|shift| value >> shift);
        for group in groups.into_iter().filter(|group| *group > 0) {
            let [low, ..] = group.to_le_bytes();
            self.out.push(low | 0x80);
        }
        let [low, ..] = value.to_le_bytes();
        self.out.push(low & 0x7f);
    }
}
