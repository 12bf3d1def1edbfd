//! `list`.

use std::io::{self, Write};

use indexmap::IndexMap;
use serde_json::{Value, json};

use crate::case::LoadedCase;
use crate::requirement::Requirement;

/// Writes the cases for people.
pub(super) fn human(out: &mut impl Write, cases: &[LoadedCase]) -> io::Result<()> {
    for loaded in cases {
        let case = &loaded.case;
        writeln!(out, "{:<16} {} [{}]", case.id, case.summary, case.profiles.join(", "))?;
        for check in &case.checks {
            writeln!(out, "    {:<20} {}", check.value.id, check.value.says)?;
        }
    }
    let checks: usize = cases.iter().map(|c| c.case.checks.len()).sum();
    writeln!(out, "{} cases, {checks} checks", cases.len())
}

/// The cases as JSON.
pub(super) fn json(cases: &[LoadedCase], requirements: &IndexMap<String, Requirement>) -> Value {
    let listed = cases.iter().map(|loaded| {
        let case = &loaded.case;
        let needs: Vec<String> = case.needs.iter().cloned().map(String::from).collect();
        let checks: Vec<Value> =
            case.checks.iter().map(|c| check(&case.id, &c.value, requirements)).collect();
        json!({
            "id": case.id, "area": loaded.area, "summary": case.summary, "profiles": case.profiles,
            "needs": needs, "adjust": case.adjust, "cycles": case.cycles(), "checks": checks,
        })
    });
    Value::Array(listed.collect())
}

fn check(case: &str, check: &crate::case::Check, requirements: &IndexMap<String, Requirement>) -> Value {
    json!({
        "id": check.id,
        "full_id": format!("{case}:{}", check.id),
        "says": check.says,
        "requirement": requirements.get(&check.requirement),
        "depends_on": check.depends_on,
    })
}
