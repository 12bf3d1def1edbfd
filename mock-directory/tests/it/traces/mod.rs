//! The operations recorded on a real AD-compatible domain controller, played against our server with the same data.
//!
//! What may differ is what `tests/fixtures/corp-ad/traces.README.md` calls volatile. Where we answer otherwise on
//! purpose, the trace's line in `tests/fixtures/corp-ad-exceptions.tsv` gives the reason and its source.

mod compare;
mod replay;
mod trace;

use std::collections::{BTreeMap, BTreeSet};

use trace::Trace;

/// How many of the traces that carry no `windows` note are answered alike. It may only rise.
const FLOOR: usize = 375;

const EXCEPTIONS: &str = "../tests/fixtures/corp-ad-exceptions.tsv";

#[derive(Debug, Default)]
struct Area {
    alike: usize,
    differ: usize,
    excepted: usize,
    noted_alike: usize,
    noted: usize,
}

#[tokio::test]
async fn recorded_operations_are_answered_alike() {
    let traces = trace::load();
    let exceptions = exceptions(&traces);
    let differences = replay::all(&traces).await;
    let areas = count(&traces, &differences, &exceptions);
    print_table(&areas);
    for trace in traces.iter().filter(|trace| trace.windows.is_none() && !exceptions.contains(&trace.id)) {
        if let Some(difference) = differences.get(&trace.id) {
            println!("{}: {difference}", trace.id);
        }
    }
    let stale: Vec<_> = exceptions.iter().filter(|id| !differences.contains_key(*id)).collect();
    assert!(stale.is_empty(), "these are alike now, take them out of {EXCEPTIONS}: {stale:?}");
    let alike: usize = areas.values().map(|area| area.alike).sum();
    assert!(alike >= FLOOR, "{alike} traces are answered alike, {FLOOR} were before");
    if alike > FLOOR {
        println!("{alike} traces are answered alike: raise FLOOR from {FLOOR}, in {}", file!());
    }
}

/// Ids of the traces that differ on purpose: `id<TAB>reason<TAB>source`.
fn exceptions(traces: &[Trace]) -> BTreeSet<String> {
    let text = std::fs::read_to_string(EXCEPTIONS).unwrap();
    let known: BTreeSet<&str> = traces.iter().map(|trace| trace.id.as_str()).collect();
    let rows = text.lines().enumerate().skip(1).filter(|(_, line)| !line.is_empty());
    rows.map(|(index, line)| {
        let fields: Vec<&str> = line.split('\t').collect();
        let complete = matches!(fields[..], [id, reason, source] if known.contains(id) && !reason.is_empty() && !source.is_empty());
        assert!(complete, "{EXCEPTIONS}:{}: expected a trace's id, a reason and a source", index + 1);
        fields[0].to_owned()
    })
    .collect()
}

fn count(
    traces: &[Trace],
    differences: &BTreeMap<String, String>,
    exceptions: &BTreeSet<String>,
) -> BTreeMap<String, Area> {
    let mut areas = BTreeMap::<String, Area>::new();
    for trace in traces {
        let area = areas.entry(trace.area.clone()).or_default();
        let alike = !differences.contains_key(&trace.id);
        match (trace.windows.is_some(), alike) {
            (true, alike) => {
                area.noted += 1;
                area.noted_alike += usize::from(alike);
            }
            (false, true) => area.alike += 1,
            (false, false) if exceptions.contains(&trace.id) => area.excepted += 1,
            (false, false) => area.differ += 1,
        }
    }
    areas
}

fn print_table(areas: &BTreeMap<String, Area>) {
    println!(
        "{:10} {:>6} {:>7} {:>6}   with a note on Windows: alike of all",
        "area", "alike", "differ", "known"
    );
    for (name, area) in areas {
        let Area { alike, differ, excepted, noted_alike, noted } = area;
        println!("{name:10} {alike:6} {differ:7} {excepted:6}   {noted_alike} of {noted}");
    }
}
