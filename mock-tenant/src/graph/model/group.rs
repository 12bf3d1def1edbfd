//! Groups on a path. Source: microsoft-graph-docs, resources/group.md (methods, relationships).

use super::directory_object::{DIRECTORY_OBJECT, MEMBERSHIP};
use super::photo;
use super::sync_behavior;
use super::tables::{Act, Content, Navigation, Operation, Relation, Type, Verb};
use crate::graph::types;

pub(super) const SET: &[Verb] =
    &[Verb::get("graph.groups.list", Act::List), Verb::post("graph.groups.create", Act::Create)];

pub(super) const ITEM: &[Verb] = &[
    Verb::get("graph.groups.get", Act::Get),
    Verb::patch("graph.groups.patch", Act::Patch),
    Verb::delete("graph.groups.delete", Act::Delete),
];

pub(super) const OF_SET: &[Operation] =
    &[Operation { name: "delta", verb: Verb::get("graph.groups.delta", Act::Delta) }];

pub(super) const KNOWN_OF_SET: &[&str] = &["getByIds", "validateProperties"];

/// `microsoft.graph.group`.
pub(in crate::graph) static GROUP: Type = Type {
    name: "group",
    base: Some(&DIRECTORY_OBJECT),
    shape: Some(&types::GROUP),
    navigations: &[
        sync_behavior::of(sync_behavior::OF_GROUP),
        Navigation {
            links: &[
                Verb::get("graph.groups.members.list", Act::Links),
                Verb::post("graph.groups.members.add", Act::AddLink),
                Verb::delete("graph.groups.members.remove", Act::RemoveLink),
            ],
            item_links: &[Verb::delete("graph.groups.members.remove", Act::RemoveLink)],
            count: &[Verb::get("graph.groups.members.count", Act::Count)],
            ..Navigation::many(
                "members",
                &DIRECTORY_OBJECT,
                Content::Related(Relation::Members),
                &[Verb::get("graph.groups.members.list", Act::List)],
            )
        },
        Navigation {
            links: &[
                Verb::get("graph.groups.owners.list", Act::Links),
                Verb::post("graph.groups.owners.add", Act::AddLink),
                Verb::delete("graph.groups.owners.remove", Act::RemoveLink),
            ],
            item_links: &[Verb::delete("graph.groups.owners.remove", Act::RemoveLink)],
            count: &[Verb::get("graph.groups.owners.count", Act::Count)],
            ..Navigation::many(
                "owners",
                &DIRECTORY_OBJECT,
                Content::Related(Relation::Owners),
                &[Verb::get("graph.groups.owners.list", Act::List)],
            )
        },
        Navigation::one(
            "photo",
            &photo::PHOTO,
            Content::Photo,
            &[Verb::get("graph.groups.photo.get", Act::Get)],
        ),
        Navigation {
            count: &[Verb::get("graph.groups.transitive_members.count", Act::Count)],
            ..Navigation::many(
                "transitiveMembers",
                &DIRECTORY_OBJECT,
                Content::Related(Relation::TransitiveMembers),
                &[Verb::get("graph.groups.transitive_members.list", Act::List)],
            )
        },
        Navigation {
            count: &[Verb::get("graph.groups.member_of.count", Act::Count)],
            ..Navigation::many(
                "memberOf",
                &DIRECTORY_OBJECT,
                Content::Related(Relation::MemberOf),
                &[Verb::get("graph.groups.member_of.list", Act::List)],
            )
        },
        Navigation {
            count: &[Verb::get("graph.groups.transitive_member_of.count", Act::Count)],
            ..Navigation::many(
                "transitiveMemberOf",
                &DIRECTORY_OBJECT,
                Content::Related(Relation::TransitiveMemberOf),
                &[Verb::get("graph.groups.transitive_member_of.list", Act::List)],
            )
        },
    ],
    operations: MEMBERSHIP,
    known: &[
        "acceptedSenders",
        "addFavorite",
        "appRoleAssignments",
        "assignLicense",
        "calendar",
        "calendarView",
        "checkGrantedPermissionsForApp",
        "conversations",
        "createdOnBehalfOf",
        "drive",
        "drives",
        "events",
        "extensions",
        "groupLifecyclePolicies",
        "membersWithLicenseErrors",
        "onenote",
        "permissionGrants",
        "photos",
        "planner",
        "rejectedSenders",
        "removeFavorite",
        "renew",
        "resetUnseenCount",
        "retryServiceProvisioning",
        "settings",
        "sites",
        "subscribeByMail",
        "team",
        "threads",
        "unsubscribeByMail",
        "validateProperties",
    ],
};
