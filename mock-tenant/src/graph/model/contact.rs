//! Contacts of the organization on a path. Source: microsoft-graph-docs, resources/orgcontact.md.

use super::directory_object::DIRECTORY_OBJECT;
use super::tables::{Act, Type, Verb};
use crate::graph::types;

pub(super) const SET: &[Verb] = &[Verb::get("graph.contacts.list", Act::List)];

pub(super) const ITEM: &[Verb] = &[Verb::get("graph.contacts.get", Act::Get)];

pub(super) const KNOWN_OF_SET: &[&str] = &["delta", "getByIds", "validateProperties"];

/// `microsoft.graph.orgContact`.
pub(in crate::graph) static CONTACT: Type = Type {
    name: "orgContact",
    base: Some(&DIRECTORY_OBJECT),
    shape: Some(&types::CONTACT),
    navigations: &[],
    operations: &[],
    known: &[
        "checkMemberGroups",
        "checkMemberObjects",
        "directReports",
        "getMemberGroups",
        "getMemberObjects",
        "manager",
        "memberOf",
        "restore",
        "retryServiceProvisioning",
        "transitiveMemberOf",
    ],
};
