//! The plan: a list of rules, read from a file, the API or a case, and checked before it is used.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{Effect, matches};

/// All rules in force, in order; every rule that fires adds its effects.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultPlan {
    /// The rules.
    #[serde(default)]
    pub rules: Vec<Rule>,
}

/// When something goes wrong, what, and how often.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The condition.
    pub when: When,
    /// The effects, in the order in which they are played.
    pub then: Vec<Effect>,
    /// How often the rule fires at most; absent: without limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u64>,
}

/// Which operations a rule meets. At most one of `nth`, `every`, `probability`; none of them means each time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct When {
    /// The operation; may end in `*`.
    pub op: String,
    /// The target, `*` standing for anything; absent: any target.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// Only the n-th operation that fits, counted from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nth: Option<u64>,
    /// Each n-th operation that fits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub every: Option<u64>,
    /// With this probability, 0 to 1, drawn from the seed and the count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probability: Option<f64>,
}

/// Why a plan was refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FaultError {
    /// The plan is not JSON of the right shape.
    #[error("fault plan: {0}")]
    Syntax(#[from] serde_json::Error),
    /// The plan's file can't be read.
    #[error("cannot read the fault plan {path}: {source}")]
    File {
        /// Which file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// The plan's file is not JSON of the right shape.
    #[error("{path}:{line}:{column}: {message}")]
    FileSyntax {
        /// Which file.
        path: String,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What is wrong.
        message: String,
    },
    /// No operation of this double fits a rule's `op`.
    #[error("fault plan, rule {rule}: no operation is called {op:?}; known: {}", .known.join(", "))]
    UnknownOp {
        /// Number of the rule, from 1.
        rule: usize,
        /// What it said.
        op: String,
        /// What it could have said.
        known: Vec<String>,
    },
    /// A rule contradicts itself.
    #[error("fault plan, rule {rule}: {message}")]
    Rule {
        /// Number of the rule, from 1.
        rule: usize,
        /// What is wrong.
        message: &'static str,
    },
}

impl FaultPlan {
    /// Reads a plan from JSON text.
    ///
    /// # Errors
    /// [`FaultError::Syntax`] with line and column; an unknown effect or field is named with the known ones.
    pub fn from_json(text: &str) -> Result<Self, FaultError> {
        Ok(serde_json::from_str(text)?)
    }

    /// Reads a plan from a JSON file.
    ///
    /// # Errors
    /// Names the file, and the line and column if its content is wrong.
    pub fn from_file(path: &Path) -> Result<Self, FaultError> {
        let shown = || path.display().to_string();
        let text =
            std::fs::read_to_string(path).map_err(|source| FaultError::File { path: shown(), source })?;
        serde_json::from_str(&text).map_err(|error| FaultError::FileSyntax {
            path: shown(),
            line: error.line(),
            column: error.column(),
            message: bare_message(&error),
        })
    }

    /// Checks the rules against the operations a double knows; an empty list knows everything.
    pub(super) fn check(&self, known: &[&str]) -> Result<(), FaultError> {
        let mut rules = self.rules.iter().enumerate();
        rules.try_for_each(|(index, rule)| rule.check(index + 1, known))
    }
}

impl Rule {
    fn check(&self, number: usize, known: &[&str]) -> Result<(), FaultError> {
        if let Some(message) = self.contradiction() {
            return Err(FaultError::Rule { rule: number, message });
        }
        if known.is_empty() || known.iter().any(|op| matches(&self.when.op, op)) {
            return Ok(());
        }
        let known = known.iter().map(|op| (*op).to_owned()).collect();
        Err(FaultError::UnknownOp { rule: number, op: self.when.op.clone(), known })
    }

    fn contradiction(&self) -> Option<&'static str> {
        let When { nth, every, probability, .. } = &self.when;
        let given = [nth.is_some(), every.is_some(), probability.is_some()];
        let wrong = [
            (self.then.is_empty(), "\"then\" has no effect"),
            (self.when.op.is_empty(), "\"op\" is empty"),
            (
                given.iter().filter(|given| **given).count() > 1,
                "give one of \"nth\", \"every\", \"probability\"",
            ),
            (*nth == Some(0) || *every == Some(0), "\"nth\" and \"every\" count from 1"),
            (probability.is_some_and(|p| !(0.0..=1.0).contains(&p)), "\"probability\" is between 0 and 1"),
            (self.times == Some(0), "\"times\" is at least 1"),
            (
                self.then.iter().any(|effect| matches!(effect, Effect::Slice { bytes: 0, .. })),
                "a slice has at least 1 byte",
            ),
        ];
        wrong.into_iter().find_map(|(is_wrong, message)| is_wrong.then_some(message))
    }
}

/// serde_json puts " at line L column C" at the end; we say it at the front, as compilers do.
fn bare_message(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or(&text).to_owned()
}
