//! `microsoft.graph.group`: what is read in a way of its own.

use std::sync::LazyLock;

use super::read::{
    CREATED, DELETED, DISPLAY_NAME, ID, LAST_SYNC, MAIL, MAIL_NICKNAME, PROVISIONING_ERRORS, PROXY_ADDRESSES,
    SECURITY_IDENTIFIER, SYNC_ENABLED, readers,
};
use super::table::entity;
use crate::odata::{EntityType, Read};
use crate::tenant::DirectoryObject;

/// A group.
pub static GROUP: LazyLock<EntityType<DirectoryObject>> =
    LazyLock::new(|| entity("microsoft.graph.group", "Group", &readers(OWN)));

pub(super) const OWN: &[(&str, Read<DirectoryObject>)] = &[
    CREATED,
    DELETED,
    DISPLAY_NAME,
    ID,
    LAST_SYNC,
    MAIL,
    ("mailEnabled", |group, _| group.group().map(|group| group.mail_enabled).into()),
    MAIL_NICKNAME,
    PROVISIONING_ERRORS,
    PROXY_ADDRESSES,
    // Nobody has renewed it: the date of its making. Source: resources/group.md, example answers.
    ("renewedDateTime", |group, _| group.created.into()),
    ("securityEnabled", |group, _| group.group().map(|group| group.security_enabled).into()),
    SECURITY_IDENTIFIER,
    SYNC_ENABLED,
];
