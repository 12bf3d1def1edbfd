//! The summary: a line for each area.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::style::{BOLD, DIM, GREEN, RED, YELLOW, paint};
use crate::report::model::{CaseReport, RunReport, Totals};

/// Column heads; the numbers below are right-aligned.
const HEADS: [&str; 5] = ["cases", "checks", "passed", "failed", "skipped"];

/// Writes the table.
pub(super) fn write(out: &mut impl Write, report: &RunReport) -> io::Result<()> {
    let mut areas: BTreeMap<&str, Vec<&CaseReport>> = BTreeMap::new();
    for case in &report.cases {
        areas.entry(&case.area).or_default().push(case);
    }
    let width = areas.keys().map(|area| area.chars().count()).chain([5]).max().unwrap_or(5);
    let heads: String = HEADS.iter().map(|head| format!("{head:>9}")).collect();
    writeln!(out, "\n{}", paint(BOLD, format!("{:<width$}{heads}", "area")))?;
    for (area, cases) in &areas {
        let totals = Totals::of(cases.iter().copied(), report.header.selection.level);
        row(out, area, width, cases.len(), &totals)?;
    }
    row(out, "total", width, report.cases.len(), &report.totals)?;
    writeln!(out, "{}", paint(DIM, format!("{:.1} s", report.duration_ms as f64 / 1000.0)))
}

fn row(out: &mut impl Write, area: &str, width: usize, cases: usize, totals: &Totals) -> io::Result<()> {
    let checks = totals.passed + totals.failed + totals.skipped;
    // zeros are dim, so that the eye finds what is not
    let number = |count: usize, style| paint(if count == 0 { DIM } else { style }, format!("{count:>9}"));
    let (passed, failed) = (number(totals.passed, GREEN), number(totals.failed, RED));
    writeln!(out, "{area:<width$}{cases:>9}{checks:>9}{passed}{failed}{}", number(totals.skipped, YELLOW))
}
