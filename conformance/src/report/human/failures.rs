//! What failed, by requirement: one cause often fails many checks.

use std::io::{self, Write};

use indexmap::IndexMap;

use super::style::{self, BOLD, CYAN, DIM, RED, paint};
use crate::report::model::{CaseReport, CheckReport, RequirementView, RunReport};

/// Failed checks of one requirement, with their cases.
type Group<'a> = (&'a RequirementView, Vec<(&'a CaseReport, &'a CheckReport)>);

/// Writes all failures.
pub(super) fn write(out: &mut impl Write, report: &RunReport, out_dir: &str) -> io::Result<()> {
    for (requirement, checks) in groups(report) {
        requirement_head(out, requirement)?;
        for (case, check) in checks {
            one(out, case, check, out_dir)?;
        }
    }
    for case in &report.cases {
        if let Some(error) = &case.harness_error {
            writeln!(out, "\n{} {}: {error}", paint(RED, "the suite failed in"), case.id)?;
        }
    }
    Ok(())
}

fn groups(report: &RunReport) -> Vec<Group<'_>> {
    let mut groups: IndexMap<&str, Group<'_>> = IndexMap::new();
    for case in &report.cases {
        let failed = |check: &&CheckReport| check.fails(report.header.selection.level);
        for check in case.checks.iter().filter(failed) {
            let group =
                groups.entry(&check.requirement.id).or_insert_with(|| (&check.requirement, Vec::new()));
            group.1.push((case, check));
        }
    }
    groups.into_values().collect()
}

fn requirement_head(out: &mut impl Write, requirement: &RequirementView) -> io::Result<()> {
    let title = format!("{} {}", requirement.level.word(), requirement.id);
    writeln!(out, "\n{}  {}", paint(BOLD, title), requirement.text)?;
    if let Some(quote) = &requirement.quote {
        writeln!(out, "  “{quote}”")?;
    }
    if let Some(observation) = &requirement.observation {
        writeln!(out, "  {observation}")?;
    }
    writeln!(out, "  {}", paint(CYAN, &requirement.source))
}

fn one(out: &mut impl Write, case: &CaseReport, check: &CheckReport, out_dir: &str) -> io::Result<()> {
    let verdict = paint(style::of(check.verdict), check.verdict.name());
    writeln!(out, "\n  {verdict} {}  {}", paint(BOLD, &check.full_id), check.summary)?;
    field(out, "case", &case.summary)?;
    field(out, "expected", &check.expected)?;
    field(out, "actual", &check.actual)?;
    if let Some(reason) = &check.reason {
        field(out, "reason", reason)?;
    }
    for evidence in case.evidence.iter().filter(|evidence| check.evidence.contains(&evidence.name)) {
        field(out, "evidence", &format!("{out_dir}/{}", evidence.path))?;
    }
    field(out, "re-run", &case.rerun)
}

/// A field, its further lines below its first.
fn field(out: &mut impl Write, name: &str, value: &str) -> io::Result<()> {
    let mut lines = value.lines();
    writeln!(out, "    {} {}", paint(DIM, format!("{name:<9}")), lines.next().unwrap_or_default())?;
    lines.try_for_each(|line| writeln!(out, "    {:9} {line}", ""))
}
