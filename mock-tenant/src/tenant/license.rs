//! Licences, as far as they decide about addresses.

use jiff::Timestamp;
use uuid::Uuid;

use super::graph::MutationError;
use super::proxy::OnConflict;
use super::tenant::Tenant;

impl Tenant {
    /// Assigns or takes away an Exchange Online licence, and calculates the user's addresses again.
    /// Source: support article KB 3190357, scenarios 1 and 4.
    ///
    /// # Errors
    /// No such user.
    pub fn set_exchange_license(&mut self, id: Uuid, on: bool, now: Timestamp) -> Result<(), MutationError> {
        self.tick(now);
        let mut object = self.live(id)?;
        let shadow = object.as_shadowed();
        let user = object.user_mut().ok_or_else(|| MutationError::NotFound(id.to_string()))?;
        user.exchange_license = on;
        self.settle_addresses(&mut object, shadow, OnConflict::Quarantine, now)?;
        self.commit(object, now);
        Ok(())
    }
}
