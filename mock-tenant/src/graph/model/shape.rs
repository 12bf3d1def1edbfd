//! A type's properties without what rows they are read from.

use crate::odata::{EdmType, EntityType};

/// Names and types of an entity type's properties, and those of the real service that the double has no data for.
pub(in crate::graph) trait Shape: Sync {
    /// Served properties in the order of an answer.
    fn properties(&self) -> Vec<(&'static str, EdmType)>;

    /// Properties of the real type that are not served.
    fn unserved(&self) -> &'static [&'static str];
}

impl std::fmt::Debug for dyn Shape {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Shape(..)")
    }
}

impl<T> Shape for EntityType<T> {
    fn properties(&self) -> Vec<(&'static str, EdmType)> {
        self.properties.iter().map(|property| (property.name, property.edm)).collect()
    }

    fn unserved(&self) -> &'static [&'static str] {
        self.unserved
    }
}
