//! The properties of an object that have no field of their own.

use std::borrow::Cow;
use std::sync::Arc;

use super::attributes::{self, AttributeId};
use super::value::Value;

/// Name of a property: two octets for what the tenant knows, the text itself for extensions and what a lenient tenant
/// takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name(Inner);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Inner {
    Known(AttributeId),
    Other(Arc<str>),
}

impl Name {
    /// The name as text: the canonical one of a known property.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Inner::Known(id) => id.name(),
            Inner::Other(name) => name,
        }
    }

    /// The known property.
    #[must_use]
    pub const fn id(&self) -> Option<AttributeId> {
        match self.0 {
            Inner::Known(id) => Some(id),
            Inner::Other(_) => None,
        }
    }
}

impl From<&str> for Name {
    fn from(name: &str) -> Self {
        Self(attributes::id(name).map_or_else(|| Inner::Other(name.into()), Inner::Known))
    }
}

impl From<Cow<'_, str>> for Name {
    fn from(name: Cow<'_, str>) -> Self {
        Self::from(name.as_ref())
    }
}

/// Properties by canonical name, in the order in which they were first set. Objects have few of them: a search in a
/// short list costs less than a map for each of 100,000 objects.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Properties(Vec<(Name, Value)>);

impl Properties {
    fn position(&self, name: &Name) -> Option<usize> {
        self.0.iter().position(|(held, _)| held == name)
    }

    /// The value of that (canonical) name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        let found = match attributes::id(name) {
            Some(id) => self.0.iter().find(|(held, _)| held.id() == Some(id)),
            None => self.0.iter().find(|(held, _)| held.id().is_none() && held.as_str() == name),
        };
        found.map(|(_, value)| value)
    }

    /// Sets a value; [`Value::Null`] and the like remove the property.
    pub fn set(&mut self, name: impl Into<Name>, value: Value) {
        let name = name.into();
        match (self.position(&name), value.is_nothing()) {
            (Some(at), true) => drop(self.0.remove(at)),
            (Some(at), false) => self.0[at].1 = value,
            (None, true) => {}
            (None, false) => self.0.push((name, value)),
        }
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// All of those that the tenant knows.
    pub(super) fn known(&self) -> impl Iterator<Item = (AttributeId, &Value)> {
        self.0.iter().filter_map(|(name, value)| Some((name.id()?, value)))
    }

    /// No property is set.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Gives back room that is not used: an object is written seldom and kept long.
    pub(super) fn trim(&mut self) {
        self.0.shrink_to_fit();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_and_other_names_are_set_found_and_removed() {
        let extension = "extension_9d98ed114b254e3bb3a2a4f0a5ee7f05_badge";
        let mut properties = Properties::default();
        for (name, text) in [("title", "a"), (extension, "b"), ("title", "c")] {
            properties.set(name, Value::from(text));
        }
        let all: Vec<_> = properties.iter().map(|(name, value)| (name, value.as_text())).collect();
        assert_eq!(all, [("title", Some("c")), (extension, Some("b"))]);
        assert_eq!(properties.get(extension), Some(&Value::from("b")));
        properties.set(extension, Value::Null);
        assert_eq!(properties.get(extension), None);
        assert_eq!(properties.known().count(), 1);
    }

    #[test]
    fn a_name_is_no_larger_than_a_text_slice() {
        assert_eq!(size_of::<Name>(), size_of::<&str>());
    }
}
