//! The hourly sweep of the quarantine.
//! Source: entra docs, "how-to-connect-syncservice-duplicate-attribute-resiliency".

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::proxy::OnConflict;
use super::store::View;
use super::tenant::Tenant;

/// How often the quarantine is swept.
const PERIOD: SignedDuration = SignedDuration::from_hours(1);

impl Tenant {
    pub(super) fn heal_if_due(&mut self, now: Timestamp) {
        if !self.is_heal_due(now) {
            return;
        }
        self.last_heal = Some(now);
        for id in self.quarantined.clone() {
            self.heal(id, now);
        }
    }

    pub(super) fn is_heal_due(&self, now: Timestamp) -> bool {
        self.last_heal.is_none_or(|last| now.duration_since(last) >= PERIOD)
    }

    /// Settles an object's names and addresses again: what nobody else holds any more leaves the quarantine.
    fn heal(&mut self, id: Uuid, now: Timestamp) {
        let Some(before) = self.store.get(id, View::Committed).cloned() else { return };
        let mut object = before.clone();
        let shadow = object.as_shadowed();
        if self.settle_names(&mut object, shadow, OnConflict::Quarantine, now).is_ok() && object != before {
            self.commit(object, now);
        }
    }
}
