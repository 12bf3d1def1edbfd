//! What the shell needs of a carrier.

use futures_util::future::BoxFuture;

use crate::{
    engine::protocol::{ConnectorError, TenantRead},
    model::{Cursor, ExportOp, ExportResult, TenantObject},
};

/// One step of a read-back.
#[derive(Debug, Clone, PartialEq)]
pub enum TenantBatch {
    /// Some objects; more may follow.
    Objects(Vec<TenantObject>),
    /// The read-back ended well.
    End {
        /// Where the next delta goes on.
        cursor: Option<Cursor>,
    },
}

/// What the tenant says of itself at the start (GetCompanyConfiguration).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CompanyConfiguration {
    /// Tenant id.
    pub tenant_id: String,
    /// Name for people.
    pub display_name: String,
    /// Directory synchronisation is switched on.
    pub dir_syncing: bool,
    /// More pending deletes than this stop a cycle, if the tenant says so (PreventAccidentalDeletion).
    pub deletion_threshold: Option<u64>,
}

/// A carrier to the tenant. One read at a time; beginning another drops the one before.
pub trait TenantCarrier: Send {
    /// Signs in and asks what the tenant is.
    ///
    /// # Errors
    /// [`ConnectorError`], classified by what can be done about it.
    fn company(&mut self) -> BoxFuture<'_, Result<CompanyConfiguration, ConnectorError>>;

    /// Begins a read-back.
    ///
    /// # Errors
    /// [`ConnectorError`].
    fn begin(&mut self, read: TenantRead) -> BoxFuture<'_, Result<(), ConnectorError>>;

    /// The next step of the read-back. Not to be called again after `End` or an error.
    ///
    /// # Errors
    /// [`ConnectorError`]; what was told so far may be used, but absence proves nothing.
    fn next(&mut self) -> BoxFuture<'_, Result<TenantBatch, ConnectorError>>;

    /// Sends one batch. The results come in any order and name the source anchor of their operation.
    ///
    /// # Errors
    /// [`ConnectorError`] when the batch as a whole failed; it may have been applied all the same.
    fn export<'a>(
        &'a mut self,
        ops: &'a [ExportOp],
    ) -> BoxFuture<'a, Result<Vec<ExportResult>, ConnectorError>>;

    /// Tells the tenant that the export is over.
    ///
    /// # Errors
    /// [`ConnectorError`]; nothing depends on it.
    fn finish(&mut self, exported: u64, succeeded: u64) -> BoxFuture<'_, Result<(), ConnectorError>>;
}
