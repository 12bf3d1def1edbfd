//! Deleting, and the recycle bin.
//! Source: entra docs, "recover-from-deletions"; microsoft-graph-docs, api/directory-deleteditems-restore.

use jiff::Timestamp;
use uuid::Uuid;

use super::super::model::DirectoryObject;
use super::super::proxy::OnConflict;
use super::super::store::View;
use super::super::tenant::{RECYCLE_BIN, Tenant};
use super::error::MutationError;

/// How an object is brought back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RestoreOptions {
    /// Addresses that another object has taken meanwhile are dropped instead of refusing the restore.
    pub auto_reconcile_proxy_conflict: bool,
}

impl Tenant {
    /// Deletes a live object: users and Microsoft 365 groups to the recycle bin, others for good. The directory's own objects
    /// may be deleted too: the next full cycle of the sync brings them back.
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
        self.restore_with(id, RestoreOptions::default(), now)
    }

    /// As [`Tenant::restore`], with what the caller wants of conflicts.
    ///
    /// # Errors
    /// As there.
    pub fn restore_with(
        &mut self,
        id: Uuid,
        options: RestoreOptions,
        now: Timestamp,
    ) -> Result<(), MutationError> {
        self.tick(now);
        let mut object = self.deleted(id)?;
        if let Some(upn) = object.user_principal_name()
            && let Some(holder) = self.store.with_upn(upn, View::Committed)
        {
            let (property, holder) = ("userPrincipalName".to_owned(), holder.cloud_anchor());
            return Err(MutationError::ConflictWith { property, holder });
        }
        let sid =
            object.get("onPremisesSecurityIdentifier").or_else(|| object.get("onPremiseSecurityIdentifier"));
        if let Some(holder) = sid.as_ref().and_then(|sid| self.holder_of_sid(sid.as_text()?, &object)) {
            let property = "onPremisesSecurityIdentifier".to_owned();
            return Err(MutationError::ConflictWith { property, holder });
        }
        let lost = |address: &String| self.is_taken(address, &object);
        if object.proxy_addresses.iter().any(lost) {
            if !options.auto_reconcile_proxy_conflict {
                return Err(MutationError::Conflict("proxyAddresses".to_owned()));
            }
            self.drop_taken(&mut object, now)?;
        }
        self.unbin(&mut object);
        self.commit(object, now);
        Ok(())
    }

    /// What others hold is no longer the object's. The directory would bring its own back with the next sync.
    fn drop_taken(&self, object: &mut DirectoryObject, now: Timestamp) -> Result<(), MutationError> {
        let mut shadow = object.as_shadowed();
        shadow.proxy_addresses.retain(|address| !self.is_taken(address, object));
        shadow.mail.take_if(|mail| self.is_taken(&format!("smtp:{mail}"), object));
        let kept = object.proxy_addresses.iter().filter(|address| !self.is_taken(address, object));
        object.proxy_addresses = kept.cloned().collect();
        Ok(self.settle_addresses(object, shadow, OnConflict::Refuse, now)?)
    }

    /// Deletes an object of the recycle bin for good.
    ///
    /// # Errors
    /// It isn't there.
    pub fn purge(&mut self, id: Uuid, now: Timestamp) -> Result<(), MutationError> {
        self.tick(now);
        let mut object = self.deleted(id)?;
        self.unbin(&mut object);
        self.end(id, now);
        Ok(())
    }

    pub(in crate::tenant) fn live(&self, id: Uuid) -> Result<DirectoryObject, MutationError> {
        let object = self.store.get(id, View::Committed).filter(|object| object.is_live());
        object.cloned().ok_or_else(|| MutationError::NotFound(id.to_string()))
    }

    fn deleted(&self, id: Uuid) -> Result<DirectoryObject, MutationError> {
        let object = self.store.get(id, View::Committed).filter(|object| !object.is_live());
        object.cloned().ok_or_else(|| MutationError::NotFound(id.to_string()))
    }

    /// Into the recycle bin, or away, because the directory says so: the object leaves the scope of the sync.
    /// Source: entra docs, "tshoot-connect-sync-errors", "InvalidHardMatch": the attribute DirSyncEnabled of a deleted
    /// user is switched to false.
    pub(in crate::tenant) fn retire_from_sync(&mut self, mut object: DirectoryObject, now: Timestamp) {
        object.on_premises_sync_enabled = Some(false);
        self.retire(object, now);
    }

    /// Into the recycle bin, or away.
    pub(in crate::tenant) fn retire(&mut self, mut object: DirectoryObject, now: Timestamp) {
        self.quarantined.remove(&object.id);
        if !object.has_recycle_bin() {
            self.end(object.id, now);
            return;
        }
        object.deleted = Some(now);
        self.recycle_bin.insert((leaves_bin(now), object.id));
        self.store.commit(object, now, self.keep());
    }

    /// Out of the recycle bin, not yet committed.
    pub(in crate::tenant) fn unbin(&mut self, object: &mut DirectoryObject) {
        if let Some(deleted) = object.deleted.take() {
            self.recycle_bin.remove(&(leaves_bin(deleted), object.id));
        }
    }
}

pub(in crate::tenant) fn leaves_bin(deleted: Timestamp) -> Timestamp {
    deleted.checked_add(RECYCLE_BIN).unwrap_or(Timestamp::MAX)
}
