//! Which journal entries are writes of objects, whatever the carrier.

use serde_json::Value;

use crate::case::WriteKind;
use crate::report::model::{Side, WireEntry};

/// A write of one object, as the tenant's journal tells it.
#[derive(Debug, Clone, PartialEq)]
pub struct Write<'a> {
    /// The entry.
    pub entry: &'a WireEntry,
    /// What it does.
    pub kind: WriteKind,
    /// Properties it carries.
    pub properties: Vec<&'a str>,
    /// The tenant carried it out.
    pub done: bool,
}

/// The tenant operations that write objects.
const WRITES: [(&str, WriteKind); 9] = [
    ("exchange.set_contact", WriteKind::Set),
    ("exchange.set_mailbox", WriteKind::Set),
    ("exchange.set_mailcontact", WriteKind::Set),
    ("exchange.set_mailuser", WriteKind::Set),
    ("graph.users.create", WriteKind::Set),
    ("graph.users.delete", WriteKind::Delete),
    ("graph.users.patch", WriteKind::Set),
    ("provisioning.delete", WriteKind::Delete),
    ("provisioning.set", WriteKind::Set),
];

/// The kind of write that an operation is.
fn kind_of(op: &str) -> Option<WriteKind> {
    if op == "provisioning.add" {
        return Some(WriteKind::Set);
    }
    WRITES.iter().find(|(name, _)| *name == op).map(|(_, kind)| *kind)
}

/// All writes of objects among some entries.
#[must_use]
pub fn writes<'a>(entries: &'a [WireEntry]) -> Vec<Write<'a>> {
    let tenant = entries.iter().filter(|e| e.side == Side::Tenant);
    tenant.filter_map(|entry| kind_of(&entry.op).map(|kind| write(entry, kind))).collect()
}

fn write(entry: &WireEntry, kind: WriteKind) -> Write<'_> {
    let listed = entry.detail.get("properties").and_then(Value::as_array);
    let properties = listed.into_iter().flatten().filter_map(Value::as_str).collect();
    Write { entry, kind, properties, done: is_success(entry) }
}

/// Whether the operation was carried out.
fn is_success(entry: &WireEntry) -> bool {
    let outcome = entry.outcome.to_ascii_lowercase();
    matches!(outcome.as_str(), "ok" | "success" | "200" | "201" | "204")
}

/// Whether an entry is a write to the directory.
#[must_use]
pub fn is_directory_write(entry: &WireEntry) -> bool {
    let write = matches!(entry.op.as_str(), "ldap.add" | "ldap.modify" | "ldap.modify_dn" | "ldap.delete");
    entry.side == Side::Directory && write
}
