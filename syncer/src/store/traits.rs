//! What the shell needs of a store.

use std::path::PathBuf;

use futures_util::future::BoxFuture;

use crate::engine::state::{State, StateChange};

/// Keeps the state. Whoever holds a store is the only one who writes to it.
pub trait Store: Send {
    /// Everything that was committed.
    ///
    /// # Errors
    /// [`StoreError`] if it can't be read or makes no sense.
    fn load(&mut self) -> BoxFuture<'_, Result<State, StoreError>>;

    /// Makes a change durable, whole or not at all.
    ///
    /// # Errors
    /// [`StoreError`]; nothing of the change is kept then.
    fn commit<'a>(&'a mut self, change: &'a StateChange) -> BoxFuture<'a, Result<(), StoreError>>;

    /// Forgets everything.
    ///
    /// # Errors
    /// [`StoreError`]; everything is kept then.
    fn reset(&mut self) -> BoxFuture<'_, Result<(), StoreError>>;
}

/// What can be wrong with a store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another instance holds it.
    #[error("{}: in use by another syncer{}", path.display(), pid.map(|pid| format!(" (process {pid})")).unwrap_or_default())]
    Locked {
        /// The lock file.
        path: PathBuf,
        /// Process that holds it, as it says itself.
        pid: Option<u32>,
    },
    /// The files can't be used.
    #[error("{}: {reason}", path.display())]
    Unusable {
        /// File or folder.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// Written by a later version.
    #[error("{}: the state has schema {found}, this version knows up to {known}; use the newer syncer or `syncer state reset`", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Schema in the file.
        found: i64,
        /// Latest schema of this version.
        known: i64,
    },
    /// The content makes no sense.
    #[error("{}: the state is damaged: {reason}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What and where.
        reason: String,
    },
}
