//! The source of authority of one object: the directory or the cloud.
//! Source: entra docs, "how-to-user-source-of-authority-configure"; microsoft-graph-docs, resources/onpremisessyncbehavior.

use jiff::Timestamp;
use uuid::Uuid;

use super::graph::MutationError;
use super::tenant::Tenant;

impl Tenant {
    /// Sets `onPremisesSyncBehavior.isCloudManaged`: from then on Graph may change the object and the sync may not, or the other
    /// way round.
    ///
    /// # Errors
    /// No such object, or one that the sync has never written.
    pub fn set_cloud_managed(&mut self, id: Uuid, on: bool, now: Timestamp) -> Result<(), MutationError> {
        self.tick(now);
        let mut object = self.live(id)?;
        if !object.was_synced() {
            return Err(MutationError::InvalidValue {
                property: "isCloudManaged".to_owned(),
                resource: object.kind().name(),
            });
        }
        if object.cloud_managed != on {
            object.cloud_managed = on;
            self.commit(object, now);
        }
        Ok(())
    }
}
