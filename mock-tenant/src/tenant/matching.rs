//! Which object of the tenant an object of a batch is: by source anchor, else softly.
//! Source: entra docs, "how-to-connect-install-existing-tenant".

use jiff::Timestamp;

use super::anchor;
use super::company::Features;
use super::error::SyncError;
use super::model::{DirectoryObject, Kind, primary_smtp};
use super::store::{Probe, View};
use super::sync::SyncObject;
use super::tenant::Tenant;
use super::value::Value;

/// Property that is the same, its value, and whose it is.
type Candidate<'a> = (&'static str, String, &'a DirectoryObject);

impl Tenant {
    /// The object that a write goes to, maybe out of the recycle bin; `None`: to a new one.
    pub(super) fn find_match(
        &self,
        given: &SyncObject,
        now: Timestamp,
    ) -> Result<Option<DirectoryObject>, SyncError> {
        let found = self.find_by_rules(given)?;
        if let Some((object, true)) = &found {
            self.harden(object, given, now)?;
        }
        Ok(found.map(|(object, _)| object))
    }

    /// The object, and whether it was found by an anchor (not softly).
    fn find_by_rules(&self, given: &SyncObject) -> Result<Option<(DirectoryObject, bool)>, SyncError> {
        if let Some(object) = given.cloud_anchor().and_then(|anchor| self.by_cloud_anchor(anchor)) {
            self.allow_named(object, given)?;
            return Ok(Some((object.clone(), true)));
        }
        let anchor = anchor::checked(given)?;
        if let Some(object) = self.hard_match(anchor, given)? {
            return Ok(Some((object, true)));
        }
        Ok(self.soft_match(given)?.map(|object| (object.clone(), false)))
    }

    /// Whether a write may go to an object that it names by its cloud anchor.
    fn allow_named(&self, object: &DirectoryObject, given: &SyncObject) -> Result<(), SyncError> {
        if object.kind() != given.kind {
            return Err(mismatch(given, object, "CloudAnchor", &object.cloud_anchor()));
        }
        match (&object.source_anchor, given.source_anchor()) {
            (Some(stamped), Some(anchor)) if stamped != anchor => {
                Err(SyncError::invalid("SourceAnchor", "is set once and can't be changed"))
            }
            (Some(_), _) => self.allow_takeover(object),
            (None, _) => self.allow_stamp(object, anchor::checked(given)?),
        }
    }

    /// An anchor for a cloud object that is named by its cloud anchor: a takeover that neither match has judged, so it must
    /// satisfy the rules of both.
    fn allow_stamp(&self, object: &DirectoryObject, anchor: &str) -> Result<(), SyncError> {
        self.allow_takeover(object)?;
        if self.company.features.has(Features::BLOCK_SOFT_MATCH) {
            let (property, value) = ("CloudAnchor".to_owned(), object.cloud_anchor());
            return Err(SyncError::InvalidSoftMatch { property, value });
        }
        if self.holder_of_anchor(anchor, object).is_some() {
            return Err(SyncError::taken("SourceAnchor", anchor));
        }
        refuse_admin(object)
    }

    /// The object with that anchor; a live one before one of the recycle bin.
    fn hard_match(&self, anchor: &str, given: &SyncObject) -> Result<Option<DirectoryObject>, SyncError> {
        let mut found: Vec<_> = self.store.with_anchor(anchor, View::Committed).collect();
        found.sort_by_key(|object| (object.kind() != given.kind, !object.is_live()));
        let Some(object) = found.first().copied() else { return Ok(None) };
        if object.kind() == given.kind {
            self.allow_takeover(object)?;
            return Ok(Some(object.clone()));
        }
        // A deleted object of another type doesn't stand in the way: a contact may become a user, under a new id.
        if object.is_live() { Err(mismatch(given, object, "SourceAnchor", anchor)) } else { Ok(None) }
    }

    fn allow_takeover(&self, object: &DirectoryObject) -> Result<(), SyncError> {
        let blocked = self.company.features.has(Features::BLOCK_HARD_MATCH_TAKEOVER);
        if blocked && !object.is_synced() { Err(SyncError::InvalidHardMatch) } else { Ok(()) }
    }

    /// The cloud object that has the same sign-in name, primary address or device id. Only new objects come here.
    fn soft_match(&self, given: &SyncObject) -> Result<Option<&DirectoryObject>, SyncError> {
        for (property, value, candidate) in self.candidates(given) {
            if let Some(object) = self.judge(given, candidate, property, &value)? {
                return Ok(Some(object));
            }
        }
        Ok(None)
    }

    fn candidates(&self, given: &SyncObject) -> Vec<Candidate<'_>> {
        let by_name = self.with_same_upn(given).into_iter();
        by_name.chain(self.with_same_device_id(given)).chain(self.with_same_primary(given)).collect()
    }

    fn with_same_upn(&self, given: &SyncObject) -> Option<Candidate<'_>> {
        let asked = given.kind == Kind::User && self.company.features.has(Features::SOFT_MATCH_ON_UPN);
        let upn = self.routable(given.text("userPrincipalName").filter(|_| asked)?);
        self.store.with_upn(&upn, View::Committed).map(|object| ("UserPrincipalName", upn, object))
    }

    fn with_same_device_id(&self, given: &SyncObject) -> Option<Candidate<'_>> {
        let device = given.text("deviceId").filter(|_| given.kind == Kind::Device)?;
        let found =
            self.store.candidates(Kind::Device, "deviceId", Probe::Equals(device), View::Committed)?;
        let live = found.into_iter().map(|(_, object)| object).find(|object| object.is_live())?;
        Some(("DeviceId", device.to_owned(), live))
    }

    /// Only the primary address counts, on both sides.
    fn with_same_primary(&self, given: &SyncObject) -> Option<Candidate<'_>> {
        let addresses = match given.property("proxyAddresses")? {
            Value::TextList(list) if given.kind != Kind::Device => list,
            _ => return None,
        };
        let primary = primary_smtp(addresses)?;
        let same = |object: &&DirectoryObject| {
            object.primary_smtp().is_some_and(|held| held.eq_ignore_ascii_case(primary))
        };
        let holder = self.store.with_address(primary, View::Committed).find(same)?;
        Some(("ProxyAddresses", format!("SMTP:{primary}"), holder))
    }

    /// Whether a candidate is the one; `None` leaves it to the rules on duplicate values.
    fn judge<'a>(
        &self,
        given: &SyncObject,
        candidate: &'a DirectoryObject,
        property: &str,
        value: &str,
    ) -> Result<Option<&'a DirectoryObject>, SyncError> {
        if candidate.kind() != given.kind {
            let cloud_only = candidate.source_anchor.is_none();
            return if cloud_only { Err(mismatch(given, candidate, property, value)) } else { Ok(None) };
        }
        if candidate.source_anchor.is_some() {
            let resilient = property != "DeviceId" && self.is_resilient(property);
            let (property, value) = (property.to_owned(), value.to_owned());
            return if resilient { Ok(None) } else { Err(SyncError::InvalidSoftMatch { property, value }) };
        }
        if self.company.features.has(Features::BLOCK_SOFT_MATCH) {
            // There is no quarantine for the identifier of a device, so the object fails.
            // Source: a support engineer's guide to sync errors, quoted in public repositories.
            let (property, value) = (property.to_owned(), value.to_owned());
            let fails = property == "DeviceId";
            return if fails { Err(SyncError::InvalidSoftMatch { property, value }) } else { Ok(None) };
        }
        refuse_admin(candidate)?;
        Ok(Some(candidate))
    }

    /// Duplicate values of that property go into quarantine instead of failing.
    pub(super) fn is_resilient(&self, property: &str) -> bool {
        let feature = if property == "UserPrincipalName" {
            Features::DUPLICATE_UPN_RESILIENCY
        } else {
            Features::DUPLICATE_PROXY_ADDRESS_RESILIENCY
        };
        self.company.features.has(feature)
    }
}

/// Source: entra docs, "tshoot-connect-sync-errors", "Existing Admin Role Conflict".
fn refuse_admin(object: &DirectoryObject) -> Result<(), SyncError> {
    let Some(role) = object.user().and_then(|user| user.roles.first()) else { return Ok(()) };
    let user = object.user_principal_name().unwrap_or_default().to_owned();
    Err(SyncError::ExistingAdminRoleConflict { user, role: role.clone() })
}

fn mismatch(given: &SyncObject, found: &DirectoryObject, property: &str, value: &str) -> SyncError {
    SyncError::ObjectTypeMismatch {
        given: given.kind,
        found: found.kind(),
        property: property.to_owned(),
        value: value.to_owned(),
    }
}
