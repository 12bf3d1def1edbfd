//! What a cycle says for itself: counts, object errors, guards, oddities, the plan.

use serde::Serialize;

use super::state::ErrorClass;
use crate::model::{ExportAction, ExportOp};

/// The end of a cycle.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outcome {
    /// Class of the exit code.
    pub exit: ExitClass,
    /// Counts.
    pub counts: Counts,
    /// Objects that failed, by DN.
    pub errors: Vec<ObjectReport>,
    /// Guards that tripped; with an override they are told and did not stop.
    pub guards: Vec<GuardReport>,
    /// What an administrator should know about objects (dropped values, orphans, over-limit …).
    pub warnings: Vec<Warning>,
    /// Certificate values that are not what their attribute promises.
    pub oddities: Vec<Oddity>,
    /// What was to be written; in a dry run nothing of it was.
    #[serde(skip)]
    pub plan: Vec<PlannedOp>,
    /// Why the cycle as a whole failed.
    pub failure: Option<String>,
}

/// What the exit code says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExitClass {
    /// Everything is done.
    Done,
    /// Done, but some objects failed.
    Partial,
    /// A guard stopped the cycle; nothing was written.
    Guarded,
    /// The cycle failed.
    Failed,
}

impl ExitClass {
    /// The exit code of the contract: 0, 10, 20 or 1.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Partial => 10,
            Self::Guarded => 20,
            Self::Failed => 1,
        }
    }
}

/// Counts of one cycle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Counts {
    /// Entries that the directory sent.
    pub directory_read: usize,
    /// Staged objects that are new.
    pub directory_added: usize,
    /// Staged objects that changed.
    pub directory_changed: usize,
    /// Staged objects that went.
    pub directory_removed: usize,
    /// Objects that the tenant sent.
    pub tenant_read: usize,
    /// Objects whose rules were evaluated.
    pub evaluated: usize,
    /// Evaluated objects that the rules leave out of the tenant.
    pub filtered: usize,
    /// Objects to create.
    pub adds: usize,
    /// Objects to change.
    pub updates: usize,
    /// Objects to delete.
    pub deletes: usize,
    /// Write operations that the tenant acknowledged.
    pub exported: usize,
    /// Written objects that the tenant has shown with all that was written.
    pub confirmed: usize,
    /// Objects that failed.
    pub failed: usize,
    /// Times the tenant asked to slow down.
    pub throttled: usize,
    /// Certificate values in the writes of this cycle, both attributes.
    pub certificates_written: usize,
}

/// One object that failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ObjectReport {
    /// DN, or the source anchor where no DN is known.
    pub object: String,
    /// Source anchor, if it has one.
    pub source_anchor: Option<String>,
    /// Class.
    pub class: ErrorClass,
    /// Code.
    pub code: String,
    /// Text.
    pub message: String,
    /// Cycles in a row with an error.
    pub attempts: u32,
}

/// A guard that tripped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GuardReport {
    /// Which.
    pub guard: GuardKind,
    /// Text with the numbers.
    pub message: String,
    /// It stopped the cycle (false: overridden for this one run).
    pub stopped: bool,
}

/// The guards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum GuardKind {
    /// Too many deletions.
    Deletions,
    /// Too large a share of the objects deleted.
    DeletionPercentage,
    /// Too many objects lose all certificates at once.
    CertificatesCleared,
    /// A full import without any object.
    EmptyImport,
}

/// Something an administrator should know about one object.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Warning {
    /// DN or source anchor.
    pub object: String,
    /// Short stable name (`over-limit`, `empty-value-dropped`, `orphan-in-tenant` …).
    pub code: String,
    /// Text.
    pub message: String,
}

/// A certificate value that is not what its attribute promises. Never holds the value itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Oddity {
    /// DN.
    pub object: String,
    /// Attribute.
    pub attribute: String,
    /// SHA-256 of the value, lower-case hex; `None` where the oddity is about the attribute.
    pub sha256: Option<String>,
    /// Short stable name (`expired`, `pkcs12-private-key` …).
    pub code: String,
    /// Text.
    pub message: String,
}

/// One planned write with what it replaces.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PlannedOp {
    /// DN, or the source anchor where no DN is known.
    pub object: String,
    /// The write.
    pub op: ExportOp,
    /// Per property of the write: what the tenant has, in readable form (text, or `sha256:…` of a binary value).
    pub before: Vec<(String, Vec<String>)>,
}

/// How far the cycle is, for people; needs no answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "phase", rename_all = "kebab-case")]
pub enum Progress {
    /// Objects read from the directory so far.
    ImportingDirectory {
        /// Entries so far.
        read: usize,
    },
    /// Objects read from the tenant so far.
    ImportingTenant {
        /// Objects so far.
        read: usize,
        /// This is the read after an export.
        confirming: bool,
    },
    /// The plan stands.
    Planned {
        /// Creations.
        adds: usize,
        /// Changes.
        updates: usize,
        /// Deletions.
        deletes: usize,
    },
    /// Objects exported so far.
    Exporting {
        /// Acknowledged or refused so far.
        done: usize,
        /// Of these many.
        total: usize,
        /// Refused so far.
        failed: usize,
    },
    /// One object failed.
    ObjectFailed {
        /// Action.
        action: Option<ExportAction>,
        /// The report.
        report: ObjectReport,
    },
}
