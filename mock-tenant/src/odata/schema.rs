//! Entity types as tables: which properties there are, how they are read, who sets them, what queries may do with them.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use super::edm::EdmType;
use super::support::Ops;
use super::value::Value;

/// Reads a property of a row; the second argument is the property's name.
pub type Read<T> = for<'a> fn(&'a T, &str) -> Value<'a>;

/// The property that the name of an extension stands for; `None`: it is no such name.
pub type Extension<T> = fn(&str) -> Option<Property<T>>;

/// Who may set a property through Graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Settable {
    /// Nobody: read-only.
    #[default]
    Never,
    /// Whoever makes the object, and nobody later.
    Create,
    /// Graph, as long as no directory masters the object.
    CloudMastered,
    /// Graph, also on objects that a directory masters.
    Always,
}

/// One property of an entity type.
pub struct Property<T: 'static> {
    /// Name.
    pub name: Cow<'static, str>,
    /// Type, or that of the elements.
    pub edm: EdmType,
    /// It is a collection.
    pub collection: bool,
    /// In the answer without `$select` (v1.0).
    pub default: bool,
    /// Who sets it.
    pub settable: Settable,
    /// What queries may do with it; for a collection of primitive values: with its elements.
    pub ops: Ops,
    /// Members of a complex type that queries may name.
    pub members: Vec<Member>,
    /// Reads it; `None`: the double has no data for it.
    pub read: Option<Read<T>>,
}

/// A member of a complex property, or of the elements of a collection of such.
#[derive(Debug, Clone)]
pub struct Member {
    /// Name.
    pub name: &'static str,
    /// Type, or that of the elements.
    pub edm: EdmType,
    /// It is a collection.
    pub collection: bool,
    /// What queries may do with it.
    pub ops: Ops,
}

impl<T> Property<T> {
    /// Reads the property of a row.
    pub fn of<'a>(&self, row: &'a T) -> Value<'a> {
        self.read.map_or(Value::Null, |read| read(row, &self.name))
    }

    /// `Edm.String`, `Collection(Edm.String)`.
    #[must_use]
    pub fn type_name(&self) -> String {
        if self.collection { format!("Collection({})", self.edm) } else { self.edm.to_string() }
    }

    /// The member of that name, whatever its letter case.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.name.eq_ignore_ascii_case(name))
    }
}

impl<T> fmt::Debug for Property<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

/// An entity type.
#[derive(Debug)]
pub struct EntityType<T: 'static> {
    /// `microsoft.graph.user`.
    pub name: &'static str,
    /// `User`: the name in the directory's own error texts.
    pub resource: &'static str,
    /// All properties of the real type, in the order in which an answer lists them.
    pub properties: Vec<Arc<Property<T>>>,
    /// The property that an extension's name stands for, if the type is open to extensions.
    pub extension: Option<Extension<T>>,
}

/// What a name means on an entity type.
#[derive(Debug)]
pub enum Found<T: 'static> {
    /// A property we serve.
    Served(Arc<Property<T>>),
    /// A property of the real service only.
    Unserved(String),
    /// No such property.
    Unknown,
}

impl<T> EntityType<T> {
    /// Looks a property up; names are case-insensitive, as at the service.
    #[must_use]
    pub fn find(&self, name: &str) -> Found<T> {
        let known = self.properties.iter().find(|property| property.name.eq_ignore_ascii_case(name));
        match known {
            Some(property) if property.read.is_some() => Found::Served(Arc::clone(property)),
            Some(property) => Found::Unserved(property.name.to_string()),
            None => self.extension_named(name),
        }
    }

    fn extension_named(&self, name: &str) -> Found<T> {
        let property = self.extension.and_then(|extension| extension(name));
        property.map_or(Found::Unknown, |property| Found::Served(Arc::new(property)))
    }
}
