//! Which object of the tenant an object of a batch is: by source anchor, else softly.
//! Source: entra docs, "how-to-connect-install-existing-tenant".

use super::company::Features;
use super::error::SyncError;
use super::model::{DirectoryObject, Kind, primary_smtp};
use super::provision::{SyncObject, SyncOperation};
use super::store::View;
use super::tenant::Tenant;
use super::value::Value;

/// Longest source anchor. Source: "plan-connect-design-concepts" (fewer than 60 characters).
const ANCHOR_MAX: usize = 60;

impl Tenant {
    /// The object that a write goes to, maybe out of the recycle bin; `None`: to a new one.
    pub(super) fn find_match(&self, given: &SyncObject) -> Result<Option<DirectoryObject>, SyncError> {
        if let Some(object) = given.cloud_anchor().and_then(|anchor| self.by_cloud_anchor(anchor)) {
            return self.named_by_cloud_anchor(object, given);
        }
        let anchor = checked_anchor(given)?;
        if let Some(object) = self.hard_match(anchor, given)? {
            return Ok(Some(object));
        }
        Ok(self.soft_match(given)?.cloned())
    }

    fn named_by_cloud_anchor(
        &self,
        object: &DirectoryObject,
        given: &SyncObject,
    ) -> Result<Option<DirectoryObject>, SyncError> {
        if object.kind() != given.kind {
            return Err(mismatch(given, object, "CloudAnchor", &object.cloud_anchor()));
        }
        match (&object.source_anchor, given.source_anchor()) {
            (Some(stamped), Some(anchor)) if stamped != anchor => {
                Err(SyncError::invalid("SourceAnchor", "is set once and can't be changed"))
            }
            (None, None) => Err(SyncError::invalid("SourceAnchor", "is missing")),
            _ => {
                self.allow_takeover(object)?;
                Ok(Some(object.clone()))
            }
        }
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

    /// The cloud object that has the same sign-in name or primary address. Only new objects come here.
    fn soft_match(&self, given: &SyncObject) -> Result<Option<&DirectoryObject>, SyncError> {
        for (property, value, candidate) in self.candidates(given) {
            if let Some(object) = self.judge(given, candidate, property, &value)? {
                return Ok(Some(object));
            }
        }
        Ok(None)
    }

    fn candidates(&self, given: &SyncObject) -> Vec<(&'static str, String, &DirectoryObject)> {
        let mut found = Vec::new();
        if let Some(upn) = given.text("userPrincipalName")
            && given.kind == Kind::User
            && self.company.features.has(Features::SOFT_MATCH_ON_UPN)
        {
            let upn = self.routable(upn);
            found.extend(
                self.store.with_upn(&upn, View::Committed).map(|object| ("UserPrincipalName", upn, object)),
            );
        }
        let addresses = match given.property("proxyAddresses") {
            Some(Value::TextList(list)) if given.kind != Kind::Device => list.as_slice(),
            _ => &[],
        };
        if let Some(primary) = primary_smtp(addresses) {
            let same = |object: &&DirectoryObject| {
                object.primary_smtp().is_some_and(|held| held.eq_ignore_ascii_case(primary))
            };
            let holders = self.store.with_address(primary, View::Committed).filter(same);
            found.extend(holders.map(|object| ("ProxyAddresses", format!("SMTP:{primary}"), object)));
        }
        found
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
            let resilient = self.is_resilient(property);
            let (property, value) = (property.to_owned(), value.to_owned());
            return if resilient { Ok(None) } else { Err(SyncError::InvalidSoftMatch { property, value }) };
        }
        if self.company.features.has(Features::BLOCK_SOFT_MATCH) {
            return Ok(None);
        }
        if let Some(role) = candidate.user().and_then(|user| user.roles.first()) {
            let user = candidate.user_principal_name().unwrap_or_default().to_owned();
            return Err(SyncError::ExistingAdminRoleConflict { user, role: role.clone() });
        }
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

fn checked_anchor(given: &SyncObject) -> Result<&str, SyncError> {
    debug_assert!(given.operation != SyncOperation::Delete);
    let anchor = given.source_anchor().ok_or_else(|| SyncError::invalid("SourceAnchor", "is missing"))?;
    if anchor.chars().count() >= ANCHOR_MAX {
        return Err(SyncError::invalid(
            "SourceAnchor",
            format!("must have fewer than {ANCHOR_MAX} characters"),
        ));
    }
    // Graph's user resource type: `$` and `_` cannot be used in onPremisesImmutableId.
    if let Some(bad) = anchor.chars().find(|c| matches!(c, '$' | '_')) {
        return Err(SyncError::invalid("SourceAnchor", format!("must not contain '{bad}'")));
    }
    Ok(anchor)
}

fn mismatch(given: &SyncObject, found: &DirectoryObject, property: &str, value: &str) -> SyncError {
    SyncError::ObjectTypeMismatch {
        given: given.kind,
        found: found.kind(),
        property: property.to_owned(),
        value: value.to_owned(),
    }
}
