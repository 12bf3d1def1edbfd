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

const READ_GROUPS: &[&str] =
    &["Group.Read.All", "Group.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"];
const WRITE_GROUPS: &[&str] = &["Group.ReadWrite.All", "Directory.ReadWrite.All"];
const READ_MEMBERS: &[&str] = &[
    "GroupMember.Read.All",
    "GroupMember.ReadWrite.All",
    "Group.Read.All",
    "Group.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
];
const WRITE_MEMBERS: &[&str] =
    &["GroupMember.ReadWrite.All", "Group.ReadWrite.All", "Directory.ReadWrite.All"];
const READ_DEVICES: &[&str] =
    &["Device.Read.All", "Device.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"];
const WRITE_DEVICES: &[&str] = &["Device.ReadWrite.All", "Directory.ReadWrite.All"];
const READ_DOMAINS: &[&str] =
    &["Domain.Read.All", "Domain.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"];
const READ_APPLICATIONS: &[&str] =
    &["Application.Read.All", "Application.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"];
const READ_DIRECTORY: &[&str] = &["Directory.Read.All", "Directory.ReadWrite.All"];
const WRITE_DIRECTORY: &[&str] = &["Directory.ReadWrite.All"];
/// A person may change what is theirs.
const WRITE_OWN: &[&str] = &["User.ReadWrite", "User.ReadWrite.All", "Directory.ReadWrite.All"];

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
    read("graph.users.delta", READ_USERS).cost(2),
    read("graph.users.manager.get", READ_USERS),
    write("graph.users.manager.set", WRITE_USERS),
    write("graph.users.manager.remove", WRITE_USERS),
    read("graph.users.on_premises_sync_behavior.get", READ_USERS),
    write("graph.users.on_premises_sync_behavior.patch", WRITE_USERS),
    read("graph.users.photo.get", READ_USERS),
    read("graph.users.direct_reports.list", READ_USERS),
    read("graph.users.direct_reports.count", READ_USERS),
    read("graph.users.member_of.list", READ_DIRECTORY).cost(2),
    read("graph.users.member_of.count", READ_DIRECTORY),
    read("graph.users.transitive_member_of.list", READ_DIRECTORY).cost(2),
    read("graph.users.transitive_member_of.count", READ_DIRECTORY),
    // Every person may read themselves (User.Read is in every token); an application is told that it is no person.
    Op::read("graph.me.get").open(),
    Op::write("graph.me.patch").roles(WRITE_USERS, WRITE_OWN),
    read("graph.groups.list", READ_GROUPS),
    read("graph.groups.count", READ_GROUPS),
    read("graph.groups.get", READ_GROUPS),
    write("graph.groups.create", WRITE_GROUPS),
    write("graph.groups.patch", WRITE_GROUPS),
    write("graph.groups.delete", WRITE_GROUPS),
    read("graph.groups.delta", READ_GROUPS),
    read("graph.groups.members.list", READ_MEMBERS).cost(3),
    read("graph.groups.members.count", READ_MEMBERS),
    write("graph.groups.members.add", WRITE_MEMBERS),
    write("graph.groups.members.remove", WRITE_MEMBERS),
    read("graph.groups.on_premises_sync_behavior.get", READ_GROUPS),
    write("graph.groups.on_premises_sync_behavior.patch", WRITE_GROUPS),
    read("graph.groups.photo.get", READ_GROUPS),
    read("graph.groups.owners.list", READ_GROUPS),
    read("graph.groups.owners.count", READ_GROUPS),
    write("graph.groups.owners.add", WRITE_GROUPS),
    write("graph.groups.owners.remove", WRITE_GROUPS),
    read("graph.groups.transitive_members.list", READ_MEMBERS).cost(5),
    read("graph.groups.transitive_members.count", READ_MEMBERS),
    read("graph.groups.member_of.list", READ_GROUPS),
    read("graph.groups.member_of.count", READ_GROUPS),
    read("graph.groups.transitive_member_of.list", READ_GROUPS),
    read("graph.groups.transitive_member_of.count", READ_GROUPS),
    read("graph.devices.list", READ_DEVICES),
    read("graph.devices.count", READ_DEVICES),
    read("graph.devices.get", READ_DEVICES),
    write("graph.devices.patch", WRITE_DEVICES),
    write("graph.devices.delete", WRITE_DEVICES),
    read("graph.devices.delta", READ_DEVICES),
    read("graph.devices.member_of.list", READ_DEVICES),
    read("graph.devices.member_of.count", READ_DEVICES),
    read("graph.devices.transitive_member_of.list", READ_DEVICES),
    read("graph.devices.transitive_member_of.count", READ_DEVICES),
    read("graph.directory_objects.get", READ_DIRECTORY),
    write("graph.directory_objects.delete", WRITE_DIRECTORY),
    read("graph.directory_objects.get_by_ids", READ_DIRECTORY).cost(3),
    read("graph.directory_objects.check_member_groups", READ_MEMBERS),
    read("graph.directory_objects.check_member_objects", READ_MEMBERS),
    read("graph.directory_objects.get_member_groups", READ_MEMBERS),
    read("graph.directory_objects.get_member_objects", READ_MEMBERS),
    read("graph.service_principals.list", READ_APPLICATIONS),
    read("graph.service_principals.get", READ_APPLICATIONS),
    read("graph.domains.list", READ_DOMAINS),
    read("graph.domains.get", READ_DOMAINS),
    read("graph.contacts.list", READ_CONTACTS),
    read("graph.contacts.delta", READ_CONTACTS),
    read("graph.contacts.on_premises_sync_behavior.get", READ_CONTACTS),
    write("graph.contacts.on_premises_sync_behavior.patch", WRITE_DIRECTORY),
    read("graph.contacts.manager.get", READ_CONTACTS),
    read("graph.contacts.direct_reports.list", READ_CONTACTS),
    read("graph.contacts.member_of.list", READ_CONTACTS),
    read("graph.contacts.member_of.count", READ_CONTACTS),
    read("graph.contacts.transitive_member_of.list", READ_CONTACTS),
    read("graph.contacts.transitive_member_of.count", READ_CONTACTS),
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
    // Each part of a batch is an operation of its own, with its own permission and its own cost.
    Op::read("graph.batch"),
    Op::read("graph.unserved"),
];
