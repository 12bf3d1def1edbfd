//! Entity types as tables: which properties there are, how they are read, what a filter may do with them.

use std::fmt;

use super::value::Value;

/// Type of a property.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EdmType {
    /// `Edm.String`.
    String,
    /// `Edm.Boolean`.
    Boolean,
    /// `Edm.DateTimeOffset`.
    DateTimeOffset,
    /// `Collection(Edm.String)`.
    Strings,
    /// A complex type or a collection of one.
    Complex,
}

impl EdmType {
    /// The name in error texts.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::String => "Edm.String",
            Self::Boolean => "Edm.Boolean",
            Self::DateTimeOffset => "Edm.DateTimeOffset",
            Self::Strings => "Collection(Edm.String)",
            Self::Complex => "complex",
        }
    }
}

/// What `$filter` and `$orderby` may do with a property.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ops(pub(super) u16);

impl Ops {
    /// Nothing.
    pub const NONE: Self = Self(0);
    /// `eq` with a value.
    pub const EQ: Self = Self(1);
    /// `ne` (advanced query).
    pub const NE: Self = Self(2);
    /// `not` (advanced query).
    pub const NOT: Self = Self(4);
    /// `ge`, `gt`, `le`, `lt`.
    pub const RANGE: Self = Self(8);
    /// `in`.
    pub const IN: Self = Self(16);
    /// `startsWith`.
    pub const STARTS: Self = Self(32);
    /// `endsWith` (advanced query).
    pub const ENDS: Self = Self(64);
    /// `eq null`.
    pub const NULL: Self = Self(128);
    /// `$orderby`.
    pub const ORDER: Self = Self(256);
    /// `contains` (no property of a directory object has it).
    pub const CONTAINS: Self = Self(512);
    /// `eq, ne, not, ge, le, in`: what the docs list for most properties.
    pub const COMMON: Self = Self(1 | 2 | 4 | 8 | 16);
    /// The same with `startsWith` and `eq null`.
    pub const TEXT: Self = Self(1 | 2 | 4 | 8 | 16 | 32 | 128);

    /// These and those.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// All of `other` are allowed.
    #[must_use]
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

/// One property of an entity type.
pub struct Property<T: 'static> {
    /// Name.
    pub name: &'static str,
    /// Type.
    pub edm: EdmType,
    /// In the answer without `$select` (v1.0).
    pub default: bool,
    /// What queries may do with it.
    pub ops: Ops,
    /// Reads it; the second argument is the property's name.
    pub read: for<'a> fn(&'a T, &'static str) -> Value<'a>,
}

impl<T> Property<T> {
    /// Reads the property of a row.
    pub fn of<'a>(&self, row: &'a T) -> Value<'a> {
        (self.read)(row, self.name)
    }
}

impl<T> fmt::Debug for Property<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// An entity type.
#[derive(Debug)]
pub struct EntityType<T: 'static> {
    /// `microsoft.graph.user`.
    pub name: &'static str,
    /// `User`: the name in the directory's own error texts.
    pub resource: &'static str,
    /// Properties in the order in which an answer lists them.
    pub properties: &'static [Property<T>],
    /// Properties of the real type that the double has no data for.
    pub unserved: &'static [&'static str],
}

/// What a name means on an entity type.
#[derive(Debug)]
pub enum Found<T: 'static> {
    /// A property we serve.
    Served(&'static Property<T>),
    /// A property of the real service only.
    Unserved(&'static str),
    /// No such property.
    Unknown,
}

impl<T> EntityType<T> {
    /// Looks a property up; names are case-insensitive, as at the service.
    #[must_use]
    pub fn find(&self, name: &str) -> Found<T> {
        if let Some(property) =
            self.properties.iter().find(|property| property.name.eq_ignore_ascii_case(name))
        {
            return Found::Served(property);
        }
        match self.unserved.iter().find(|known| known.eq_ignore_ascii_case(name)) {
            Some(known) => Found::Unserved(known),
            None => Found::Unknown,
        }
    }
}
