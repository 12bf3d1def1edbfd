//! What is wrong with a document, and where.

use std::fmt;

/// A place in a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In a text.
    Text {
        /// Line, from 1.
        line: usize,
        /// Column in characters, from 1.
        column: usize,
    },
    /// In a binary encoding: octets before it.
    Octet(usize),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text { line, column } => write!(f, "line {line}, column {column}"),
            Self::Octet(at) => write!(f, "octet {at}"),
        }
    }
}

/// What is wrong with a document, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {problem}")]
pub struct XmlError {
    /// Where.
    pub place: Place,
    /// What is wrong.
    pub problem: String,
}

impl XmlError {
    /// Line and column, both from 1; in a binary encoding, 1 and the octet.
    #[must_use]
    pub const fn line_column(&self) -> (usize, usize) {
        match self.place {
            Place::Text { line, column } => (line, column),
            Place::Octet(at) => (1, at.saturating_add(1)),
        }
    }
}
