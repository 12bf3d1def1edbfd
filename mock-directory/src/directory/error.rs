//! AD's refusals: result code, and a message that starts with the Win32 error in eight hexadecimal digits.
//!
//! The codes are those of the recorded server, or Windows' where it is known to differ (`docs/parity`). The DSID of a
//! real message varies by build and means nothing to a client, so there is one DSID here for all.

use crate::wire::message::LdapResult;

const DSID: &str = "DSID-0C0A0001";

/// A refused operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) code: u32,
    pub(crate) message: String,
    pub(crate) matched: String,
    pub(crate) referral: Vec<String>,
}

/// What an operation step gives back.
pub(crate) type Outcome<T> = Result<T, Refusal>;

impl Refusal {
    /// `0000207D: UpdErr: DSID-…, problem 6002 (OBJ_CLASS_VIOLATION), data 0`
    fn new(code: u32, win32: u32, text: &str) -> Self {
        Self { code, message: format!("{win32:08X}: {text}"), matched: String::new(), referral: Vec::new() }
    }

    fn ldap(code: u32, win32: u32, comment: &str) -> Self {
        Self::new(code, win32, &format!("LdapErr: {DSID}, comment: {comment}, data 0, v4563"))
    }

    fn service(code: u32, win32: u32, problem: &str) -> Self {
        Self::new(code, win32, &format!("SvcErr: {DSID}, problem {problem}, data 0\n"))
    }

    fn update(code: u32, win32: u32, problem: &str) -> Self {
        Self::new(code, win32, &format!("UpdErr: {DSID}, problem {problem}, data 0\n"))
    }

    fn attribute(code: u32, win32: u32, problem: &str, name: &str) -> Self {
        let text =
            format!("AtrErr: {DSID}, #1:\n\t0: {win32:08X}: {DSID}, problem {problem}, data 0, Att {name}\n");
        Self::new(code, win32, &text)
    }

    /// Nothing but the root DSE is readable before a bind (MS-ADTS 3.1.1.3.4.6; ERROR_DS_... 04DC).
    pub(crate) fn not_bound() -> Self {
        Self::ldap(
            1,
            0x4dc,
            "In order to perform this operation a successful bind must be completed on the connection.",
        )
    }

    pub(crate) fn operations(comment: &str) -> Self {
        Self::ldap(1, 0x2020, comment)
    }

    pub(crate) fn protocol(comment: &str) -> Self {
        Self::ldap(2, 0x57, comment)
    }

    pub(crate) fn critical_extension(comment: &str) -> Self {
        Self::ldap(12, 0x202c, comment)
    }

    /// `matched` is the nearest ancestor that exists.
    pub(crate) fn no_object(win32: u32, matched: &str) -> Self {
        let text =
            format!("NameErr: {DSID}, problem 2001 (NO_OBJECT), data 0, best match of:\n\t'{matched}'\n");
        Self { matched: matched.to_owned(), ..Self::new(32, win32, &text) }
    }

    pub(crate) fn bad_dn(why: &str) -> Self {
        Self::new(34, 0x2032, &format!("NameErr: {DSID}, problem 2006 (BAD_NAME), data 8350, {why}\n"))
    }

    pub(crate) fn referral(url: String) -> Self {
        let text = format!("RefErr: {DSID}, data 0, 1 access points\n\tref 1: '{url}'\n");
        Self { referral: vec![url], ..Self::new(10, 0x202b, &text) }
    }

    pub(crate) fn unknown_attribute() -> Self {
        Self::ldap(16, 0x57, "Error in attribute conversion operation")
    }

    pub(crate) fn unknown_class() -> Self {
        Self::ldap(16, 0x200a, "The object class is not in the schema")
    }

    pub(crate) fn no_such_value(name: &str) -> Self {
        Self::attribute(16, 0x2085, "1001 (NO_ATTRIBUTE_OR_VAL)", name)
    }

    pub(crate) fn value_exists(name: &str) -> Self {
        Self::attribute(20, 0x2083, "1006 (ATT_OR_VALUE_EXISTS)", name)
    }

    pub(crate) fn single_value(name: &str) -> Self {
        Self::attribute(20, 0x200d, "1006 (ATT_OR_VALUE_EXISTS)", name)
    }

    /// The same fault in an add.
    pub(crate) fn single_value_in_add(name: &str) -> Self {
        Self::attribute(19, 0x202f, "1005 (CONSTRAINT_ATT_TYPE)", name)
    }

    pub(crate) fn constraint(win32: u32, name: &str) -> Self {
        Self::attribute(19, win32, "1005 (CONSTRAINT_ATT_TYPE)", name)
    }

    pub(crate) fn syntax(name: &str) -> Self {
        Self::attribute(21, 0x200b, "1004 (INVALID_ATT_SYNTAX)", name)
    }

    pub(crate) fn bad_dn_value(name: &str) -> Self {
        Self::new(
            34,
            0x2081,
            &format!("NameErr: {DSID}, problem 2003 (BAD_ATT_SYNTAX), data 0, Att {name}\n"),
        )
    }

    pub(crate) fn class_violation(win32: u32) -> Self {
        Self::update(65, win32, "6002 (OBJ_CLASS_VIOLATION)")
    }

    pub(crate) fn naming_violation() -> Self {
        Self::update(64, 0x2037, "6001 (NAMING_VIOLATION)")
    }

    pub(crate) fn not_allowed_on_rdn(name: &str) -> Self {
        Self::update(67, 0x2016, &format!("6004 (CANT_ON_RDN), Att {name}"))
    }

    pub(crate) fn entry_exists(win32: u32) -> Self {
        Self::update(68, win32, "6005 (ENTRY_EXISTS)")
    }

    pub(crate) fn not_leaf() -> Self {
        Self::update(66, 0x2015, "6003 (CANT_ON_NON_LEAF)")
    }

    pub(crate) fn unwilling(win32: u32) -> Self {
        Self::service(53, win32, "5003 (WILL_NOT_PERFORM)")
    }

    pub(crate) fn other(win32: u32) -> Self {
        Self::service(80, win32, "5012 (DIR_ERROR)")
    }

    pub(crate) fn access() -> Self {
        Self::new(50, 0x2098, &format!("SecErr: {DSID}, problem 4003 (INSUFF_ACCESS_RIGHTS), data 0\n"))
    }

    /// DirSync without the replication right: ERROR_DS_DRA_ACCESS_DENIED.
    pub(crate) fn replication_access() -> Self {
        Self::new(50, 0x2105, &format!("LdapErr: {DSID}, comment: Error processing control, data 0, v4563"))
    }

    pub(crate) fn size_limit() -> Self {
        Self { code: 4, message: String::new(), matched: String::new(), referral: Vec::new() }
    }

    pub(crate) fn into_result(self) -> LdapResult {
        LdapResult {
            code: self.code,
            matched_dn: self.matched,
            message: self.message,
            referral: self.referral,
        }
    }
}

/// A result without a fault.
pub(crate) fn success() -> LdapResult {
    LdapResult { code: 0, matched_dn: String::new(), message: String::new(), referral: Vec::new() }
}
