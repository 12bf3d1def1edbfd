//! `junit.xml`: a test suite for each case, a test case for each check.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use quick_junit::{NonSuccessKind, Property, Report, TestCase, TestCaseStatus, TestSuite};

use super::files::write_whole;
use super::model::{CaseReport, CheckReport, Event, Level, RunReport, Sink, Verdict};

/// Writes the report as JUnit XML into a file.
#[derive(Debug)]
pub struct Junit {
    path: PathBuf,
}

impl Junit {
    /// Writes to `path` when the run has ended.
    #[must_use]
    pub fn new(path: PathBuf) -> Self {
        Self { path }
    }
}

impl Sink for Junit {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        let Event::RunFinished(report) = event else { return Ok(()) };
        let text = document(report).to_string().map_err(io::Error::other)?;
        write_whole(&self.path, text.as_bytes())
    }
}

fn document(report: &RunReport) -> Report {
    let header = &report.header;
    let mut document =
        Report::new(format!("conformance of {} {}", header.subject.name, header.subject.version));
    document.set_time(Duration::from_millis(report.duration_ms));
    document.add_test_suites(report.cases.iter().map(|case| suite(case, header.selection.level)));
    document
}

fn suite(case: &CaseReport, asked: Level) -> TestSuite {
    let mut suite = TestSuite::new(case.id.as_str());
    suite.set_time(Duration::from_millis(case.duration_ms));
    suite.add_property(Property::new("summary", case.summary.as_str()));
    suite.add_property(Property::new("rerun", case.rerun.as_str()));
    for profile in &case.profiles {
        suite.add_property(Property::new("profile", profile.as_str()));
    }
    suite.add_test_cases(case.checks.iter().map(|check| test(case, check, asked)));
    if let Some(error) = &case.harness_error {
        suite.set_system_err(error.as_str());
    }
    suite
}

fn test(case: &CaseReport, check: &CheckReport, asked: Level) -> TestCase {
    let mut test = TestCase::new(check.id.as_str(), status(check, asked));
    test.set_classname(case.id.as_str());
    test.add_property(Property::new("requirement", check.requirement.id.as_str()));
    test.add_property(Property::new("level", check.requirement.level.word()));
    test.add_property(Property::new("verdict", check.verdict.name()));
    test
}

fn status(check: &CheckReport, asked: Level) -> TestCaseStatus {
    let mut status = match check.verdict {
        Verdict::Pass => return TestCaseStatus::success(),
        Verdict::HarnessError => TestCaseStatus::non_success(NonSuccessKind::Error),
        _ if check.fails(asked) => TestCaseStatus::non_success(NonSuccessKind::Failure),
        _ => TestCaseStatus::skipped(),
    };
    status.set_type(check.verdict.name());
    status.set_message(check.reason.as_ref().map_or_else(
        || format!("{}: expected {}, found {}", check.verdict.name(), check.expected, check.actual),
        |reason| format!("{}: {reason}", check.verdict.name()),
    ));
    status.set_description(description(check));
    status
}

fn description(check: &CheckReport) -> String {
    let requirement = &check.requirement;
    let quote = requirement.quote.as_ref().map_or_else(String::new, |quote| format!("\nquote: {quote}"));
    format!(
        "{}\n{} {}: {}\nsource: {}{quote}\nexpected: {}\nactual: {}",
        check.summary,
        requirement.level.word(),
        requirement.id,
        requirement.text,
        requirement.source,
        check.expected,
        check.actual
    )
}
