//! Types of properties.

use std::fmt;

/// A primitive type, or a complex one by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EdmType {
    /// `Edm.String`
    String,
    /// `Edm.Binary`
    Binary,
    /// `Edm.Boolean`
    Boolean,
    /// `Edm.DateTimeOffset`
    DateTimeOffset,
    /// `Edm.Guid`
    Guid,
    /// `Edm.Int32`
    Int32,
    /// `microsoft.graph.` and this name.
    Complex(&'static str),
}

impl EdmType {
    const PRIMITIVE: [(&'static str, Self); 6] = [
        ("String", Self::String),
        ("Binary", Self::Binary),
        ("Boolean", Self::Boolean),
        ("DateTimeOffset", Self::DateTimeOffset),
        ("Guid", Self::Guid),
        ("Int32", Self::Int32),
    ];

    /// The type of that short name: `String`, `assignedLicense`.
    #[must_use]
    pub fn named(name: &'static str) -> Self {
        let primitive = Self::PRIMITIVE.iter().find(|(known, _)| *known == name);
        primitive.map_or(Self::Complex(name), |(_, edm)| *edm)
    }

    /// A complex type.
    #[must_use]
    pub const fn is_complex(self) -> bool {
        matches!(self, Self::Complex(_))
    }
}

/// `Edm.String`, `microsoft.graph.assignedLicense`: the name in `$metadata` and in error texts.
impl fmt::Display for EdmType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Self::PRIMITIVE.iter().find(|(_, edm)| edm == self) {
            Some((name, _)) => write!(f, "Edm.{name}"),
            None => match self {
                Self::Complex(name) => write!(f, "microsoft.graph.{name}"),
                _ => Ok(()),
            },
        }
    }
}
