//! A small tree of XML elements with namespaces: what every encoding of a message yields.

use std::borrow::Cow;
use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;

use super::event::Atom;

/// Namespace of `i:nil` and `i:type`.
pub const INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";
/// Namespace of the `d:` types.
pub const SCHEMA: &str = "http://www.w3.org/2001/XMLSchema";

/// An element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    /// Prefix as written; empty if there is none.
    pub prefix: Cow<'static, str>,
    /// Local name.
    pub name: Cow<'static, str>,
    /// Namespace; empty if there is none.
    pub namespace: Arc<str>,
    /// Namespaces that are declared here, by prefix (empty: the default one).
    pub declarations: Vec<(Cow<'static, str>, Arc<str>)>,
    /// Attributes other than declarations.
    pub attributes: Vec<Attribute>,
    /// What is inside.
    pub children: Vec<Node>,
}

/// An attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// Prefix as written; empty if there is none.
    pub prefix: Cow<'static, str>,
    /// Local name.
    pub name: Cow<'static, str>,
    /// Namespace; empty if there is none.
    pub namespace: Arc<str>,
    /// Value.
    pub value: String,
}

/// What is inside an element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// An element.
    Element(Element),
    /// Characters.
    Text(String),
    /// Octets: base64 in a text encoding, themselves in a binary one.
    Octets(Bytes),
    /// A short value: characters in a text encoding, typed in a binary one.
    Atom(Atom),
}

impl Element {
    /// An element of that prefixed name, whose namespace an outer element declares.
    #[must_use]
    pub fn new(qualified: &'static str) -> Self {
        let (prefix, name) = qualified.split_once(':').unwrap_or(("", qualified));
        Self::named(prefix, Cow::Borrowed(name))
    }

    /// An element of a name that is made at run time.
    #[must_use]
    pub fn named(prefix: &'static str, name: Cow<'static, str>) -> Self {
        let prefix = Cow::Borrowed(prefix);
        let namespace = Arc::from("");
        Self {
            prefix,
            name,
            namespace,
            declarations: Vec::new(),
            attributes: Vec::new(),
            children: Vec::new(),
        }
    }

    /// Declares a namespace (an empty prefix: the default one).
    #[must_use]
    pub fn declare(mut self, prefix: &'static str, namespace: &str) -> Self {
        self.declarations.push((Cow::Borrowed(prefix), Arc::from(namespace)));
        self
    }

    /// Adds an attribute of that prefixed name.
    #[must_use]
    pub fn with(mut self, qualified: &'static str, value: &str) -> Self {
        let (prefix, name) = qualified.split_once(':').unwrap_or(("", qualified));
        let (prefix, name) = (Cow::Borrowed(prefix), Cow::Borrowed(name));
        self.attributes.push(Attribute { prefix, name, namespace: Arc::from(""), value: value.to_owned() });
        self
    }

    /// Adds an element.
    #[must_use]
    pub fn child(mut self, element: Self) -> Self {
        self.children.push(Node::Element(element));
        self
    }

    /// Adds elements.
    #[must_use]
    pub fn children(mut self, elements: impl IntoIterator<Item = Self>) -> Self {
        self.children.extend(elements.into_iter().map(Node::Element));
        self
    }

    /// Adds characters.
    #[must_use]
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.children.push(Node::Text(text.into()));
        self
    }

    /// Adds octets.
    #[must_use]
    pub fn octets(mut self, octets: Bytes) -> Self {
        self.children.push(Node::Octets(octets));
        self
    }

    /// Adds a short typed value.
    #[must_use]
    pub fn atom(mut self, atom: Atom) -> Self {
        self.children.push(Node::Atom(atom));
        self
    }

    /// Characters, or `i:nil="true"` for none.
    #[must_use]
    pub fn text_or_nil(self, text: Option<&str>) -> Self {
        match text {
            Some(text) => self.text(text),
            None => self.with("i:nil", "true"),
        }
    }

    /// Whether it has that namespace and local name.
    #[must_use]
    pub fn is(&self, namespace: &str, name: &str) -> bool {
        &*self.namespace == namespace && self.name == name
    }

    /// The first element of that namespace and local name inside.
    #[must_use]
    pub fn named_in(&self, namespace: &str, name: &str) -> Option<&Self> {
        self.elements().find(|element| element.is(namespace, name))
    }

    /// The elements inside.
    pub fn elements(&self) -> impl Iterator<Item = &Self> {
        self.children.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) | Node::Octets(_) | Node::Atom(_) => None,
        })
    }

    /// The first element of that local name inside. Namespaces are not asked: the clients at large agree on the names only.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Self> {
        self.elements().find(|element| element.name.eq_ignore_ascii_case(name))
    }

    /// The first element of that local name at any depth.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Self> {
        self.get(name).or_else(|| self.elements().find_map(|element| element.find(name)))
    }

    /// An attribute by namespace and local name.
    #[must_use]
    pub fn attribute(&self, namespace: &str, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|known| *known.namespace == *namespace && known.name == name);
        found.map(|attribute| attribute.value.as_str())
    }

    /// `i:nil` is true.
    #[must_use]
    pub fn is_nil(&self) -> bool {
        self.attribute(INSTANCE, "nil").is_some_and(|nil| matches!(nil.trim(), "true" | "1"))
    }

    /// The characters directly inside; octets as base64.
    #[must_use]
    pub fn content(&self) -> String {
        let mut content = String::new();
        for node in &self.children {
            match node {
                Node::Text(text) => content.push_str(text),
                Node::Octets(octets) => STANDARD.encode_string(octets, &mut content),
                Node::Atom(atom) => content.push_str(&atom.to_string()),
                Node::Element(_) => {}
            }
        }
        content
    }

    /// The characters of an element inside, without white space around; `None` if it is missing, nil or empty.
    #[must_use]
    pub fn content_of(&self, name: &str) -> Option<String> {
        let element = self.get(name).filter(|element| !element.is_nil())?;
        Some(element.content().trim().to_owned()).filter(|text| !text.is_empty())
    }
}
