//! What the shell needs of a directory.

use futures_util::future::BoxFuture;

use crate::{
    engine::protocol::{ConnectorError, DirectoryRead},
    model::{Cursor, DirectoryChange},
};

/// One step of an import.
#[derive(Debug, Clone, PartialEq)]
pub enum DirectoryBatch {
    /// Some objects; more may follow.
    Objects(Vec<DirectoryChange>),
    /// The import ended well.
    End {
        /// Where the next delta goes on; `None`: the next import has to be a full one.
        cursor: Option<Cursor>,
    },
}

/// A directory that can be imported. One read at a time; beginning another drops the one before.
pub trait DirectorySource: Send {
    /// Begins a read.
    ///
    /// # Errors
    /// [`ConnectorError`], classified by what can be done about it.
    fn begin(&mut self, read: DirectoryRead) -> BoxFuture<'_, Result<(), ConnectorError>>;

    /// The next step of the read. Not to be called again after `End` or an error.
    ///
    /// # Errors
    /// [`ConnectorError`]; what was told so far may be used, but absence proves nothing.
    fn next(&mut self) -> BoxFuture<'_, Result<DirectoryBatch, ConnectorError>>;
}
