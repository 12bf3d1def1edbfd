//! Operations of Microsoft Graph.
//! Sources: the permission tables of microsoft-graph-docs for each operation; the costs in resource units from
//! learn.microsoft.com/graph/throttling-limits, "Identity and access service limits".

use super::Op;

const READ_USERS: &[&str] =
    &["User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"];
const WRITE_USERS: &[&str] = &["User.ReadWrite.All", "Directory.ReadWrite.All"];
const READ_CONTACTS: &[&str] = &["OrgContact.Read.All", "Directory.Read.All", "Directory.ReadWrite.All"];
const READ_ORGANIZATION: &[&str] =
    &["Organization.Read.All", "Directory.Read.All", "Directory.ReadWrite.All"];
const READ_SYNC: &[&str] =
    &["OnPremDirectorySynchronization.Read.All", "OnPremDirectorySynchronization.ReadWrite.All"];
const WRITE_SYNC: &[&str] = &["OnPremDirectorySynchronization.ReadWrite.All"];
const RESTORE: &[&str] = &["User.DeleteRestore.All", "User.ReadWrite.All", "Directory.ReadWrite.All"];

/// A read that applications and people may do with the same permissions.
const fn read(name: &'static str, roles: &'static [&'static str]) -> Op {
    Op::read(name).roles(roles, roles)
}

/// A write that applications and people may do with the same permissions.
const fn write(name: &'static str, roles: &'static [&'static str]) -> Op {
    Op::write(name).roles(roles, roles)
}

pub(super) const OPS: &[Op] = &[
    Op::read("graph.service").open(),
    Op::read("graph.metadata").open(),
    read("graph.users.list", READ_USERS).cost(2),
    read("graph.users.count", READ_USERS),
    read("graph.users.get", READ_USERS),
    write("graph.users.create", WRITE_USERS),
    write("graph.users.patch", WRITE_USERS),
    write("graph.users.delete", WRITE_USERS),
    read("graph.contacts.list", READ_CONTACTS),
    read("graph.contacts.count", READ_CONTACTS),
    read("graph.contacts.get", READ_CONTACTS),
    read("graph.organization.list", READ_ORGANIZATION),
    read("graph.organization.get", READ_ORGANIZATION),
    read("graph.on_premises_synchronization.list", READ_SYNC),
    read("graph.on_premises_synchronization.get", READ_SYNC),
    // Changing it is for people only: no application role opens it.
    Op::write("graph.on_premises_synchronization.patch").roles(&[], WRITE_SYNC),
    read("graph.deleted_items.list", READ_USERS),
    read("graph.deleted_items.count", READ_USERS),
    read("graph.deleted_items.get", READ_USERS),
    write("graph.deleted_items.delete", RESTORE),
    write("graph.deleted_items.restore", RESTORE),
    Op::read("graph.unserved"),
];
