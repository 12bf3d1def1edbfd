//! Changes that come through Graph: cloud objects, the recycle bin, and what is left to it on synced objects.

use jiff::Timestamp;
use uuid::Uuid;

use super::access::WrongType;
use super::model::{Contact, Detail, Device, DirectoryObject, Group, Kind, User};
use super::store::View;
use super::tenant::{RECYCLE_BIN, Tenant};
use super::value::Value;

/// Why Graph refuses a change. The text is the service's message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MutationError {
    /// `Request_ResourceNotFound`, 404.
    #[error(
        "Resource '{0}' does not exist or one of its queried reference-property objects are not present."
    )]
    NotFound(String),
    /// `Request_BadRequest`, 400.
    #[error(
        "Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration."
    )]
    OnPremisesMastered,
    /// `Request_BadRequest`, 400.
    #[error("Property '{0}' is read-only and cannot be set.")]
    ReadOnly(String),
    /// `Request_BadRequest`, 400, detail code `ObjectConflict` with the property as target.
    #[error("Another object with the same value for property {0} already exists.")]
    Conflict(String),
    /// `Request_BadRequest`, 400, detail code `InvalidValue`.
    #[error("Invalid value specified for property '{property}' of resource '{resource}'.")]
    InvalidValue {
        /// Property.
        property: String,
        /// Type of the object.
        resource: &'static str,
    },
    /// `Request_BadRequest`, 400: a property that must be given when an object is made.
    #[error("A value is required for property '{property}' of resource '{resource}'.")]
    Required {
        /// Property.
        property: &'static str,
        /// Type of the object.
        resource: &'static str,
    },
}

impl From<WrongType> for MutationError {
    fn from(wrong: WrongType) -> Self {
        Self::InvalidValue { property: wrong.name, resource: "User" }
    }
}

/// What Graph may change on an object that the directory masters: what no directory has.
/// Source: Graph's `user` resource type and issues 7301, 12584, 21601 of microsoft-graph-docs.
const CLOUD_OWNED: &[&str] = &[
    "ageGroup",
    "consentProvidedForMinor",
    "otherMails",
    "passwordPolicies",
    "passwordProfile",
    "usageLocation",
    "userType",
];

/// What Graph never sets.
const READ_ONLY: &[&str] = &[
    "createdDateTime",
    "deletedDateTime",
    "id",
    "lastPasswordChangeDateTime",
    "onPremisesDistinguishedName",
    "onPremisesDomainName",
    "onPremisesLastSyncDateTime",
    "onPremisesProvisioningErrors",
    "onPremisesSamAccountName",
    "onPremisesSecurityIdentifier",
    "onPremisesSyncEnabled",
    "onPremisesUserPrincipalName",
    "proxyAddresses",
];

/// Properties of a change, by Graph's names (any letter case).
pub type GraphChange = Vec<(String, Value)>;

impl Tenant {
    /// Makes a cloud-only object.
    ///
    /// # Errors
    /// A required property is missing, a value is bad, or another object has a value that must be unique.
    pub fn create(&mut self, kind: Kind, change: GraphChange, now: Timestamp) -> Result<Uuid, MutationError> {
        self.tick(now);
        let resource = kind.name();
        let name_property = if kind == Kind::User { "userPrincipalName" } else { "displayName" };
        let name = text_of(&change, name_property)
            .ok_or(MutationError::Required { property: name_property, resource })?;
        let detail = match kind {
            Kind::User => Detail::User(User {
                user_principal_name: String::new(),
                account_enabled: true,
                roles: Vec::new(),
            }),
            Kind::Contact => Detail::Contact(Contact),
            Kind::Group => Detail::Group(Group::default()),
            Kind::Device => Detail::Device(Device { device_id: None, account_enabled: true }),
        };
        let id = self.new_id(&format!("cloud/{}/{}", kind.name(), name.to_lowercase()));
        let mut object = DirectoryObject::new(id, detail, now);
        self.apply(&mut object, change)?;
        if object.display_name.is_none() {
            return Err(MutationError::Required { property: "displayName", resource });
        }
        self.commit(object, now);
        Ok(id)
    }

    /// Changes properties of a live object.
    ///
    /// # Errors
    /// No such object, a property that the directory masters or nobody may set, a bad value, a value that is taken.
    pub fn patch(&mut self, id: Uuid, change: GraphChange, now: Timestamp) -> Result<(), MutationError> {
        self.tick(now);
        let mut object = self.live(id)?;
        if object.is_synced()
            && change.iter().any(|(name, _)| !is_in(CLOUD_OWNED, name) && !is_in(READ_ONLY, name))
        {
            return Err(MutationError::OnPremisesMastered);
        }
        self.apply(&mut object, change)?;
        self.commit(object, now);
        Ok(())
    }

    /// Deletes a live object: users to the recycle bin, others for good. The directory's own objects may be deleted too:
    /// the next full cycle of the sync brings them back.
    ///
    /// # Errors
    /// No such object.
    pub fn delete(&mut self, id: Uuid, now: Timestamp) -> Result<(), MutationError> {
        self.tick(now);
        let object = self.live(id)?;
        self.retire(object, now);
        Ok(())
    }

    /// Brings an object back from the recycle bin, with everything it had.
    ///
    /// # Errors
    /// It isn't there, or another object has taken its sign-in name or one of its addresses meanwhile.
    pub fn restore(&mut self, id: Uuid, now: Timestamp) -> Result<(), MutationError> {
        self.tick(now);
        let mut object = self.deleted(id)?;
        if let Some(upn) = object.user_principal_name()
            && self.store.with_upn(upn, View::Committed).is_some()
        {
            return Err(MutationError::Conflict("userPrincipalName".to_owned()));
        }
        if object
            .proxy_addresses
            .iter()
            .any(|address| self.store.with_address(address, View::Committed).next().is_some())
        {
            return Err(MutationError::Conflict("proxyAddresses".to_owned()));
        }
        self.unbin(&mut object);
        self.commit(object, now);
        Ok(())
    }

    /// Deletes an object of the recycle bin for good.
    ///
    /// # Errors
    /// It isn't there.
    pub fn purge(&mut self, id: Uuid, now: Timestamp) -> Result<(), MutationError> {
        self.tick(now);
        let mut object = self.deleted(id)?;
        self.unbin(&mut object);
        self.store.remove(id, now, self.keep());
        Ok(())
    }

    fn live(&self, id: Uuid) -> Result<DirectoryObject, MutationError> {
        let object = self.store.get(id, View::Committed).filter(|object| object.is_live());
        object.cloned().ok_or_else(|| MutationError::NotFound(id.to_string()))
    }

    fn deleted(&self, id: Uuid) -> Result<DirectoryObject, MutationError> {
        let object = self.store.get(id, View::Committed).filter(|object| !object.is_live());
        object.cloned().ok_or_else(|| MutationError::NotFound(id.to_string()))
    }

    /// Into the recycle bin, or away.
    pub(super) fn retire(&mut self, mut object: DirectoryObject, now: Timestamp) {
        self.quarantined.remove(&object.id);
        if !object.kind().has_recycle_bin() {
            self.store.remove(object.id, now, self.keep());
            return;
        }
        object.deleted = Some(now);
        self.recycle_bin.insert((leaves_bin(now), object.id));
        self.store.commit(object, now, self.keep());
    }

    /// Out of the recycle bin, not yet committed.
    pub(super) fn unbin(&mut self, object: &mut DirectoryObject) {
        if let Some(deleted) = object.deleted.take() {
            self.recycle_bin.remove(&(leaves_bin(deleted), object.id));
        }
    }

    fn apply(&self, object: &mut DirectoryObject, change: GraphChange) -> Result<(), MutationError> {
        for (name, value) in change {
            if is_in(READ_ONLY, &name) {
                return Err(MutationError::ReadOnly(name));
            }
            match name.to_ascii_lowercase().as_str() {
                "userprincipalname" => self.rename(object, &value)?,
                "onpremisesimmutableid" => object.source_anchor = value.as_text().map(str::to_owned),
                "passwordprofile" => {}
                _ => object.set_graph(&name, value)?,
            }
        }
        Ok(())
    }

    fn rename(&self, object: &mut DirectoryObject, value: &Value) -> Result<(), MutationError> {
        let invalid =
            || MutationError::InvalidValue { property: "userPrincipalName".to_owned(), resource: "User" };
        let name = value.as_text().ok_or_else(invalid)?;
        let (_, domain) = name.split_once('@').ok_or_else(invalid)?;
        if !self.company.is_verified(domain) {
            return Err(invalid());
        }
        if self.store.with_upn(name, View::Committed).is_some_and(|other| other.id != object.id) {
            return Err(MutationError::Conflict("userPrincipalName".to_owned()));
        }
        object.user_mut().ok_or_else(invalid)?.user_principal_name = name.to_owned();
        Ok(())
    }
}

pub(super) fn leaves_bin(deleted: Timestamp) -> Timestamp {
    deleted.checked_add(RECYCLE_BIN).unwrap_or(Timestamp::MAX)
}

fn is_in(list: &[&str], name: &str) -> bool {
    list.iter().any(|known| known.eq_ignore_ascii_case(name))
}

fn text_of<'a>(change: &'a GraphChange, name: &str) -> Option<&'a str> {
    let found = change.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
    found.and_then(|(_, value)| value.as_text()).filter(|text| !text.is_empty())
}
