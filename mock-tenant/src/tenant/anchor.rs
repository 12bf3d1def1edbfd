//! Source anchors: what may be one, and whose it is.

use super::error::SyncError;
use super::model::{DirectoryObject, Kind};
use super::store::{Probe, View};
use super::sync::SyncObject;
use super::tenant::Tenant;

/// Longest source anchor. Source: entra docs, "plan-connect-design-concepts" (fewer than 60 characters).
const ANCHOR_MAX: usize = 60;

/// The security identifier under the two names that clients write.
const SIDS: [&str; 2] = ["onPremiseSecurityIdentifier", "onPremisesSecurityIdentifier"];

/// What an anchor must not be. Graph's user resource type: `$` and `_` cannot be used in onPremisesImmutableId.
pub(super) fn problem(anchor: &str) -> Option<String> {
    if anchor.is_empty() {
        return Some("is missing".to_owned());
    }
    if anchor.chars().count() >= ANCHOR_MAX {
        return Some(format!("must have fewer than {ANCHOR_MAX} characters"));
    }
    let bad = anchor.chars().find(|c| matches!(c, '$' | '_'));
    bad.map(|bad| format!("must not contain '{bad}'"))
}

/// The anchor of an object of a batch.
pub(super) fn checked(given: &SyncObject) -> Result<&str, SyncError> {
    let anchor = given.source_anchor().unwrap_or_default();
    problem(anchor).map_or(Ok(anchor), |problem| Err(SyncError::invalid("SourceAnchor", problem)))
}

impl Tenant {
    /// Cloud anchor of another object with that anchor, which must be unique among the objects of a type, those of the recycle bin
    /// included. Source: entra docs, "tshoot-connect-sync-errors" (immutableId); that deleted objects count is shown by the
    /// hard match onto them.
    pub(super) fn holder_of_anchor(&self, anchor: &str, object: &DirectoryObject) -> Option<String> {
        let conflicts = |other: &&DirectoryObject| other.id != object.id && clashes(other, object.kind());
        self.store.with_anchor(anchor, View::Committed).find(conflicts).map(DirectoryObject::cloud_anchor)
    }
}

impl Tenant {
    /// Cloud anchor of another object with that on-premises security identifier, which must be unique too.
    /// Source: entra docs, "tshoot-connect-sync-errors" (onPremisesSecurityIdentifier) and
    /// "how-to-connect-install-existing-tenant" (AttributeConflictName = OnPremiseSecurityIdentifier).
    pub(super) fn holder_of_sid(&self, sid: &str, object: &DirectoryObject) -> Option<String> {
        let conflicts = |other: &&DirectoryObject| other.id != object.id && other.is_live();
        let holders = Kind::ALL.into_iter().flat_map(|kind| SIDS.map(|name| (kind, name)));
        let mut holders = holders.filter_map(|(kind, name)| {
            self.store.candidates(kind, name, Probe::Equals(sid), View::Committed)
        });
        holders.find_map(|found| {
            found.into_iter().map(|(_, object)| object).find(conflicts).map(DirectoryObject::cloud_anchor)
        })
    }
}

/// A deleted object of another type does not stand in the way: a contact may become a user, under a new id.
pub(super) fn clashes(other: &DirectoryObject, kind: Kind) -> bool {
    other.is_live() || other.kind() == kind
}
