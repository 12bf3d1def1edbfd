//! What an operation is called in journal and fault plans.

use crate::wire::message::{DoneKind, Op, Request};
use crate::wire::oid;

/// Every name, for checking fault plans.
pub(crate) const NAMES: &[&str] = &[
    "ldap.abandon",
    "ldap.add",
    "ldap.bind",
    "ldap.compare",
    "ldap.delete",
    "ldap.dirsync",
    "ldap.extended",
    "ldap.modify",
    "ldap.modify_dn",
    "ldap.search",
    "ldap.unbind",
];

/// Name and target of one operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) op: &'static str,
    pub(crate) target: String,
}

impl Call {
    pub(crate) fn of(request: &Request) -> Self {
        let (op, target) = match &request.op {
            Op::Abandon(id) => ("ldap.abandon", id.to_string()),
            Op::Add(add) => ("ldap.add", add.dn.clone()),
            Op::Bind(bind) => ("ldap.bind", bind.name.clone()),
            Op::Compare(compare) => ("ldap.compare", compare.dn.clone()),
            Op::Delete(dn) => ("ldap.delete", dn.clone()),
            Op::Extended(extended) => ("ldap.extended", extended.name.clone()),
            Op::Modify(modify) => ("ldap.modify", modify.dn.clone()),
            Op::ModifyDn(modify) => ("ldap.modify_dn", modify.dn.clone()),
            Op::Search(search) if is_dirsync(request) => ("ldap.dirsync", search.base.clone()),
            Op::Search(search) => ("ldap.search", search.base.clone()),
            Op::Unbind => ("ldap.unbind", String::new()),
        };
        Self { op, target }
    }

    /// An operation of which only the kind could be read.
    pub(crate) const fn unreadable(kind: Option<&DoneKind>) -> Self {
        let op = match kind {
            None => "ldap.abandon",
            Some(DoneKind::Add) => "ldap.add",
            Some(DoneKind::Bind(_)) => "ldap.bind",
            Some(DoneKind::Compare) => "ldap.compare",
            Some(DoneKind::Delete) => "ldap.delete",
            Some(DoneKind::Extended { .. }) => "ldap.extended",
            Some(DoneKind::Modify) => "ldap.modify",
            Some(DoneKind::ModifyDn) => "ldap.modify_dn",
            Some(DoneKind::Search) => "ldap.search",
        };
        Self { op, target: String::new() }
    }
}

fn is_dirsync(request: &Request) -> bool {
    request.controls.iter().any(|control| matches!(control.oid.as_str(), oid::DIRSYNC | oid::DIRSYNC_EX))
}
