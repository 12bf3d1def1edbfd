//! Contacts of the organization on a path. Source: microsoft-graph-docs, resources/orgcontact.md.

use super::directory_object::{DIRECTORY_OBJECT, MEMBERSHIP};
use super::sync_behavior;
use super::tables::{Act, Content, Navigation, Operation, Relation, Type, Verb};
use crate::graph::types;

pub(super) const SET: &[Verb] = &[Verb::get("graph.contacts.list", Act::List)];

pub(super) const ITEM: &[Verb] = &[Verb::get("graph.contacts.get", Act::Get)];

pub(super) const OF_SET: &[Operation] =
    &[Operation { name: "delta", verb: Verb::get("graph.contacts.delta", Act::Delta) }];

pub(super) const KNOWN_OF_SET: &[&str] = &["getByIds", "validateProperties"];

/// `microsoft.graph.orgContact`.
pub(in crate::graph) static CONTACT: Type = Type {
    name: "orgContact",
    base: Some(&DIRECTORY_OBJECT),
    shape: Some(&types::CONTACT),
    navigations: &[
        sync_behavior::of(sync_behavior::OF_CONTACT),
        Navigation::one(
            "manager",
            &DIRECTORY_OBJECT,
            Content::Related(Relation::Manager),
            &[Verb::get("graph.contacts.manager.get", Act::Get)],
        ),
        Navigation::many(
            "directReports",
            &DIRECTORY_OBJECT,
            Content::Related(Relation::DirectReports),
            &[Verb::get("graph.contacts.direct_reports.list", Act::List)],
        ),
        Navigation {
            count: &[Verb::get("graph.contacts.member_of.count", Act::Count)],
            ..Navigation::many(
                "memberOf",
                &DIRECTORY_OBJECT,
                Content::Related(Relation::MemberOf),
                &[Verb::get("graph.contacts.member_of.list", Act::List)],
            )
        },
        Navigation {
            count: &[Verb::get("graph.contacts.transitive_member_of.count", Act::Count)],
            ..Navigation::many(
                "transitiveMemberOf",
                &DIRECTORY_OBJECT,
                Content::Related(Relation::TransitiveMemberOf),
                &[Verb::get("graph.contacts.transitive_member_of.list", Act::List)],
            )
        },
    ],
    operations: MEMBERSHIP,
    known: &["restore", "retryServiceProvisioning"],
};
