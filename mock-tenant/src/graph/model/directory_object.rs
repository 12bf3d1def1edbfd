//! `microsoft.graph.directoryObject`: what all objects of the directory have in common.

use super::tables::{Act, Operation, Type, Verb};

/// `microsoft.graph.directoryObject`.
pub(in crate::graph) static DIRECTORY_OBJECT: Type =
    Type { name: "directoryObject", base: None, shape: None, navigations: &[], operations: &[], known: &[] };

/// An object of the recycle bin: only there it can be restored.
/// Source: microsoft-graph-docs, api/directory-deleteditems-restore.md.
pub(super) static DELETED_OBJECT: Type = Type {
    name: "directoryObject",
    base: None,
    shape: None,
    navigations: &[],
    operations: &[Operation {
        name: "restore",
        verb: Verb::post("graph.deleted_items.restore", Act::Restore),
    }],
    known: &["checkMemberGroups", "checkMemberObjects", "getMemberGroups", "getMemberObjects"],
};
