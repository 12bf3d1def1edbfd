//! `explain`.

use std::io::{self, Write};

use indexmap::IndexMap;

use crate::case::{Check, LoadedCase};
use crate::oracle::INVARIANTS;
use crate::requirement::Requirement;

/// Words about the case format.
const FORMAT: &str = include_str!("../../cases/README.md");

/// Explains whatever has this id; `false`: nothing has.
pub(super) fn explain(
    out: &mut impl Write,
    id: &str,
    cases: &[LoadedCase],
    requirements: &IndexMap<String, Requirement>,
) -> io::Result<bool> {
    let (case_id, check_id) = id.split_once(':').map_or((id, None), |(c, k)| (c, Some(k)));
    if id == "format" {
        write!(out, "{FORMAT}")?;
    } else if let Some(loaded) = cases.iter().find(|c| c.case.id.eq_ignore_ascii_case(case_id)) {
        return case(out, loaded, check_id, requirements);
    } else if let Some(found) = requirements.values().find(|r| r.id.eq_ignore_ascii_case(id)) {
        requirement(out, found)?;
        covered_by(out, found, cases)?;
    } else {
        return Ok(false);
    }
    Ok(true)
}

fn case(
    out: &mut impl Write,
    loaded: &LoadedCase,
    only: Option<&str>,
    requirements: &IndexMap<String, Requirement>,
) -> io::Result<bool> {
    let wanted = |c: &Check| only.is_none_or(|id| c.id == id);
    let invariant = only.and_then(|id| INVARIANTS.iter().find(|i| i.id == id));
    if only.is_some() && invariant.is_none() && !loaded.case.checks.iter().any(|c| wanted(&c.value)) {
        return Ok(false);
    }
    writeln!(out, "{}: {}\n", loaded.case.id, loaded.case.summary)?;
    for check in loaded.case.checks.iter().map(|c| &c.value).filter(|c| wanted(c)) {
        writeln!(out, "{}:{}\n  {}", loaded.case.id, check.id, check.says)?;
        if let Some(capability) = &check.depends_on {
            let values: Vec<_> = check.expect_for.keys().map(String::as_str).collect();
            writeln!(out, "  judged by the declared {capability} ({})", values.join(", "))?;
        }
        if let Some(found) = requirements.get(&check.requirement) {
            requirement(out, found)?;
        }
    }
    if let Some(invariant) = invariant {
        writeln!(out, "{}:{}\n  {}", loaded.case.id, invariant.id, invariant.says)?;
        if let Some(found) = requirements.get(invariant.requirement) {
            requirement(out, found)?;
        }
    }
    if only.is_none() {
        writeln!(out, "The case as it is played:\n\n{}", loaded.text)?;
    }
    Ok(true)
}

fn requirement(out: &mut impl Write, r: &Requirement) -> io::Result<()> {
    writeln!(out, "  {} ({}): {}", r.id, r.level.word(), r.text)?;
    writeln!(out, "  source: {}", r.source)?;
    if let Some(quote) = &r.quote {
        writeln!(out, "  quote: \"{quote}\"")?;
    }
    if let Some(observation) = &r.observation {
        writeln!(out, "  because: {observation}")?;
    }
    writeln!(out)
}

fn covered_by(out: &mut impl Write, r: &Requirement, cases: &[LoadedCase]) -> io::Result<()> {
    writeln!(out, "  checked by:")?;
    for loaded in cases {
        for check in loaded.case.checks.iter().map(|c| &c.value).filter(|c| c.requirement == r.id) {
            writeln!(out, "    {}:{}  {}", loaded.case.id, check.id, check.says)?;
        }
    }
    for invariant in INVARIANTS.iter().filter(|i| i.requirement == r.id) {
        writeln!(out, "    every case:{}  {}", invariant.id, invariant.says)?;
    }
    Ok(())
}
