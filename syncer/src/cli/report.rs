//! The result of a cycle: for people, and as JSON. Certificates appear by thumbprint only.

use std::{collections::BTreeMap, io::Write};

use anstyle::{AnsiColor, Style};
use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};

use crate::{
    engine::report::{Counts, Outcome, PlannedOp},
    model::TenantValue,
};

/// What must be looked at, what should be, what is good to know.
const BAD: Style = AnsiColor::Red.on_default().bold();
const NOTE: Style = AnsiColor::Yellow.on_default();
const ODD: Style = AnsiColor::Cyan.on_default();

/// How many objects are named per kind of oddity.
const EXAMPLES: usize = 3;

/// `--json`: `{"version":1, "exit", "exit_code", "dry_run", "counts", "errors", "guards", "warnings", "oddities",
/// "plan" (dry run only), "failure"}`; members as the engine's report names them.
pub(super) fn to_json(outcome: &Outcome, dry_run: bool) -> Json {
    let mut json = json!({ "version": 1, "exit_code": outcome.exit.code(), "dry_run": dry_run });
    if let (Json::Object(all), Ok(Json::Object(told))) = (&mut json, serde_json::to_value(outcome)) {
        all.extend(told);
        if dry_run {
            all.insert("plan".into(), outcome.plan.iter().map(planned).collect());
        }
    }
    json
}

fn planned(planned: &PlannedOp) -> Json {
    let properties: serde_json::Map<String, Json> =
        planned.op.properties.iter().map(|(name, value)| (name.clone(), readable(value))).collect();
    let before: serde_json::Map<String, Json> =
        planned.before.iter().map(|(name, values)| (name.clone(), json!(values))).collect();
    json!({
        "object": planned.object,
        "action": planned.op.action,
        "type": planned.op.kind,
        "source_anchor": planned.op.source_anchor,
        "cloud_anchor": planned.op.cloud_anchor,
        "properties": properties,
        "before": before,
    })
}

fn readable(value: &TenantValue) -> Json {
    match value {
        TenantValue::Null => Json::Null,
        TenantValue::Text(text) => json!(text),
        TenantValue::Bool(value) => json!(value),
        TenantValue::Long(value) => json!(value),
        TenantValue::Binary(octets) => json!(thumbprint(octets)),
        TenantValue::TextList(values) => json!(values),
        TenantValue::BinaryList(values) => values.iter().map(|octets| json!(thumbprint(octets))).collect(),
    }
}

fn thumbprint(octets: &[u8]) -> String {
    format!("sha256:{}", hex::encode(Sha256::digest(octets)))
}

/// For people: counts in aligned rows, then what needs looking at.
pub(super) fn write(outcome: &Outcome, dry_run: bool, out: &mut dyn Write) -> std::io::Result<()> {
    write_counts(&outcome.counts, dry_run, out)?;
    if dry_run {
        write_plan(&outcome.plan, out)?;
    }
    for error in &outcome.errors {
        writeln!(out, "{BAD}failed{BAD:#}     {}: {}: {}", error.object, error.code, error.message)?;
    }
    for guard in &outcome.guards {
        let what = if guard.stopped { "stopped" } else { "overridden" };
        writeln!(out, "{BAD}{what:<10}{BAD:#} {}", guard.message)?;
    }
    let warnings = outcome.warnings.iter().map(|warning| (warning.code.as_str(), warning.object.as_str()));
    write_kinds("warning", NOTE, warnings, out)?;
    let oddities = outcome.oddities.iter().map(|oddity| (oddity.code.as_str(), oddity.object.as_str()));
    write_kinds("oddity", ODD, oddities, out)?;
    match &outcome.failure {
        Some(failure) => writeln!(out, "{BAD}broke off{BAD:#}  {failure}"),
        None if outcome.oddities.is_empty() => Ok(()),
        None => writeln!(out, "--json names every object, and every certificate by its thumbprint"),
    }
}

fn write_counts(counts: &Counts, dry_run: bool, out: &mut dyn Write) -> std::io::Result<()> {
    let written = if dry_run { "planned" } else { "tenant" };
    let unchanged =
        counts.evaluated.saturating_sub(counts.filtered + counts.adds + counts.updates + counts.failed);
    row(
        out,
        "directory",
        &[
            (counts.directory_read, "read"),
            (counts.directory_added, "added"),
            (counts.directory_changed, "changed"),
            (counts.directory_removed, "removed"),
        ],
    )?;
    row(
        out,
        "rules",
        &[(counts.evaluated, "evaluated"), (counts.filtered, "filtered"), (unchanged, "unchanged")],
    )?;
    row(
        out,
        written,
        &[
            (counts.tenant_read, "read"),
            (counts.adds, "added"),
            (counts.updates, "changed"),
            (counts.deletes, "deleted"),
            (counts.failed, "failed"),
        ],
    )?;
    if dry_run {
        return Ok(());
    }
    row(
        out,
        "export",
        &[
            (counts.exported, "written"),
            (counts.confirmed, "confirmed"),
            (counts.certificates_written, "certificates"),
            (counts.throttled, "throttled"),
        ],
    )
}

fn row(out: &mut dyn Write, title: &str, cells: &[(usize, &str)]) -> std::io::Result<()> {
    let cells: Vec<String> = cells.iter().map(|(count, name)| format!("{count:>7} {name:<10}")).collect();
    writeln!(out, "{}", format!("{title:<10} {}", cells.join("")).trim_end())
}

fn write_plan(plan: &[PlannedOp], out: &mut dyn Write) -> std::io::Result<()> {
    for planned in plan {
        let names: Vec<&str> = planned.op.properties.keys().map(String::as_str).collect();
        let action = format!("{:?}", planned.op.action).to_lowercase();
        writeln!(out, "{}", format!("{action:<10} {}  {}", planned.object, names.join(" ")).trim_end())?;
    }
    Ok(())
}

/// One row per kind: how many, and the first few objects by name.
fn write_kinds<'a>(
    title: &str,
    style: Style,
    items: impl Iterator<Item = (&'a str, &'a str)>,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    let mut kinds: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (code, object) in items {
        kinds.entry(code).or_default().push(object);
    }
    let width = kinds.keys().map(|code| code.len()).max().unwrap_or(0);
    for (code, objects) in kinds {
        let count = objects.len();
        writeln!(out, "{style}{title:<10}{style:#} {count:>7} {code:<width$}  {}", examples(objects))?;
    }
    Ok(())
}

fn examples(mut objects: Vec<&str>) -> String {
    objects.dedup();
    let more = if objects.len() > EXAMPLES { " …" } else { "" };
    let names: Vec<&str> = objects.into_iter().take(EXAMPLES).map(first_rdn).collect();
    format!("{}{more}", names.join("; "))
}

/// The value of a DN's first RDN, as it stands there; the whole text if it is no DN.
fn first_rdn(dn: &str) -> &str {
    let mut escaped = false;
    let ends = |c| {
        let ends = c == ',' && !escaped;
        escaped = c == '\\' && !escaped;
        ends
    };
    let rdn = dn.split(ends).next().unwrap_or(dn);
    rdn.split_once('=').map_or(rdn, |(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::first_rdn;

    #[test]
    fn objects_are_called_by_their_first_rdn() {
        assert_eq!(first_rdn("CN=Ana,OU=Berlin,DC=x"), "Ana");
        assert_eq!(first_rdn("CN=Last\\, First,OU=Berlin"), "Last\\, First");
        assert_eq!(first_rdn("CN=Back\\\\,OU=x"), "Back\\\\");
        assert_eq!(first_rdn("QUJD"), "QUJD");
    }
}
