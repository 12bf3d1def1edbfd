//! The stream that all encodings share.

use std::borrow::Cow;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use uuid::Uuid;

use super::error::{Place, XmlError};

/// One step through a document. After a start come its namespaces and attributes, in any order, then what is inside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event<'a> {
    /// An element begins.
    Start {
        /// Prefix as written; empty if there is none.
        prefix: Cow<'a, str>,
        /// Local name.
        name: Cow<'a, str>,
    },
    /// The element that has just begun declares a namespace.
    Namespace {
        /// Prefix; empty for the default namespace.
        prefix: Cow<'a, str>,
        /// Namespace.
        namespace: Cow<'a, str>,
    },
    /// The element that has just begun has an attribute.
    Attribute {
        /// Prefix as written; empty if there is none.
        prefix: Cow<'a, str>,
        /// Local name.
        name: Cow<'a, str>,
        /// Value.
        value: Cow<'a, str>,
    },
    /// Something inside that is no element.
    Text(Value<'a>),
    /// The innermost open element ends.
    End,
}

/// Content that a binary encoding carries by type; in a text it is characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value<'a> {
    /// Characters.
    Chars(Cow<'a, str>),
    /// Octets: base64 in a text.
    Octets(Cow<'a, [u8]>),
    /// A short value.
    Atom(Atom),
}

impl<'a> Value<'a> {
    /// The characters that stand for it.
    #[must_use]
    pub fn into_chars(self) -> Cow<'a, str> {
        match self {
            Self::Chars(chars) => chars,
            Self::Octets(octets) => Cow::Owned(STANDARD.encode(octets)),
            Self::Atom(atom) => Cow::Owned(atom.to_string()),
        }
    }
}

/// A short typed value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Atom {
    /// `true`, `false`.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// A UUID.
    Uuid(Uuid),
    /// A UUID as a URN.
    UniqueId(Uuid),
}

impl std::fmt::Display for Atom {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Bool(flag) => flag.fmt(f),
            Self::Integer(number) => number.fmt(f),
            Self::Uuid(id) => id.fmt(f),
            Self::UniqueId(id) => id.urn().fmt(f),
        }
    }
}

/// Where events come from.
pub trait EventReader<'a> {
    /// The next event; `None` at the end of the document.
    ///
    /// # Errors
    /// The document is not well-formed.
    fn next(&mut self) -> Result<Option<Event<'a>>, XmlError>;

    /// Where the last event began.
    fn place(&self) -> Place;
}

/// Where events go.
pub trait EventWriter {
    /// Takes the next event. Starts and ends must pair; nothing is checked.
    fn put(&mut self, event: Event<'_>);
}
