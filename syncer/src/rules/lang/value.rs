//! The values of the language.

use std::sync::Arc;

use jiff::civil::DateTime;

/// A value of the language. Absent attributes are [`Value::Null`]; lists are never empty (an empty list is `Null`)
/// and hold neither lists nor nulls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Nothing to contribute; a rule of lower precedence may.
    Null,
    /// Nothing, and no rule of lower precedence may contribute either.
    AuthoritativeNull,
    /// As if the flow weren't there: the target keeps what it has.
    IgnoreThisFlow,
    /// `bool`
    Bool(bool),
    /// `num`
    Num(i64),
    /// `str`
    Str(Arc<str>),
    /// `bin`
    Bin(Arc<[u8]>),
    /// `ref`: a DN.
    Ref(Arc<str>),
    /// `dt`: UTC without a zone; lives only inside an expression.
    Date(DateTime),
    /// `mvstr`, `mvbin`, `mvref` …
    List(Vec<Self>),
}

impl Value {
    /// A string value.
    pub fn str(text: impl AsRef<str>) -> Self {
        Self::Str(Arc::from(text.as_ref()))
    }

    /// A binary value.
    pub fn bin(octets: impl AsRef<[u8]>) -> Self {
        Self::Bin(Arc::from(octets.as_ref()))
    }

    /// A multi-value from its elements: nulls go, nested lists are flattened, nothing left is `Null`.
    pub fn list(values: impl IntoIterator<Item = Self>) -> Self {
        let mut flat = Vec::new();
        for value in values {
            match value {
                Self::Null => {}
                Self::List(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        if flat.is_empty() { Self::Null } else { Self::List(flat) }
    }

    /// The elements: none for `Null`, one for a single value.
    pub fn elements(&self) -> &[Self] {
        match self {
            Self::Null => &[],
            Self::List(values) => values,
            single => std::slice::from_ref(single),
        }
    }

    /// Absent, or one of the two special nulls.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null | Self::AuthoritativeNull)
    }

    /// Absent, an empty string or empty octets (IsNullOrEmpty, and the inverse of IsPresent).
    pub fn is_null_or_empty(&self) -> bool {
        match self {
            Self::Str(text) | Self::Ref(text) => text.is_empty(),
            Self::Bin(octets) => octets.is_empty(),
            Self::List(values) => values.is_empty(),
            other => other.is_null(),
        }
    }

    /// The type's name as the functions reference writes it.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Null | Self::AuthoritativeNull | Self::IgnoreThisFlow => "void",
            Self::Bool(_) => "bool",
            Self::Num(_) => "num",
            Self::Str(_) => "str",
            Self::Bin(_) => "bin",
            Self::Ref(_) => "ref",
            Self::Date(_) => "dt",
            Self::List(values) => match values.first() {
                Some(Self::Bin(_)) => "mvbin",
                Some(Self::Ref(_)) => "mvref",
                _ => "mvstr",
            },
        }
    }
}
