//! What goes into the engine and what comes out: `handle(input, now) -> commands`.
//!
//! The shell carries out one command after the other and feeds back what happened. Because nothing else passes between
//! engine and world, every crash point is enumerable: run to command k, drop, restart, compare.

use std::time::Duration;

use super::report::{Outcome, Progress};
use super::state::StateChange;
use crate::model::{Cursor, DirectoryChange, ExportOp, ExportResult, TenantObject};

/// What the engine asks of its shell.
///
/// [`Command::Report`] needs no answer; of the others there is exactly one in what `handle` returns, as the last.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Tell people how far the cycle is; needs no answer.
    Report(Progress),
    /// Read the directory; the shell answers with pages, then an end or a failure.
    ImportDirectory(DirectoryRead),
    /// Read the tenant back; the shell answers with pages, then an end or a failure.
    ImportTenant(TenantRead),
    /// Send these operations as one batch.
    Export(Vec<ExportOp>),
    /// Nothing to do before this time has passed (Retry-After, back-off).
    Wait {
        /// How long.
        delay: Duration,
        /// Why, for people.
        reason: String,
    },
    /// Make this change of state durable, whole or not at all, before going on.
    Commit(StateChange),
    /// The cycle is over.
    Finish(Box<Outcome>),
}

/// How to read the directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectoryRead {
    /// `None`: everything (paged, ranged), and a cookie to go on from. `Some`: what changed since (DirSync until no more
    /// results).
    pub since: Option<Cursor>,
    /// The attributes that the rules read, in AD's spelling; what the engine itself needs is among them.
    pub attributes: Vec<String>,
}

/// How to read the tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantRead {
    /// `None`: everything that carries a source anchor. `Some`: what changed since.
    pub since: Option<Cursor>,
    /// This read confirms an export that was just made.
    pub confirming: bool,
}

/// What the shell tells the engine.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// Begin the cycle.
    Start,
    /// Some objects of the directory.
    DirectoryPage(Vec<DirectoryChange>),
    /// The import ended well; only now may absence mean deletion.
    DirectoryEnd {
        /// Where the next delta goes on; `None` if the server gave none.
        cursor: Option<Cursor>,
    },
    /// The import broke off.
    DirectoryFailed(ConnectorError),
    /// Some objects of the tenant.
    TenantPage(Vec<TenantObject>),
    /// The read-back ended well.
    TenantEnd {
        /// Where the next delta goes on; `None` if the tenant gave none.
        cursor: Option<Cursor>,
    },
    /// The read-back broke off.
    TenantFailed(ConnectorError),
    /// Per-object answers of one batch.
    ExportResults(Vec<ExportResult>),
    /// The batch as a whole failed; it may or may not have been applied.
    ExportFailed(ConnectorError),
    /// The wait is over.
    Waited,
    /// The last commit is durable.
    Committed,
    /// The state could not be written.
    CommitFailed(String),
}

/// A connector's failure, classified by what can be done about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConnectorError {
    /// Credentials refused (LDAP 49, HTTP 401 after one refresh, AADSTS…).
    #[error("authentication failed: {0}")]
    Authentication(String),
    /// The delta cookie was refused or is too old: read in full.
    #[error("the cookie was refused: {0}")]
    CursorExpired(String),
    /// Not allowed (LDAP 50, HTTP 403).
    #[error("permission denied: {0}")]
    Permission(String),
    /// The request was too large for the service: split it.
    #[error("too large: {0}")]
    TooLarge(String),
    /// Slow down.
    #[error("throttled{}", .retry_after.map(|d| format!(", retry after {} s", d.as_secs())).unwrap_or_default())]
    Throttled {
        /// Retry-After, if told.
        retry_after: Option<Duration>,
    },
    /// Busy, unavailable, reset, timed out: worth another try; the request may have been applied.
    #[error("temporarily unavailable: {0}")]
    Transient(String),
    /// Anything that will not get better by itself.
    #[error("{0}")]
    Fatal(String),
}
