//! Which encoding.

use super::error::XmlError;
use super::tree::Element;
use super::{nbfx, text};

/// An encoding of XML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Codec {
    /// XML 1.0 in UTF-8.
    Text,
    /// .NET Binary Format: XML Data Structure, with the static dictionary of its SOAP data structure.
    Nbfx,
}

impl Codec {
    /// Reads a document.
    ///
    /// # Errors
    /// It is not well-formed, or beyond a limit.
    pub fn decode(self, octets: &[u8]) -> Result<Element, XmlError> {
        match self {
            Self::Text => text::parse(octets),
            Self::Nbfx => nbfx::decode(octets),
        }
    }

    /// Writes a document.
    #[must_use]
    pub fn encode(self, root: &Element) -> Vec<u8> {
        match self {
            Self::Text => text::write(root).into_bytes(),
            Self::Nbfx => nbfx::encode(root),
        }
    }
}
