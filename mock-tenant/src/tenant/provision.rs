//! What the provisioning service does to one object of a batch.

use std::collections::BTreeSet;

use jiff::Timestamp;
use uuid::Uuid;

use super::attributes;
use super::error::SyncError;
use super::limits;
use super::model::{Contact, Detail, Device, DirectoryObject, Group, Kind, User};
use super::store::View;
use super::tenant::Tenant;
use super::value::Value;

/// SyncOperation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SyncOperation {
    /// The client believes that the object is new. The service matches it all the same.
    Add,
    /// The object goes.
    Delete,
    /// The object changes; it is made if it isn't there.
    Set,
}

impl SyncOperation {
    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Add => "Add",
            Self::Delete => "Delete",
            Self::Set => "Set",
        }
    }

    /// The operation of that name, whatever its letter case.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Add, Self::Delete, Self::Set].into_iter().find(|op| op.name().eq_ignore_ascii_case(name))
    }
}

/// One object of a batch.
#[derive(Debug, Clone, PartialEq)]
pub struct SyncObject {
    /// Type.
    pub kind: Kind,
    /// What is to be done.
    pub operation: SyncOperation,
    /// Properties by the names that the client uses, anchors among them.
    pub properties: Vec<(String, Value)>,
    /// Incremental changes of references (`member`).
    pub references: Vec<(String, Vec<ReferenceChange>)>,
}

/// One incremental change of a reference property.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferenceChange {
    /// Source anchor or cloud anchor of the object that is referred to.
    pub anchor: String,
    /// Added, or else removed.
    pub add: bool,
}

/// The answer for one object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncResult {
    /// Type as given.
    pub kind: Kind,
    /// Operation as given.
    pub operation: SyncOperation,
    /// Source anchor as given.
    pub source_anchor: Option<String>,
    /// Cloud anchor of the object, if it is known.
    pub cloud_anchor: Option<String>,
    /// Why it was refused.
    pub error: Option<SyncError>,
}

impl SyncObject {
    /// A property by its name in any letter case.
    #[must_use]
    pub fn property(&self, name: &str) -> Option<&Value> {
        self.properties.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// A text property by its name in any letter case, unless empty.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.property(name).and_then(Value::as_text).filter(|text| !text.is_empty())
    }

    /// Source anchor.
    #[must_use]
    pub fn source_anchor(&self) -> Option<&str> {
        self.text("sourceAnchor")
    }

    /// Cloud anchor, if the client told it.
    #[must_use]
    pub fn cloud_anchor(&self) -> Option<&str> {
        self.text("cloudAnchor")
    }

    /// What the object is called in a journal: the source anchor, else the cloud anchor.
    #[must_use]
    pub fn target(&self) -> &str {
        self.source_anchor().or_else(|| self.cloud_anchor()).unwrap_or_default()
    }
}

impl Tenant {
    /// Carries out one operation of a batch. Whatever goes wrong concerns this object only, and nothing of it is applied.
    pub fn provision(&mut self, given: &SyncObject, now: Timestamp) -> SyncResult {
        self.tick(now);
        let done = match given.operation {
            SyncOperation::Add | SyncOperation::Set => self.upsert(given, now),
            SyncOperation::Delete => self.delete_synced(given, now),
        };
        let (cloud_anchor, error) = match done {
            Ok(cloud_anchor) => (cloud_anchor, None),
            Err(error) => (given.cloud_anchor().map(str::to_owned), Some(error)),
        };
        let source_anchor = given.source_anchor().map(str::to_owned);
        SyncResult { kind: given.kind, operation: given.operation, source_anchor, cloud_anchor, error }
    }

    fn upsert(&mut self, given: &SyncObject, now: Timestamp) -> Result<Option<String>, SyncError> {
        check_values(given, self.settings.strict)?;
        let (mut object, before) = match self.find_match(given)? {
            Some(object) => (object.clone(), Some(object)),
            None => (self.new_object(given, now)?, None),
        };
        let restored = !object.is_live();
        self.unbin(&mut object);
        self.take_over(&mut object, given);
        let kept = if restored { self.settle_again(&mut object, now) } else { Ok(()) };
        let set = kept.and_then(|()| self.write(&mut object, given, now));
        if let Err(error) = set.and_then(|()| limits::check_object(&object)) {
            self.rebin(before.as_ref());
            return Err(error);
        }
        let cloud_anchor = object.cloud_anchor();
        if before.as_ref() != Some(&object) {
            object.last_sync = Some(now);
            let (id, anchor) = (object.id, object.source_anchor.clone());
            self.commit(object, now);
            if before.is_none() {
                self.join_awaiting_groups(id, anchor.as_deref(), now);
            }
        }
        Ok(Some(cloud_anchor))
    }

    fn new_object(&mut self, given: &SyncObject, now: Timestamp) -> Result<DirectoryObject, SyncError> {
        let anchor = given.source_anchor().unwrap_or_default().to_owned();
        let detail = match given.kind {
            Kind::User if given.text("userPrincipalName").is_none() => {
                return Err(SyncError::invalid("UserPrincipalName", "a new user needs a value"));
            }
            Kind::User => Detail::User(User {
                user_principal_name: String::new(),
                account_enabled: true,
                roles: Vec::new(),
            }),
            Kind::Contact => Detail::Contact(Contact),
            Kind::Group => Detail::Group(Group::default()),
            Kind::Device => Detail::Device(Device { device_id: None, account_enabled: true }),
        };
        let id = self.new_id(&format!("synced/{}/{anchor}", given.kind.name()));
        Ok(DirectoryObject::new(id, detail, now))
    }

    /// Stamps the anchor and makes the directory the master.
    fn take_over(&self, object: &mut DirectoryObject, given: &SyncObject) {
        if object.source_anchor.is_none() {
            object.source_anchor = given.source_anchor().map(str::to_owned);
        }
        object.on_premises_sync_enabled = Some(true);
    }

    /// What an object of the recycle bin was called may have been given to others meanwhile.
    fn settle_again(&self, object: &mut DirectoryObject, now: Timestamp) -> Result<(), SyncError> {
        let (upn, addresses) = (object.as_written("userPrincipalName"), object.as_written("proxyAddresses"));
        upn.map_or(Ok(()), |upn| self.settle_upn(object, &upn, now))?;
        addresses.map_or(Ok(()), |addresses| self.settle_addresses(object, &addresses, now))
    }

    fn write(
        &mut self,
        object: &mut DirectoryObject,
        given: &SyncObject,
        now: Timestamp,
    ) -> Result<(), SyncError> {
        for (name, value) in &given.properties {
            match attributes::canonical(name).as_ref() {
                "sourceAnchor" | "cloudAnchor" => {}
                name if self.exchange.masters(object.id, name) => {}
                "userPrincipalName" => self.settle_upn(object, value, now)?,
                "proxyAddresses" => self.settle_addresses(object, value, now)?,
                "mail" => self.settle_mail(object, value)?,
                "member" if object.group().is_some() => self.set_members(object, value)?,
                _ => set_plain(object, name, value)?,
            }
        }
        for (name, changes) in &given.references {
            if attributes::canonical(name) == "member" {
                changes.iter().for_each(|change| self.change_member(object, change));
            }
        }
        Ok(())
    }

    /// Puts what could not be restored back into the recycle bin.
    fn rebin(&mut self, before: Option<&DirectoryObject>) {
        if let Some((deleted, id)) = before.and_then(|object| object.deleted.map(|at| (at, object.id))) {
            self.recycle_bin.insert((super::graph::leaves_bin(deleted), id));
        }
    }

    fn delete_synced(&mut self, given: &SyncObject, now: Timestamp) -> Result<Option<String>, SyncError> {
        let object = self.find_for_delete(given)?;
        let cloud_anchor = object.cloud_anchor();
        if object.is_live() {
            if !object.is_synced() {
                return Err(SyncError::DeleteNotValid);
            }
            self.retire(object, now);
        }
        Ok(Some(cloud_anchor))
    }

    fn find_for_delete(&self, given: &SyncObject) -> Result<DirectoryObject, SyncError> {
        let by_cloud = given.cloud_anchor().and_then(|anchor| self.by_cloud_anchor(anchor));
        let by_source = || {
            let anchor = given.source_anchor()?;
            // The same anchor may name a user that is gone and a contact that is not, after a change of type.
            let mut found: Vec<_> = self.store.with_anchor(anchor, View::Committed).collect();
            found.sort_by_key(|object| (object.kind() != given.kind, !object.is_live()));
            found.first().copied()
        };
        let found = by_cloud.or_else(by_source);
        let object = found.ok_or_else(|| SyncError::ObjectNotFound { anchor: given.target().to_owned() })?;
        if object.kind() != given.kind {
            return Err(SyncError::ObjectTypeMismatch {
                given: given.kind,
                found: object.kind(),
                property: "SourceAnchor".to_owned(),
                value: given.target().to_owned(),
            });
        }
        Ok(object.clone())
    }

    /// The object that `User_<id>` and the like name.
    #[must_use]
    pub fn by_cloud_anchor(&self, anchor: &str) -> Option<&DirectoryObject> {
        let (kind, id) = anchor.split_once('_')?;
        let object = self.store.get(Uuid::try_parse(id).ok()?, View::Committed)?;
        (Kind::parse(kind) == Some(object.kind())).then_some(object)
    }

    fn set_members(&mut self, group: &mut DirectoryObject, value: &Value) -> Result<(), SyncError> {
        let anchors = match value {
            Value::Null => Vec::new(),
            Value::Text(anchor) => vec![anchor.clone()],
            Value::TextList(list) => list.clone(),
            other => {
                return Err(SyncError::invalid(
                    "member",
                    format!("takes an ArrayOfstring, not {}", other.kind()),
                ));
            }
        };
        if let Detail::Group(detail) = &mut group.detail {
            detail.members = BTreeSet::new();
        }
        for anchor in anchors {
            self.change_member(group, &ReferenceChange { anchor, add: true });
        }
        Ok(())
    }

    fn change_member(&mut self, group: &mut DirectoryObject, change: &ReferenceChange) {
        let id = group.id;
        let Detail::Group(detail) = &mut group.detail else { return };
        match self.referred(&change.anchor) {
            Some(member) if change.add => drop(detail.members.insert(member)),
            Some(member) => drop(detail.members.remove(&member)),
            None if change.add => drop(self.awaited.entry(change.anchor.clone()).or_default().insert(id)),
            None => drop(self.awaited.get_mut(&change.anchor).map(|groups| groups.remove(&id))),
        }
    }

    fn referred(&self, anchor: &str) -> Option<Uuid> {
        let by_source = self.store.with_anchor(anchor, View::Committed).find(|object| object.is_live());
        by_source.or_else(|| self.by_cloud_anchor(anchor)).map(|object| object.id)
    }

    /// A new object joins the groups whose members were written before it.
    fn join_awaiting_groups(&mut self, id: Uuid, anchor: Option<&str>, now: Timestamp) {
        let Some(groups) = anchor.and_then(|anchor| self.awaited.remove(anchor)) else { return };
        for group in groups {
            let Some(mut group) = self.store.get(group, View::Committed).cloned() else { continue };
            if let Detail::Group(detail) = &mut group.detail {
                detail.members.insert(id);
                self.commit(group, now);
            }
        }
    }
}

fn check_values(given: &SyncObject, strict: bool) -> Result<(), SyncError> {
    given.properties.iter().try_for_each(|(name, value)| limits::check_value(name, value, strict))
}

fn set_plain(object: &mut DirectoryObject, name: &str, value: &Value) -> Result<(), SyncError> {
    let value = match value {
        Value::BinaryList(list) => Value::BinaryList(distinct(list)),
        other => other.clone(),
    };
    object.set(name, value).map_err(|error| {
        SyncError::invalid(&error.name, format!("takes {}, not {}", error.expected, error.got))
    })
}

/// Values of one attribute are a set: a second equal one is the same one.
fn distinct(list: &super::value::Certificates) -> super::value::Certificates {
    let mut seen = BTreeSet::new();
    if list.iter().all(|value| seen.insert(value)) {
        return list.clone();
    }
    let mut seen = BTreeSet::new();
    list.iter().filter(|value| seen.insert(*value)).cloned().collect()
}
