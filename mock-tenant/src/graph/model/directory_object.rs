//! `microsoft.graph.directoryObject`: what all objects of the directory have in common.
//! Source: microsoft-graph-docs, resources/directoryobject.md.

use super::tables::{Act, Operation, Type, Verb};
use crate::graph::types;

pub(super) const SET: &[Verb] = &[Verb::post("graph.unserved", Act::Unserved)];

pub(super) const ITEM: &[Verb] = &[
    Verb::get("graph.directory_objects.get", Act::Get),
    Verb::delete("graph.directory_objects.delete", Act::Delete),
];

pub(super) const OF_SET: &[Operation] =
    &[Operation { name: "getByIds", verb: Verb::post("graph.directory_objects.get_by_ids", Act::GetByIds) }];

pub(super) const KNOWN_OF_SET: &[&str] =
    &["delta", "getAvailableExtensionProperties", "getUserOwnedObjects", "validateProperties"];

/// Questions about membership that one may ask every object.
pub(super) const MEMBERSHIP: &[Operation] = &[
    Operation {
        name: "checkMemberGroups",
        verb: Verb::post("graph.directory_objects.check_member_groups", Act::CheckMembers),
    },
    Operation {
        name: "checkMemberObjects",
        verb: Verb::post("graph.directory_objects.check_member_objects", Act::CheckMembers),
    },
    Operation {
        name: "getMemberGroups",
        verb: Verb::post("graph.directory_objects.get_member_groups", Act::GetMembers),
    },
    Operation {
        name: "getMemberObjects",
        verb: Verb::post("graph.directory_objects.get_member_objects", Act::GetMembers),
    },
];

/// `microsoft.graph.directoryObject`.
pub(in crate::graph) static DIRECTORY_OBJECT: Type = Type {
    name: "directoryObject",
    base: None,
    shape: Some(&types::DIRECTORY_OBJECT),
    navigations: &[],
    operations: MEMBERSHIP,
    known: &["restore"],
};

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
