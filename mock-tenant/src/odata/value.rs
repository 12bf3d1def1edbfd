//! A property's value as a query sees it.

use std::borrow::Cow;
use std::cmp::Ordering;

use jiff::Timestamp;
use serde_json::Value as Json;

/// What a property of a row holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    /// Nothing.
    Null,
    /// `Edm.Boolean`.
    Bool(bool),
    /// `Edm.Int64`.
    Int(i64),
    /// `Edm.String`.
    Text(Cow<'a, str>),
    /// `Edm.DateTimeOffset`.
    Time(Timestamp),
    /// `Collection(Edm.String)`.
    Texts(Cow<'a, [String]>),
    /// A complex value, for reading only.
    Complex(Json),
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl<T> From<Option<T>> for Value<'_>
where
    Self: From<T>,
{
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Self::from)
    }
}

impl From<bool> for Value<'_> {
    fn from(flag: bool) -> Self {
        Self::Bool(flag)
    }
}

impl From<Timestamp> for Value<'_> {
    fn from(at: Timestamp) -> Self {
        Self::Time(at)
    }
}

impl<'a> From<&'a [String]> for Value<'a> {
    fn from(list: &'a [String]) -> Self {
        Self::Texts(Cow::Borrowed(list))
    }
}

impl<'a> Value<'a> {
    /// A member of a complex value; what isn't there is nothing.
    #[must_use]
    pub fn from_json(json: Option<&'a Json>) -> Self {
        match json {
            None | Some(Json::Null) => Self::Null,
            Some(Json::Bool(flag)) => Self::Bool(*flag),
            Some(Json::Number(number)) => number.as_i64().map_or(Self::Null, Self::Int),
            Some(Json::String(text)) => Self::Text(Cow::Borrowed(text)),
            Some(json) => Self::Complex(json.clone()),
        }
    }
}

impl Value<'_> {
    /// The value as JSON; times to the second, as Graph writes them.
    #[must_use]
    pub fn into_json(self) -> Json {
        match self {
            Self::Null => Json::Null,
            Self::Bool(flag) => flag.into(),
            Self::Int(number) => number.into(),
            Self::Text(text) => text.into_owned().into(),
            Self::Time(at) => at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string().into(),
            Self::Texts(list) => list.into_owned().into(),
            Self::Complex(json) => json,
        }
    }

    /// Order for `$orderby`: nothing first, texts without regard to case.
    #[must_use]
    pub fn order(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Text(a), Self::Text(b)) => compare_texts(a, b),
            (Self::Time(a), Self::Time(b)) => a.cmp(b),
            (Self::Bool(a), Self::Bool(b)) => a.cmp(b),
            (Self::Int(a), Self::Int(b)) => a.cmp(b),
            _ => (*self != Self::Null).cmp(&(*other != Self::Null)),
        }
    }
}

/// Whether a text begins with another, without regard to case.
pub(super) fn starts_with(text: &str, beginning: &str) -> bool {
    let mut text = text.chars().flat_map(char::to_lowercase);
    beginning.chars().flat_map(char::to_lowercase).all(|character| text.next() == Some(character))
}

/// Compares as the directory does: without regard to case.
pub(super) fn compare_texts(a: &str, b: &str) -> Ordering {
    a.chars().flat_map(char::to_lowercase).cmp(b.chars().flat_map(char::to_lowercase))
}
