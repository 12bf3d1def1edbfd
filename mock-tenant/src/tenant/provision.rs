//! What the provisioning service does to one object of a batch.

use std::collections::BTreeSet;

use jiff::Timestamp;
use uuid::Uuid;

use super::attributes;
use super::error::SyncError;
use super::limits;
use super::links::Link;
use super::model::{Detail, DirectoryObject, Kind};
use super::proxy::OnConflict;
use super::shadow::Shadow;
use super::store::View;
use super::sync::{SyncObject, SyncOperation, SyncResult};
use super::tenant::Tenant;
use super::value::Value;

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
        let (mut object, before) = match self.find_match(given, now)? {
            Some(object) => (object.clone(), Some(object)),
            None => (self.new_object(given, now)?, None),
        };
        if object.cloud_managed {
            // The service says that it took the write and leaves the object alone: its client shall see
            // blockOnPremisesSync and not write at all. Source: entra docs, how-to-user-source-of-authority-configure.
            return Ok(Some(object.cloud_anchor()));
        }
        let restored = !object.is_live();
        self.unbin(&mut object);
        take_over(&mut object, given);
        let set = self.write(&mut object, given, restored, now);
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
                self.link_awaited(id, anchor.as_deref(), now);
            }
        }
        Ok(Some(cloud_anchor))
    }

    fn new_object(&mut self, given: &SyncObject, now: Timestamp) -> Result<DirectoryObject, SyncError> {
        let anchor = given.source_anchor().unwrap_or_default().to_owned();
        if given.kind == Kind::User && given.text("userPrincipalName").is_none() {
            return Err(SyncError::invalid("UserPrincipalName", "a new user needs a value"));
        }
        let id = self.new_id(&format!("synced/{}/{anchor}", given.kind.name()));
        Ok(DirectoryObject::new(id, Detail::empty(given.kind), now))
    }

    /// Names and addresses last: what is in force follows from all of them.
    fn write(
        &mut self,
        object: &mut DirectoryObject,
        given: &SyncObject,
        restored: bool,
        now: Timestamp,
    ) -> Result<(), SyncError> {
        let mut shadow = object.as_shadowed();
        let mut named = restored;
        for (name, value) in &given.properties {
            let name = attributes::canonical(name);
            if self.exchange.masters(object.id, &name) {
                continue;
            }
            if shadow.set(object, &name, value)? {
                named = true;
            } else {
                self.write_property(object, &name, value)?;
            }
        }
        for (name, changes) in &given.references {
            self.change_links(object, &attributes::canonical(name), changes);
        }
        if named { self.settle_names(object, shadow, OnConflict::Quarantine, now) } else { Ok(()) }
    }

    fn write_property(
        &mut self,
        object: &mut DirectoryObject,
        name: &str,
        value: &Value,
    ) -> Result<(), SyncError> {
        match name {
            "sourceAnchor" | "cloudAnchor" | "onPremisesObjectIdentifier" => Ok(()),
            "onPremiseSecurityIdentifier" | "onPremisesSecurityIdentifier" => {
                self.check_sid(object, value)?;
                set_plain(object, name, value)
            }
            // The manager is told in a read-back as it was written; members and owners are not.
            "manager" => {
                set_plain(object, name, value)?;
                self.set_links(object, Link::Manager, value)
            }
            _ => match Link::named(name).filter(|link| object.may_link(*link)) {
                Some(link) => self.set_links(object, link, value),
                None => set_plain(object, name, value),
            },
        }
    }

    /// What an object of the recycle bin was called may have been given to others meanwhile, so all is settled again.
    pub(super) fn settle_names(
        &self,
        object: &mut DirectoryObject,
        shadow: Shadow,
        on_conflict: OnConflict,
        now: Timestamp,
    ) -> Result<(), SyncError> {
        if let Some(wanted) = shadow.user_principal_name.clone() {
            self.settle_upn(object, &wanted, now)?;
        }
        self.settle_addresses(object, shadow, on_conflict, now)
    }

    /// Only one object of the directory has a security identifier.
    /// Source: entra docs, "tshoot-connect-sync-errors" (onPremisesSecurityIdentifier is unique) and
    /// "how-to-connect-install-existing-tenant" (AttributeConflictName = OnPremiseSecurityIdentifier).
    fn check_sid(&self, object: &DirectoryObject, value: &Value) -> Result<(), SyncError> {
        match value.as_text() {
            Some(sid) if self.holder_of_sid(sid, object).is_some() => {
                Err(SyncError::taken("OnPremiseSecurityIdentifier", sid))
            }
            _ => Ok(()),
        }
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
        if object.is_live() && !object.cloud_managed {
            if !object.is_synced() {
                return Err(SyncError::DeleteNotValid);
            }
            self.retire_from_sync(object, now);
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
}

/// Stamps the anchor and the identifier of the directory's object, and makes the directory the master.
fn take_over(object: &mut DirectoryObject, given: &SyncObject) {
    if object.source_anchor.is_none() {
        object.source_anchor = given.source_anchor().map(str::to_owned);
    }
    if let Some(identifier) = given.object_identifier() {
        object.object_identifier = Some(identifier);
    }
    object.on_premises_sync_enabled = Some(true);
}

fn check_values(given: &SyncObject, strict: bool) -> Result<(), SyncError> {
    given.properties.iter().try_for_each(|(name, value)| limits::check_value(name, value, strict))
}

fn set_plain(object: &mut DirectoryObject, name: &str, value: &Value) -> Result<(), SyncError> {
    let value = match value {
        Value::BinaryList(list) => Value::BinaryList(distinct(list)),
        other => other.clone(),
    };
    Ok(object.set(name, value)?)
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
