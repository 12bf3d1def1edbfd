//! The whole table.

use super::{Op, exchange, graph, provisioning, signin};

/// What no face is asked for.
const NOWHERE: &[Op] = &[Op::read("http.unknown")];

const PARTS: &[&[Op]] = &[signin::OPS, graph::OPS, provisioning::OPS, exchange::OPS, NOWHERE];

/// Every operation.
pub fn all() -> impl Iterator<Item = &'static Op> {
    PARTS.iter().copied().flatten()
}

/// The operation of this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Op> {
    all().find(|op| op.name == name)
}

/// As [`find`], for a name that is written in the source: in a constant, so that a misspelt one does not compile.
///
/// # Panics
/// No operation has that name.
#[must_use]
pub const fn known(name: &str) -> &'static Op {
    let mut part = 0;
    while part < PARTS.len() {
        let mut row = 0;
        while row < PARTS[part].len() {
            if is_same(PARTS[part][row].name.as_bytes(), name.as_bytes()) {
                return &PARTS[part][row];
            }
            row += 1;
        }
        part += 1;
    }
    panic!("no operation has that name")
}

const fn is_same(left: &[u8], right: &[u8]) -> bool {
    let mut at = 0;
    while at < left.len() && at < right.len() && left[at] == right[at] {
        at += 1;
    }
    at == left.len() && at == right.len()
}

/// Every name, for the check of fault plans.
#[must_use]
pub fn names() -> Vec<&'static str> {
    all().map(|op| op.name).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_dotted_lower_case_and_given_once() {
        let mut seen = BTreeSet::new();
        for name in names() {
            let is_dotted = name.contains('.') && !name.starts_with('.') && !name.ends_with('.');
            let is_lower = name.bytes().all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'.' | b'_'));
            assert!(is_dotted && is_lower, "{name}");
            assert!(seen.insert(name), "{name} is given twice");
        }
    }

    #[test]
    fn roles_open_what_they_are_for() {
        for (name, role, open) in [
            ("graph.users.list", "User.Read.All", true),
            ("graph.users.patch", "User.Read.All", false),
            ("graph.users.patch", "User.ReadWrite.All", true),
            ("graph.contacts.list", "User.ReadWrite.All", false),
            (
                "graph.on_premises_synchronization.patch",
                "OnPremDirectorySynchronization.ReadWrite.All",
                false,
            ),
            ("ews.resolve_names", "full_access_as_app", true),
            ("provisioning.set", "Directory.Read.All", false),
        ] {
            assert_eq!(find(name).map(|op| op.opens_to(&[role])), Some(open), "{name} by {role}");
        }
        let patch = find("graph.on_premises_synchronization.patch").unwrap();
        assert!(patch.opens_to_delegated(&["OnPremDirectorySynchronization.ReadWrite.All"]));
    }
}
