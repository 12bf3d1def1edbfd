//! Devices on a path. Source: microsoft-graph-docs, resources/device.md (methods, relationships).

use super::directory_object::{DIRECTORY_OBJECT, MEMBERSHIP};
use super::tables::{Act, Content, Navigation, Operation, Relation, Type, Verb};
use crate::graph::types;

pub(super) const SET: &[Verb] =
    &[Verb::get("graph.devices.list", Act::List), Verb::post("graph.unserved", Act::Unserved)];

pub(super) const ITEM: &[Verb] = &[
    Verb::get("graph.devices.get", Act::Get),
    Verb::patch("graph.devices.patch", Act::Patch),
    Verb::delete("graph.devices.delete", Act::Delete),
];

pub(super) const OF_SET: &[Operation] =
    &[Operation { name: "delta", verb: Verb::get("graph.devices.delta", Act::Delta) }];

pub(super) const KNOWN_OF_SET: &[&str] = &["getByIds", "validateProperties"];

/// `microsoft.graph.device`.
pub(in crate::graph) static DEVICE: Type = Type {
    name: "device",
    base: Some(&DIRECTORY_OBJECT),
    shape: Some(&types::DEVICE),
    navigations: &[
        Navigation {
            count: &[Verb::get("graph.devices.member_of.count", Act::Count)],
            ..Navigation::many(
                "memberOf",
                &DIRECTORY_OBJECT,
                Content::Related(Relation::MemberOf),
                &[Verb::get("graph.devices.member_of.list", Act::List)],
            )
        },
        Navigation {
            count: &[Verb::get("graph.devices.transitive_member_of.count", Act::Count)],
            ..Navigation::many(
                "transitiveMemberOf",
                &DIRECTORY_OBJECT,
                Content::Related(Relation::TransitiveMemberOf),
                &[Verb::get("graph.devices.transitive_member_of.list", Act::List)],
            )
        },
    ],
    operations: MEMBERSHIP,
    known: &["extensions", "registeredOwners", "registeredUsers", "restore"],
};
