//! Which application roles open an operation; one of them is enough.
//! Source: the permission tables of microsoft-graph-docs for each operation.

use super::error::GraphError;
use super::route::Op;

const READ_USERS: &[&str] =
    &["User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"];
const WRITE_USERS: &[&str] = &["User.ReadWrite.All", "Directory.ReadWrite.All"];
const READ_CONTACTS: &[&str] = &["OrgContact.Read.All", "Directory.Read.All", "Directory.ReadWrite.All"];
const READ_ORGANIZATION: &[&str] =
    &["Organization.Read.All", "Directory.Read.All", "Directory.ReadWrite.All"];
const READ_SYNC: &[&str] =
    &["OnPremDirectorySynchronization.Read.All", "OnPremDirectorySynchronization.ReadWrite.All"];
const RESTORE: &[&str] = &["User.DeleteRestore.All", "User.ReadWrite.All", "Directory.ReadWrite.All"];

/// Prefix of an operation → roles. An operation that isn't here is closed to applications:
/// changing onPremisesSynchronization is for people only.
const GATES: &[(&str, &[&str])] = &[
    ("graph.users.list", READ_USERS),
    ("graph.users.get", READ_USERS),
    ("graph.users.count", READ_USERS),
    ("graph.users.", WRITE_USERS),
    ("graph.contacts.", READ_CONTACTS),
    ("graph.organization.", READ_ORGANIZATION),
    ("graph.on_premises_synchronization.list", READ_SYNC),
    ("graph.on_premises_synchronization.get", READ_SYNC),
    ("graph.deleted_items.list", READ_USERS),
    ("graph.deleted_items.get", READ_USERS),
    ("graph.deleted_items.", RESTORE),
];

/// Checks a token's roles.
///
/// # Errors
/// 403 `Authorization_RequestDenied`.
pub fn check_roles(op: Op, roles: &[String]) -> Result<(), GraphError> {
    let gate = GATES.iter().find(|(prefix, _)| op.name.starts_with(prefix));
    let open = gate.is_some_and(|(_, wanted)| roles.iter().any(|role| wanted.contains(&role.as_str())));
    if open { Ok(()) } else { Err(GraphError::denied()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(name: &'static str, role: &str) -> bool {
        check_roles(Op { name, writes: false }, &[role.to_owned()]).is_ok()
    }

    #[test]
    fn roles_open_what_they_are_for() {
        assert!(allowed("graph.users.list", "User.Read.All"));
        assert!(!allowed("graph.users.patch", "User.Read.All"));
        assert!(allowed("graph.users.patch", "User.ReadWrite.All"));
        assert!(!allowed("graph.contacts.list", "User.ReadWrite.All"));
        assert!(!allowed(
            "graph.on_premises_synchronization.patch",
            "OnPremDirectorySynchronization.ReadWrite.All"
        ));
    }
}
