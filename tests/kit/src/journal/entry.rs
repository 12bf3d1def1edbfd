//! One line of the journal, and the event that becomes one.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Something that happened, as the double tells it; the journal adds number and times.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Event {
    /// Dotted lower-case name of the operation.
    pub op: String,
    /// What it was aimed at, in the double's own terms; empty if there is none.
    pub target: String,
    /// Who asked; empty if nobody is known yet.
    pub principal: String,
    /// Which try of this operation on this target it was; the journal counts if this is `None`.
    pub attempt: Option<u64>,
    /// How it ended: `ok`, or the protocol's own name of the error.
    pub outcome: String,
    /// The faults that were played on it, by name.
    pub fault: Option<String>,
    /// Whatever else is worth knowing. No secrets: the journal is public.
    pub detail: Value,
}

impl Event {
    /// An operation that ended `ok`.
    #[must_use]
    pub fn new(op: impl Into<String>) -> Self {
        Self { op: op.into(), outcome: "ok".to_owned(), ..Self::default() }
    }

    /// Names what it was aimed at.
    #[must_use]
    pub fn target(mut self, target: impl Into<String>) -> Self {
        self.target = target.into();
        self
    }

    /// Names who asked.
    #[must_use]
    pub fn principal(mut self, principal: impl Into<String>) -> Self {
        self.principal = principal.into();
        self
    }

    /// Says how it ended.
    #[must_use]
    pub fn outcome(mut self, outcome: impl Into<String>) -> Self {
        self.outcome = outcome.into();
        self
    }

    /// Names the faults played on it; an empty text is none.
    #[must_use]
    pub fn fault(mut self, fault: impl Into<String>) -> Self {
        self.fault = Some(fault.into()).filter(|name| !name.is_empty());
        self
    }

    /// Adds details.
    #[must_use]
    pub fn detail(mut self, detail: Value) -> Self {
        self.detail = detail;
        self
    }
}

/// A line of the journal; serialises with the contract's fields in the contract's order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Number of the line, from 1, without gaps, never used twice in a run.
    pub seq: u64,
    /// When, by the double's clock.
    pub time: Timestamp,
    /// When, in real milliseconds since the journal began: what a subject really waited.
    pub elapsed_ms: u64,
    /// Dotted lower-case name of the operation.
    pub op: String,
    /// What it was aimed at.
    pub target: String,
    /// Who asked.
    pub principal: String,
    /// Which try of this operation on this target it was, from 1.
    pub attempt: u64,
    /// How it ended.
    pub outcome: String,
    /// The faults that were played on it.
    pub fault: Option<String>,
    /// Whatever else is worth knowing.
    pub detail: Value,
}
