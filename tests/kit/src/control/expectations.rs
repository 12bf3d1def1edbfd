//! Expectations: how often an operation should happen, judged on the journal.

use serde::{Deserialize, Serialize};

use crate::Journal;
use crate::faults::matches;
use crate::journal::Entry;

/// How often an operation is to be seen from the moment the expectation was stated.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// The operation; `*` stands for anything.
    pub op: String,
    /// The target, `*` standing for anything; absent: any target.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// How often.
    pub times: Times,
}

/// An exact number, or limits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, expecting = "\"times\" is a number or {\"min\": n, \"max\": n}")]
pub enum Times {
    /// Exactly so often.
    Exactly(u64),
    /// At least and at most so often; each may be absent.
    Between(Limits),
}

/// Limits of a count.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// At least so often.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<u64>,
    /// At most so often.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<u64>,
}

/// An expectation that does not hold.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Failure {
    /// The expectation.
    pub expectation: Expectation,
    /// How often it was seen.
    pub seen: u64,
    /// The same in words.
    pub message: String,
    /// Numbers of the journal lines that were counted.
    pub entries: Vec<u64>,
}

/// An expectation with the journal line after which it counts.
#[derive(Clone, Debug)]
pub(super) struct Stated {
    pub(super) expectation: Expectation,
    pub(super) since: u64,
}

impl Stated {
    /// What is wrong, if anything.
    pub(super) fn verify(&self, journal: &Journal) -> Option<Failure> {
        let seen: Vec<u64> = journal
            .since(self.since)
            .iter()
            .filter(|entry| self.expectation.meets(entry))
            .map(|entry| entry.seq)
            .collect();
        let count = seen.len() as u64;
        if self.expectation.times.allows(count) {
            return None;
        }
        let message = format!("expected {} {}, saw {count}", self.expectation.what(), self.expectation.times);
        Some(Failure { expectation: self.expectation.clone(), seen: count, message, entries: seen })
    }
}

impl Expectation {
    fn meets(&self, entry: &Entry) -> bool {
        matches(&self.op, &entry.op)
            && self.target.as_deref().is_none_or(|target| matches(target, &entry.target))
    }

    fn what(&self) -> String {
        self.target.as_ref().map_or_else(|| self.op.clone(), |target| format!("{} on {target}", self.op))
    }
}

impl Times {
    fn allows(&self, count: u64) -> bool {
        match self {
            Self::Exactly(times) => count == *times,
            Self::Between(Limits { min, max }) => {
                min.is_none_or(|min| count >= min) && max.is_none_or(|max| count <= max)
            }
        }
    }
}

impl std::fmt::Display for Times {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Exactly(times) => write!(f, "{times} times"),
            Self::Between(Limits { min: Some(min), max: Some(max) }) => write!(f, "{min} to {max} times"),
            Self::Between(Limits { min: Some(min), max: None }) => write!(f, "at least {min} times"),
            Self::Between(Limits { min: None, max: Some(max) }) => write!(f, "at most {max} times"),
            Self::Between(Limits { min: None, max: None }) => f.write_str("any number of times"),
        }
    }
}
