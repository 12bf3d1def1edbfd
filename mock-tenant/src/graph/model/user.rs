//! Users on a path. Source: microsoft-graph-docs, resources/user.md (methods, relationships).

use super::directory_object::DIRECTORY_OBJECT;
use super::tables::{Act, Operation, Type, Verb};
use crate::graph::types;

pub(super) const SET: &[Verb] =
    &[Verb::get("graph.users.list", Act::List), Verb::post("graph.users.create", Act::Create)];

pub(super) const ITEM: &[Verb] = &[
    Verb::get("graph.users.get", Act::Get),
    Verb::patch("graph.users.patch", Act::Patch),
    Verb::delete("graph.users.delete", Act::Delete),
];

pub(super) const OF_SET: &[Operation] = &[];

pub(super) const KNOWN_OF_SET: &[&str] =
    &["delta", "getByIds", "validateProperties", "getManagedAppBlockedUsers"];

/// `microsoft.graph.user`.
pub(in crate::graph) static USER: Type = Type {
    name: "user",
    base: Some(&DIRECTORY_OBJECT),
    shape: Some(&types::USER),
    navigations: &[],
    operations: &[],
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
        "checkMemberGroups",
        "checkMemberObjects",
        "cloudClipboard",
        "cloudPCs",
        "contactFolders",
        "contacts",
        "createdObjects",
        "directReports",
        "drive",
        "drives",
        "employeeExperience",
        "events",
        "exportPersonalData",
        "extensions",
        "findMeetingTimes",
        "followedSites",
        "getMailTips",
        "getMemberGroups",
        "getMemberObjects",
        "inferenceClassification",
        "insights",
        "invalidateAllRefreshTokens",
        "joinedTeams",
        "licenseDetails",
        "mailFolders",
        "managedDevices",
        "manager",
        "memberOf",
        "messages",
        "oauth2PermissionGrants",
        "onenote",
        "onlineMeetings",
        "outlook",
        "ownedDevices",
        "ownedObjects",
        "people",
        "permissionGrants",
        "photo",
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
        "transitiveMemberOf",
        "translateExchangeIds",
    ],
};
