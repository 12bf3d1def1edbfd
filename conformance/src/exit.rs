//! Exit codes of the program (contract 1).

use crate::report::model::{CaseReport, Level, Verdict};

/// All that was asked holds.
pub const OK: u8 = 0;
/// Anything unexpected.
pub const INTERNAL: u8 = 1;
/// Nothing was selected.
pub const NOTHING_SELECTED: u8 = 4;
/// Checks failed.
pub const CHECKS_FAILED: u8 = 100;
/// The baseline is stale.
pub const STALE_BASELINE: u8 = 101;
/// The subject did not start.
pub const NO_SUBJECT: u8 = 102;
/// Bad case or configuration.
pub const BAD_INPUT: u8 = 103;
/// The suite itself is at fault.
pub const HARNESS_ERROR: u8 = 104;

/// The exit code of a run, the worst thing first.
#[must_use]
pub fn code(cases: &[CaseReport], level: Level, stale: &[String], subject_error: Option<&str>) -> u8 {
    let suite = |c: &CaseReport| c.verdict == Verdict::HarnessError || c.harness_error.is_some();
    let failing = || cases.iter().flat_map(|c| &c.checks).filter(|c| c.fails(level));
    if subject_error.is_some() {
        NO_SUBJECT
    } else if cases.iter().any(suite) {
        HARNESS_ERROR
    } else if failing().any(|c| c.verdict != Verdict::Xpass) {
        CHECKS_FAILED
    } else if !stale.is_empty() || failing().next().is_some() {
        STALE_BASELINE
    } else {
        OK
    }
}
