//! Photos on a path: nobody has one here, which the service says in its own way.

use super::tables::{Act, Operation, Type, Verb};

/// `microsoft.graph.profilePhoto`. Its `$value` is the picture.
pub(in crate::graph) static PHOTO: Type = Type {
    name: "profilePhoto",
    base: None,
    shape: None,
    navigations: &[],
    operations: &[Operation { name: "$value", verb: Verb::get("graph.users.photo.get", Act::Get) }],
    known: &[],
};
