//! Known failures of a subject, check by check, each with its reason.

use std::fmt::Write as _;
use std::path::Path;

use indexmap::IndexMap;

use crate::place::line_at;
use crate::report::model::{CheckReport, RunReport, Verdict};

/// Checks that are known to fail, with reasons.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Baseline {
    entries: IndexMap<String, String>,
}

/// A baseline that can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {problem}")]
pub struct BaselineError {
    /// File.
    pub file: String,
    /// Line, from 1 (0: the file as a whole).
    pub line: usize,
    /// What is wrong.
    pub problem: String,
}

impl Baseline {
    /// Reads a baseline.
    ///
    /// # Errors
    /// Unreadable, no TOML, or an entry without a reason.
    pub fn load(path: &Path) -> Result<Self, BaselineError> {
        let file = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|e| BaselineError {
            file: file.clone(),
            line: 0,
            problem: format!("can't be read: {e}"),
        })?;
        Self::parse(&file, &text)
    }

    /// Reads the text of a baseline.
    ///
    /// # Errors
    /// As [`Baseline::load`].
    pub fn parse(file: &str, text: &str) -> Result<Self, BaselineError> {
        let error = |line, problem| BaselineError { file: file.to_owned(), line, problem };
        let entries: IndexMap<String, String> = toml::from_str(text).map_err(|e| {
            let line = e.span().map_or(0, |s| line_at(text, s.start));
            error(line, format!("{}; expected lines of the form \"CASE:check\" = \"reason\"", e.message()))
        })?;
        for (id, reason) in &entries {
            let line = text.lines().position(|l| l.contains(id.as_str())).map_or(0, |i| i + 1);
            if reason.trim().is_empty() {
                return Err(error(line, format!("`{id}` has no reason")));
            }
            if !id.contains(':') {
                return Err(error(line, format!("`{id}` is not of the form CASE:check")));
            }
        }
        Ok(Self { entries })
    }

    /// Why this check is known to fail, if it is.
    #[must_use]
    pub fn reason(&self, full_id: &str) -> Option<&str> {
        self.entries.get(full_id).map(String::as_str)
    }

    /// Entries that no longer apply: the check holds, or its case ran (or is unknown) without such a check.
    #[must_use]
    pub fn stale(
        &self,
        checks: &[&CheckReport],
        known_case: impl Fn(&str) -> bool,
        ran_case: impl Fn(&str) -> bool,
    ) -> Vec<String> {
        let applies = |id: &str| {
            let case = id.split(':').next().unwrap_or_default();
            match checks.iter().find(|c| c.full_id == id) {
                Some(check) => check.verdict != Verdict::Xpass,
                None => known_case(case) && !ran_case(case),
            }
        };
        self.entries.keys().filter(|id| !applies(id)).cloned().collect()
    }

    /// The baseline that a run would need: what fails now, keeping reasons that are there already.
    #[must_use]
    pub fn of(report: &RunReport, known: &Self) -> String {
        let mut text = String::from(
            "# Known failures: \"CASE:check\" = \"why\". An entry whose check passes is stale and fails the run.\n",
        );
        for check in report.cases.iter().flat_map(|c| &c.checks) {
            let failing = matches!(check.verdict, Verdict::Fail | Verdict::Untestable | Verdict::Xfail);
            if failing {
                let fresh = || format!("recorded, not yet explained: {}", check.actual);
                let reason = known.reason(&check.full_id).map_or_else(fresh, str::to_owned);
                let _ = writeln!(
                    text,
                    "{} = {}",
                    toml::Value::from(check.full_id.clone()),
                    toml::Value::from(reason)
                );
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_mandatory() {
        let error = Baseline::parse("b.toml", "\"A-1:x\" = \"because\"\n\"A-2:y\" = \" \"\n").unwrap_err();
        assert_eq!(error.to_string(), "b.toml:2: `A-2:y` has no reason");
    }

    #[test]
    fn other_shapes_are_refused_with_their_line() {
        let error = Baseline::parse("b.toml", "\n\"A-1:x\" = 3\n").unwrap_err();
        assert_eq!(error.line, 2);
        assert!(Baseline::parse("b.toml", "\"A-1\" = \"why\"").unwrap_err().problem.contains("CASE:check"));
    }

    #[test]
    fn entries_of_unknown_cases_and_checks_are_stale() {
        let baseline =
            Baseline::parse("b.toml", "\"A-1:x\" = \"w\"\n\"A-9:x\" = \"w\"\n\"A-2:x\" = \"w\"\n").unwrap();
        let stale = baseline.stale(&[], |case| case != "A-9", |case| case == "A-1");
        assert_eq!(stale, ["A-1:x", "A-9:x"]);
    }
}
