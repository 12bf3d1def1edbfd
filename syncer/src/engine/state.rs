//! What the engine knows between two cycles, and the fine-grained changes of it that a store makes durable.
//!
//! Two connector spaces: the directory's (what AD said, staged in full) and the tenant's (what the tenant confirmed,
//! what was exported and is not confirmed yet). A store loads a [`State`], applies each [`StateChange`] in one
//! transaction, and needs to understand nothing of what is inside.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::packed::Packed;
use crate::model::{Cursor, ExportAction, Guid, ObjectType};

/// Everything that is kept between cycles.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct State {
    /// Connector space of the directory by objectGUID.
    pub directory: BTreeMap<Guid, Arc<StagedObject>>,
    /// Connector space of the tenant by source anchor.
    pub tenant: BTreeMap<Arc<str>, Arc<TenantRecord>>,
    /// Where the next delta import of the directory goes on.
    pub directory_cursor: Option<Cursor>,
    /// Where the next delta read-back of the tenant goes on.
    pub tenant_cursor: Option<Cursor>,
    /// Fingerprint of the rules under which the objects were last evaluated; another one asks for a full cycle.
    pub rules_fingerprint: Option<String>,
    /// Counters of cycles.
    pub runs: RunCounters,
}

impl State {
    /// Applies `change` in memory, in the order in which a store must apply it.
    pub fn apply(&mut self, change: &StateChange) {
        change.0.iter().for_each(|c| self.apply_one(c));
    }

    fn apply_one(&mut self, change: &Change) {
        match change {
            Change::PutObject { guid, object } => drop(self.directory.insert(*guid, Arc::clone(object))),
            Change::DropObject { guid } => drop(self.directory.remove(guid)),
            Change::PutRecord { anchor, record } => {
                drop(self.tenant.insert(Arc::clone(anchor), Arc::clone(record)));
            }
            Change::DropRecord { anchor } => drop(self.tenant.remove(anchor)),
            Change::DirectoryCursor(cursor) => self.directory_cursor.clone_from(cursor),
            Change::TenantCursor(cursor) => self.tenant_cursor.clone_from(cursor),
            Change::RulesFingerprint(fingerprint) => self.rules_fingerprint = Some(fingerprint.clone()),
            Change::Runs(runs) => self.runs = *runs,
        }
    }
}

/// One object of the directory as it was last seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StagedObject {
    /// DN text.
    pub dn: Box<str>,
    /// objectGUID of the container, if the server told it (DirSync does).
    pub parent: Option<Guid>,
    /// Attributes by lower-cased name, values in the order in which the server gave them.
    pub attributes: Packed,
    /// Why the rules could not be evaluated the last time; the object is tried again every cycle.
    pub error: Option<LastError>,
}

/// One object of the tenant that carries a source anchor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantRecord {
    /// Kind.
    pub kind: ObjectType,
    /// The directory object whose export this is; `None` until the two are joined by the anchor.
    pub guid: Option<Guid>,
    /// `User_<id>` and the like, once the tenant told it.
    pub cloud_anchor: Option<Box<str>>,
    /// The properties that the tenant showed, in canonical form; `None`: the tenant does not
    /// have the object, as far as was read.
    pub confirmed: Option<Packed>,
    /// Properties that the tenant had before we took the object over (soft match): ours only once we write them.
    pub foreign: Vec<Box<str>>,
    /// Export memory: what was sent and not shown by the tenant yet.
    pub pending: Option<Pending>,
    /// The last refusal.
    pub error: Option<LastError>,
}

/// An export that the tenant has not confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// What was asked.
    pub action: ExportAction,
    /// The written properties in canonical form; a property without values was cleared.
    pub properties: Packed,
    /// When it was planned or last sent.
    pub at: Timestamp,
    /// The tenant answered that it is done (which is not yet a confirmation).
    pub acknowledged: bool,
    /// How often it was sent.
    pub attempts: u32,
    /// Not again before this instant, as the tenant showed something else than what was written.
    pub not_before: Option<Timestamp>,
}

/// What went wrong with one object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastError {
    /// Class, by which it is counted and decided what to do.
    pub class: ErrorClass,
    /// The service's or the engine's code (`LargeObject`, `sync-rule-flow-error` …).
    pub code: String,
    /// Text for people.
    pub message: String,
    /// Cycles in a row with an error on this object.
    pub attempts: u32,
    /// When it happened last.
    pub at: Timestamp,
}

/// Classes of object errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorClass {
    /// An expression failed or rules contradict each other: the object as a whole is not synchronised.
    Synchronization,
    /// The source anchor of an exported object changed.
    AnchorChanged,
    /// The tenant holds the object to be too large.
    LargeObject,
    /// A value collides with another object's, or the match was refused.
    Conflict,
    /// A value was refused.
    Validation,
    /// The operation is not allowed on this object.
    Permission,
    /// Busy, throttled or lost: to be repeated.
    Retry,
    /// The tenant does not show what it acknowledged (`exported-change-not-reimported`).
    NotReimported,
    /// Anything else.
    Other,
}

/// How many cycles ran, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RunCounters {
    /// Cycles that reached their end.
    pub completed: u64,
    /// Full cycles among them.
    pub full: u64,
    /// Objects written since the state began.
    pub exported: u64,
}

/// Changes to make durable together, in this order, whole or not at all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StateChange(pub Vec<Change>);

/// One change of the state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Insert or replace a staged object.
    PutObject {
        /// Its objectGUID.
        guid: Guid,
        /// The object.
        object: Arc<StagedObject>,
    },
    /// Remove a staged object.
    DropObject {
        /// Its objectGUID.
        guid: Guid,
    },
    /// Insert or replace the record of a tenant object.
    PutRecord {
        /// Its source anchor.
        anchor: Arc<str>,
        /// The record.
        record: Arc<TenantRecord>,
    },
    /// Remove the record of a tenant object.
    DropRecord {
        /// Its source anchor.
        anchor: Arc<str>,
    },
    /// Replace the directory's cursor (`None`: forget it).
    DirectoryCursor(Option<Cursor>),
    /// Replace the tenant's cursor (`None`: forget it).
    TenantCursor(Option<Cursor>),
    /// Replace the fingerprint of the rules.
    RulesFingerprint(String),
    /// Replace the counters.
    Runs(RunCounters),
}
