//! What a test says of one object: typed look-ups, and assertions that tell what was found instead.

use std::collections::BTreeSet;
use std::fmt;

use aws_lc_rs::digest;
use uuid::Uuid;

use super::handle::MockTenant;
use crate::tenant::{DirectoryObject, Kind, Tenant, Value, View};

/// One object of the tenant, by name, as it is at each call.
///
/// ```
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// use mock_tenant::{MockTenant, World};
/// let world = World::parse("users: [{userPrincipalName: ana@corp.example.test, displayName: Ana}]").unwrap();
/// let tenant = MockTenant::builder().world(world).start().await.unwrap();
/// tenant.user("ana@corp.example.test").assert_property("displayName", "Ana").assert_certificates::<[u8; 0]>([]);
/// tenant.user("ben@corp.example.test").assert_absent();
/// # });
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    tenant: &'a MockTenant,
    kind: Kind,
    key: &'a str,
}

impl MockTenant {
    /// The user of this object id or user principal name.
    #[must_use]
    pub const fn user<'a>(&'a self, key: &'a str) -> Subject<'a> {
        Subject { tenant: self, kind: Kind::User, key }
    }

    /// The contact of this object id or address.
    #[must_use]
    pub const fn contact<'a>(&'a self, key: &'a str) -> Subject<'a> {
        Subject { tenant: self, kind: Kind::Contact, key }
    }

    /// The group of this object id or address.
    #[must_use]
    pub const fn group<'a>(&'a self, key: &'a str) -> Subject<'a> {
        Subject { tenant: self, kind: Kind::Group, key }
    }
}

impl Subject<'_> {
    /// The object as Entra has committed it; `None`: it isn't there, or in the recycle bin.
    #[must_use]
    pub fn get(&self) -> Option<DirectoryObject> {
        self.seen(View::Committed)
    }

    /// The object as Exchange's address book has it at this time.
    #[must_use]
    pub fn in_exchange(&self) -> Option<DirectoryObject> {
        let view = self.tenant.snapshot().exchange_view(self.tenant.clock().now());
        self.seen(view)
    }

    fn seen(&self, view: View) -> Option<DirectoryObject> {
        find(&self.tenant.snapshot(), self.kind, self.key, view)
    }

    #[track_caller]
    fn present(&self) -> DirectoryObject {
        self.get().unwrap_or_else(|| panic!("there is no {self} in the tenant"))
    }

    /// Asserts that it is there.
    #[track_caller]
    pub fn assert_present(self) -> Self {
        let _ = self.present();
        self
    }

    /// Asserts that it isn't there, or in the recycle bin only.
    #[track_caller]
    pub fn assert_absent(self) -> Self {
        assert!(self.get().is_none(), "{self} is in the tenant, and should not be");
        self
    }

    /// Asserts that the directory masters it.
    #[track_caller]
    pub fn assert_synced(self) -> Self {
        let found = self.present().on_premises_sync_enabled;
        assert!(found == Some(true), "{self} is not synced: onPremisesSyncEnabled is {found:?}");
        self
    }

    /// Asserts a property's text, by any name that the tenant knows it under.
    #[track_caller]
    pub fn assert_property(self, name: &str, expected: &str) -> Self {
        let found = self.present().get(name);
        let text = found.as_ref().and_then(Value::as_text);
        assert!(text == Some(expected), "{name} of {self}: expected {expected:?}, found {found:?}");
        self
    }

    /// Asserts the values of `userCertificate`, in any order.
    #[track_caller]
    pub fn assert_certificates<C: AsRef<[u8]>>(self, expected: impl IntoIterator<Item = C>) -> Self {
        assert_same(&self, "userCertificate", expected, &self.present().user_certificate);
        self
    }

    /// Asserts the values of `userSMIMECertificate`, in any order.
    #[track_caller]
    pub fn assert_smime_certificates<C: AsRef<[u8]>>(self, expected: impl IntoIterator<Item = C>) -> Self {
        assert_same(&self, "userSMIMECertificate", expected, &self.present().user_smime_certificate);
        self
    }

    /// Asserts what the address book holds of `userCertificate` at this time.
    #[track_caller]
    pub fn assert_certificates_in_exchange<C: AsRef<[u8]>>(
        self,
        expected: impl IntoIterator<Item = C>,
    ) -> Self {
        let found = self.in_exchange().map(|object| object.user_certificate);
        assert_same(&self, "Exchange's userCertificate", expected, found.as_deref().unwrap_or_default());
        self
    }
}

impl fmt::Display for Subject<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?}", self.kind.name().to_lowercase(), self.key)
    }
}

fn find(tenant: &Tenant, kind: Kind, key: &str, view: View) -> Option<DirectoryObject> {
    if let Ok(id) = Uuid::try_parse(key) {
        return tenant.get(id, view).filter(|object| object.kind() == kind && object.is_live()).cloned();
    }
    if kind == Kind::User {
        return tenant.user(key, view).cloned();
    }
    tenant.with_address(key, view).find(|object| object.kind() == kind).cloned()
}

#[track_caller]
fn assert_same<C: AsRef<[u8]>>(
    subject: &Subject<'_>,
    name: &str,
    expected: impl IntoIterator<Item = C>,
    found: &[bytes::Bytes],
) {
    let expected: BTreeSet<String> = expected.into_iter().map(|value| print(value.as_ref())).collect();
    let found: BTreeSet<String> = found.iter().map(|value| print(value)).collect();
    let missing: Vec<_> = expected.difference(&found).collect();
    let surplus: Vec<_> = found.difference(&expected).collect();
    assert!(
        missing.is_empty() && surplus.is_empty(),
        "{name} of {subject} (by SHA-256): missing {missing:?}, not expected {surplus:?}"
    );
}

/// How a value is told in a message: its SHA-256 and length.
fn print(value: &[u8]) -> String {
    let hash = digest::digest(&digest::SHA256, value);
    format!("{} ({} bytes)", hex::encode(hash), value.len())
}
