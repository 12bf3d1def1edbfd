//! `microsoft.graph.directoryObject`: what all objects of the directory have in common.
//! Source: resources/directoryobject.md.

use std::sync::{Arc, LazyLock};

use super::USER;
use crate::odata::EntityType;
use crate::tenant::DirectoryObject;

/// A directory object of any type.
pub static DIRECTORY_OBJECT: LazyLock<EntityType<DirectoryObject>> =
    LazyLock::new(|| of_all(&["id", "deletedDateTime"]));

/// What queries over a relationship may name, although not every object of it has it: the service takes `displayName` in
/// them. Source: api/group-list-members.md, the example with `$search`, `$orderby` and `$select`.
pub static RELATED: LazyLock<EntityType<DirectoryObject>> =
    LazyLock::new(|| of_all(&["id", "deletedDateTime", "displayName", "mail", "userPrincipalName"]));

fn of_all(names: &[&str]) -> EntityType<DirectoryObject> {
    let properties = USER.properties.iter().filter(|property| names.contains(&property.name.as_ref()));
    EntityType {
        name: "microsoft.graph.directoryObject",
        resource: "DirectoryObject",
        properties: properties.map(Arc::clone).collect(),
        extension: None,
    }
}
