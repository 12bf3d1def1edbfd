//! The organization on a path. Source: microsoft-graph-docs, resources/organization.md.

use super::directory_object::DIRECTORY_OBJECT;
use super::tables::{Act, Type, Verb};
use crate::graph::types;

pub(super) const SET: &[Verb] = &[Verb::get("graph.organization.list", Act::List)];

pub(super) const ITEM: &[Verb] =
    &[Verb::get("graph.organization.get", Act::Get), Verb::patch("graph.unserved", Act::Unserved)];

/// `microsoft.graph.organization`.
pub(in crate::graph) static ORGANIZATION: Type = Type {
    name: "organization",
    base: Some(&DIRECTORY_OBJECT),
    shape: Some(&types::ORGANIZATION),
    navigations: &[],
    operations: &[],
    known: &[
        "branding",
        "certificateBasedAuthConfiguration",
        "checkMemberGroups",
        "checkMemberObjects",
        "extensions",
        "getMemberGroups",
        "getMemberObjects",
        "restore",
        "setMobileDeviceManagementAuthority",
    ],
};
