//! Final results, and AD's `LdapErr` messages.

use crate::wire::code;
use crate::wire::message::{Done, DoneKind, LdapResult, Op, Response};

/// The build that real messages name at their end: Windows Server 2019, 17763 in hexadecimal.
const BUILD: &str = "v4563";

/// A final answer with nothing but a code and a message.
pub(crate) fn done(kind: DoneKind, code: u32, message: impl Into<String>) -> Response {
    let result =
        LdapResult { code, matched_dn: String::new(), message: message.into(), referral: Vec::new() };
    Response::Done(Done { kind, result, controls: Vec::new() })
}

/// Success.
pub(crate) fn success(kind: DoneKind) -> Response {
    done(kind, code::SUCCESS, "")
}

/// The response an operation has; abandon and unbind have none.
pub(crate) const fn kind(op: &Op) -> Option<DoneKind> {
    match op {
        Op::Abandon(_) | Op::Unbind => None,
        Op::Add(_) => Some(DoneKind::Add),
        Op::Bind(_) => Some(DoneKind::Bind(None)),
        Op::Compare(_) => Some(DoneKind::Compare),
        Op::Delete(_) => Some(DoneKind::Delete),
        Op::Extended(_) => Some(DoneKind::Extended { name: None, value: None }),
        Op::Modify(_) => Some(DoneKind::Modify),
        Op::ModifyDn(_) => Some(DoneKind::ModifyDn),
        Op::Search(_) => Some(DoneKind::Search),
    }
}

/// `WIN32ERR: LdapErr: DSID-…, comment: …, data 0, vBUILD`. Clients read the eight digits in front and the `data`; the
/// DSID is a place in Microsoft's sources and differs between builds.
pub(crate) fn ldap_err(win32: u32, dsid: u32, comment: &str) -> String {
    ldap_err_data(win32, dsid, comment, 0)
}

/// The same with a `data`.
pub(crate) fn ldap_err_data(win32: u32, dsid: u32, comment: &str, data: u32) -> String {
    format!("{win32:08X}: LdapErr: DSID-{dsid:08X}, comment: {comment}, data {data:x}, {BUILD}")
}
