//! Users on a path. Source: microsoft-graph-docs, resources/user.md (methods, relationships).

use super::directory_object::{DIRECTORY_OBJECT, MEMBERSHIP};
use super::photo;
use super::sync_behavior;
use super::tables::{Act, Content, Navigation, Operation, Relation, Type, Verb};
use crate::graph::types;

pub(super) const SET: &[Verb] =
    &[Verb::get("graph.users.list", Act::List), Verb::post("graph.users.create", Act::Create)];

pub(super) const ITEM: &[Verb] = &[
    Verb::get("graph.users.get", Act::Get),
    Verb::patch("graph.users.patch", Act::Patch),
    Verb::delete("graph.users.delete", Act::Delete),
];

/// The signed-in person.
pub(super) const ME: &[Verb] = &[
    Verb::get("graph.me.get", Act::Get),
    Verb::patch("graph.me.patch", Act::Patch),
    Verb::delete("graph.users.delete", Act::Delete),
];

pub(super) const OF_SET: &[Operation] =
    &[Operation { name: "delta", verb: Verb::get("graph.users.delta", Act::Delta) }];

pub(super) const KNOWN_OF_SET: &[&str] = &["getByIds", "validateProperties", "getManagedAppBlockedUsers"];

/// `microsoft.graph.user`.
pub(in crate::graph) static USER: Type = Type {
    name: "user",
    base: Some(&DIRECTORY_OBJECT),
    shape: Some(&types::USER),
    navigations: &[
        sync_behavior::of(sync_behavior::OF_USER),
        Navigation {
            links: &[
                Verb::get("graph.users.manager.get", Act::Links),
                Verb::put("graph.users.manager.set", Act::SetLink),
                Verb::delete("graph.users.manager.remove", Act::RemoveLink),
            ],
            ..Navigation::one(
                "manager",
                &DIRECTORY_OBJECT,
                Content::Related(Relation::Manager),
                &[Verb::get("graph.users.manager.get", Act::Get)],
            )
        },
        Navigation::one(
            "photo",
            &photo::PHOTO,
            Content::Photo,
            &[Verb::get("graph.users.photo.get", Act::Get)],
        ),
        Navigation {
            count: &[Verb::get("graph.users.direct_reports.count", Act::Count)],
            ..Navigation::many(
                "directReports",
                &DIRECTORY_OBJECT,
                Content::Related(Relation::DirectReports),
                &[Verb::get("graph.users.direct_reports.list", Act::List)],
            )
        },
        Navigation {
            count: &[Verb::get("graph.users.member_of.count", Act::Count)],
            ..Navigation::many(
                "memberOf",
                &DIRECTORY_OBJECT,
                Content::Related(Relation::MemberOf),
                &[Verb::get("graph.users.member_of.list", Act::List)],
            )
        },
        Navigation {
            count: &[Verb::get("graph.users.transitive_member_of.count", Act::Count)],
            ..Navigation::many(
                "transitiveMemberOf",
                &DIRECTORY_OBJECT,
                Content::Related(Relation::TransitiveMemberOf),
                &[Verb::get("graph.users.transitive_member_of.list", Act::List)],
            )
        },
    ],
    operations: MEMBERSHIP,
    known: &[
        "activities",
        "agreementAcceptances",
        "appRoleAssignments",
        "assignLicense",
        "authentication",
        "calendar",
        "calendarGroups",
        "calendars",
        "calendarView",
        "changePassword",
        "chats",
        "cloudClipboard",
        "cloudPCs",
        "contactFolders",
        "contacts",
        "createdObjects",
        "drive",
        "drives",
        "employeeExperience",
        "events",
        "exportPersonalData",
        "extensions",
        "findMeetingTimes",
        "followedSites",
        "getMailTips",
        "inferenceClassification",
        "insights",
        "invalidateAllRefreshTokens",
        "joinedTeams",
        "licenseDetails",
        "mailFolders",
        "managedDevices",
        "messages",
        "oauth2PermissionGrants",
        "onenote",
        "onlineMeetings",
        "outlook",
        "ownedDevices",
        "ownedObjects",
        "people",
        "permissionGrants",
        "photos",
        "planner",
        "presence",
        "registeredDevices",
        "reminderView",
        "restore",
        "retryServiceProvisioning",
        "revokeSignInSessions",
        "scopedRoleMemberOf",
        "sendMail",
        "settings",
        "solutions",
        "sponsors",
        "teamwork",
        "todo",
        "translateExchangeIds",
    ],
};
