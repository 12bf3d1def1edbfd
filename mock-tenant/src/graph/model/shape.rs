//! A type's properties without what rows they are read from.

use std::sync::LazyLock;

use crate::odata::{EntityType, Found};

/// What a type knows of a property.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::graph) enum Known {
    /// It is served, under this name.
    Served(String),
    /// Only the real service has data for it.
    Unserved,
}

/// Names and types of an entity type's properties.
pub(in crate::graph) trait Shape: Sync {
    /// Served properties and their types, in the order of an answer.
    fn properties(&self) -> Vec<(String, String)>;

    /// Looks a property up, whatever its letter case.
    fn find(&self, name: &str) -> Option<Known>;
}

impl std::fmt::Debug for dyn Shape {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Shape(..)")
    }
}

impl<T> Shape for LazyLock<EntityType<T>> {
    fn properties(&self) -> Vec<(String, String)> {
        let served = self.properties.iter().filter(|property| property.read.is_some());
        served.map(|property| (property.name.to_string(), property.type_name())).collect()
    }

    fn find(&self, name: &str) -> Option<Known> {
        match (**self).find(name) {
            Found::Served(property) => Some(Known::Served(property.name.to_string())),
            Found::Unserved(_) => Some(Known::Unserved),
            Found::Unknown => None,
        }
    }
}
