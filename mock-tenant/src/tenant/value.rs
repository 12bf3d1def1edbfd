//! Values as the provisioning service types them.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;

/// The values of one certificate attribute, verbatim, in the order in which they were written (the order has no
/// meaning). Shared between the versions of an object, so that a change of something else copies no certificate.
pub type Certificates = Arc<[Bytes]>;

/// One property value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Explicitly nothing (`i:nil="true"`, JSON `null`): clears the property.
    Null,
    /// `xs:string`.
    Text(String),
    /// `xs:boolean`.
    Bool(bool),
    /// `xs:long`.
    Long(i64),
    /// `xs:base64Binary`.
    Binary(Bytes),
    /// `ArrayOfstring`.
    TextList(Vec<String>),
    /// `ArrayOfbase64Binary`.
    BinaryList(Certificates),
}

impl Value {
    /// What kind of value it is, in the words of an error message.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Null => "nil",
            Self::Text(_) => "string",
            Self::Bool(_) => "boolean",
            Self::Long(_) => "long",
            Self::Binary(_) => "base64Binary",
            Self::TextList(_) => "ArrayOfstring",
            Self::BinaryList(_) => "ArrayOfbase64Binary",
        }
    }

    /// `true` for what clears a property: nil, an empty text, an empty list.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Text(text) => text.is_empty(),
            Self::TextList(list) => list.is_empty(),
            Self::BinaryList(list) => list.is_empty(),
            Self::Bool(_) | Self::Long(_) | Self::Binary(_) => false,
        }
    }

    /// The text of a string value.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The value as JSON: binaries as base64.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Null => serde_json::Value::Null,
            Self::Text(text) => text.as_str().into(),
            Self::Bool(flag) => (*flag).into(),
            Self::Long(number) => (*number).into(),
            Self::Binary(octets) => STANDARD.encode(octets).into(),
            Self::TextList(list) => list.clone().into(),
            Self::BinaryList(list) => certificates_to_json(list),
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Bool(flag)
    }
}

impl From<Vec<String>> for Value {
    fn from(list: Vec<String>) -> Self {
        Self::TextList(list)
    }
}

/// Certificate values as a JSON array of base64 texts.
#[must_use]
pub fn certificates_to_json(list: &[Bytes]) -> serde_json::Value {
    list.iter().map(|value| serde_json::Value::from(STANDARD.encode(value))).collect()
}

/// The empty certificate list.
#[must_use]
pub fn no_certificates() -> Certificates {
    Arc::from(Vec::new())
}
