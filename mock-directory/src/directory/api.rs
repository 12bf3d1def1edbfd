//! What a session and the shells see of the directory.

use std::collections::BTreeMap;

use bytes::Bytes;

use super::entry::EntryId;
use super::paging::PagedResult;

/// Who asks: the outcome of a bind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    principal: String,
    identity: Option<Identity>,
}

/// What a bound caller may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Identity {
    /// The account.
    pub(crate) entry: EntryId,
    /// objectSid.
    pub(crate) sid: Bytes,
    /// Member of Administrators, directly or not: everything is allowed.
    pub(crate) administrator: bool,
    /// Holds DS-Replication-Get-Changes.
    pub(crate) replicator: bool,
}

impl Caller {
    /// Nobody: an anonymous or unauthenticated bind, or none.
    #[must_use]
    pub const fn anonymous() -> Self {
        Self { principal: String::new(), identity: None }
    }

    pub(crate) const fn account(principal: String, identity: Identity) -> Self {
        Self { principal, identity: Some(identity) }
    }

    /// `CORP\administrator`; empty when anonymous.
    #[must_use]
    pub fn principal(&self) -> &str {
        &self.principal
    }

    /// True if nobody is bound.
    #[must_use]
    pub const fn is_anonymous(&self) -> bool {
        self.identity.is_none()
    }

    pub(crate) const fn identity(&self) -> Option<&Identity> {
        self.identity.as_ref()
    }

    pub(crate) fn is_administrator(&self) -> bool {
        self.identity.as_ref().is_some_and(|identity| identity.administrator)
    }
}

/// What the directory remembers for one connection: the result sets behind its paging cookies. A new bind starts an
/// empty one.
#[derive(Debug, Default)]
pub struct ConnectionState {
    pub(crate) paged: BTreeMap<u64, PagedResult>,
    pub(crate) next_cookie: u64,
    /// The connection is protected (TLS): passwords may be written. The session sets it.
    pub encrypted: bool,
}

/// Why a bind fails: the `data` of AD's message (Win32 logon errors, MS-ERREF).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BindRefusal {
    /// The DN names an object that is no account.
    NoAccount,
    /// Unknown user or bad password. AD says 52e for both.
    BadCredentials,
    /// Outside logonHours.
    Hours,
    /// The password is too old.
    PasswordExpired,
    /// The account is disabled.
    Disabled,
    /// accountExpires has passed.
    AccountExpired,
    /// pwdLastSet is 0: the password must be changed first.
    MustChange,
    /// Locked out.
    Locked,
}

impl BindRefusal {
    /// The hexadecimal number after `data` in the diagnostic message.
    #[must_use]
    pub const fn data(self) -> u32 {
        match self {
            Self::NoAccount => 0x1f,
            Self::BadCredentials => 0x52e,
            Self::Hours => 0x530,
            Self::PasswordExpired => 0x532,
            Self::Disabled => 0x533,
            Self::AccountExpired => 0x701,
            Self::MustChange => 0x773,
            Self::Locked => 0x775,
        }
    }
}

/// One entry as a reader of the state sees it: everything stored, names in schema spelling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryView {
    /// DN.
    pub dn: String,
    /// Attributes with their values; objectClass first, the rest by name.
    pub attributes: Vec<(String, Vec<Bytes>)>,
}

impl EntryView {
    /// The values of an attribute, none if it is absent.
    #[must_use]
    pub fn values(&self, name: &str) -> &[Bytes] {
        self.attributes.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map_or(&[], |(_, values)| values)
    }

    /// The first value of an attribute as text.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.values(name).first().and_then(|value| std::str::from_utf8(value).ok())
    }
}
