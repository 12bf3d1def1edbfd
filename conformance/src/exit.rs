//! Exit codes of the program (contract 1).

use crate::report::model::{CaseReport, Level, Verdict};

/// All that was asked holds.
pub const OK: u8 = 0;
/// Anything unexpected.
pub const INTERNAL: u8 = 1;
/// Nothing was selected, or nothing of it applies to the subject.
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
    } else if !cases.is_empty() && cases.iter().all(|c| c.verdict == Verdict::NotApplicable) {
        // Green would claim something although not one check was judged.
        NOTHING_SELECTED
    } else {
        OK
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::model::{CheckReport, RequirementView};

    fn case(verdict: Verdict, level: Level) -> CaseReport {
        let requirement = RequirementView {
            id: "R".into(),
            level,
            text: "t".into(),
            source: "s".into(),
            quote: None,
            observation: None,
        };
        let check = CheckReport {
            id: "c".into(),
            full_id: "A-1:c".into(),
            summary: "s".into(),
            requirement,
            verdict,
            expected: String::new(),
            actual: String::new(),
            reason: None,
            evidence: Vec::new(),
        };
        CaseReport {
            id: "A-1".into(),
            area: "a".into(),
            profiles: Vec::new(),
            summary: "s".into(),
            verdict,
            checks: vec![check],
            steps: Vec::new(),
            timeline: Vec::new(),
            certificates: Vec::new(),
            changes: Vec::new(),
            evidence: Vec::new(),
            harness_error: None,
            rerun: String::new(),
            duration_ms: 0,
        }
    }

    #[test]
    fn the_worst_thing_decides() {
        use Level::{May, Must};
        for (verdict, level, expected) in [
            (Verdict::Pass, Must, OK),
            (Verdict::NotApplicable, Must, NOTHING_SELECTED),
            (Verdict::Warn, Must, OK),
            (Verdict::Xfail, Must, OK),
            (Verdict::Fail, Must, CHECKS_FAILED),
            (Verdict::Untestable, Must, CHECKS_FAILED),
            (Verdict::Untestable, May, OK),
            (Verdict::Xpass, Must, STALE_BASELINE),
            (Verdict::HarnessError, Must, HARNESS_ERROR),
        ] {
            assert_eq!(code(&[case(verdict, level)], Must, &[], None), expected, "{verdict:?}");
        }
        let failing = [case(Verdict::Fail, Must)];
        assert_eq!(code(&failing, Must, &["A-2:x".into()], None), CHECKS_FAILED);
        assert_eq!(code(&[], Must, &["A-2:x".into()], None), STALE_BASELINE);
        assert_eq!(code(&failing, Must, &[], Some("no such file")), NO_SUBJECT);
    }
}
