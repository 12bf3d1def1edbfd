//! Encodings of messages, and the media types that name them.

use crate::xml::{Codec, Element, XmlError};

/// How a message is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// SOAP 1.2 as text.
    Text,
    /// SOAP 1.2 in .NET's binary XML: what Entra Connect speaks.
    Binary,
    /// SOAP 1.1 as text: Exchange Web Services.
    Text11,
}

/// Media types that a request to the provisioning service may have. Source: WCF's message encoders; plain XML is an
/// addition.
pub const MEDIA: &[&str] = &[BINARY, "application/soap+xml", "text/xml", "application/xml"];

const BINARY: &str = "application/soap+msbin1";

impl Encoding {
    /// The encoding of a request to the provisioning service with that Content-Type.
    #[must_use]
    pub fn of_content_type(content_type: &str) -> Option<Self> {
        let media = content_type.split(';').next().unwrap_or_default().trim();
        let known = MEDIA.iter().find(|known| known.eq_ignore_ascii_case(media))?;
        Some(if *known == BINARY { Self::Binary } else { Self::Text })
    }

    /// Content-Type of an answer.
    #[must_use]
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Text => "application/soap+xml; charset=utf-8",
            Self::Binary => BINARY,
            Self::Text11 => "text/xml; charset=utf-8",
        }
    }

    const fn codec(self) -> Codec {
        match self {
            Self::Text | Self::Text11 => Codec::Text,
            Self::Binary => Codec::Nbfx,
        }
    }

    /// Reads a message.
    ///
    /// # Errors
    /// It is not well-formed, or beyond a limit.
    pub fn decode(self, octets: &[u8]) -> Result<Element, XmlError> {
        self.codec().decode(octets)
    }

    /// Writes a message. Exchange begins with an XML declaration, WCF does not.
    #[must_use]
    pub fn encode(self, message: &Element) -> Vec<u8> {
        let mut octets = match self {
            Self::Text11 => br#"<?xml version="1.0" encoding="utf-8"?>"#.to_vec(),
            Self::Text | Self::Binary => Vec::new(),
        };
        octets.append(&mut self.codec().encode(message));
        octets
    }
}
