//! The kill matrix: the whole engine passes every case that a flaw names, and each flawed engine fails one of its own.

use std::collections::BTreeSet;

use broken::{FLAWS, Flaw, WHOLE};
use conformance::{
    baseline::Baseline,
    case::load_all,
    report::model::{CaseReport, Level, Verdict},
    requirement,
    run::{Filters, Run, select},
    subject::{Command, Subject},
};

/// Runs the named cases (and their variants) against the engine with this flaw.
async fn judge(flaw: &Flaw, cases: &BTreeSet<&str>) -> Vec<CaseReport> {
    let all = load_all(None).unwrap_or_else(|errors| panic!("the built-in cases are broken: {errors:?}"));
    let program = env!("CARGO_BIN_EXE_broken");
    let mut subject = Subject::bundled(program.as_ref()).expect("the bundled subject's file");
    subject.command = Command::Program([program, "--flaw", flaw.name, "once"].map(str::to_owned).to_vec());
    let filters =
        Filters { cases: cases.iter().map(|&case| case.to_owned()).collect(), ..Filters::default() };
    let out = tempfile::tempdir().expect("a folder");
    let run = Run {
        subject,
        requirements: requirement::load().expect("the built-in requirements"),
        selected: select(&all, &filters, 1),
        known: all.iter().map(|one| one.case.id.clone()).collect(),
        level: Level::Must,
        claim: Vec::new(),
        baseline: Baseline::default(),
        seed: 1,
        jobs: 2,
        out: out.path().to_owned(),
        rerun: String::new(),
    };
    run.run(&mut []).await.expect("a report").cases
}

fn failures(cases: &[CaseReport]) -> Vec<String> {
    let failed = |case: &CaseReport| {
        let red = case.checks.iter().filter(|check| check.verdict == Verdict::Fail);
        red.map(|check| format!("{}:{}", case.id, check.id)).collect::<Vec<_>>()
    };
    cases.iter().flat_map(failed).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_engine_passes_what_the_flawed_ones_must_fail() {
    let named: BTreeSet<&str> = FLAWS.iter().flat_map(|flaw| flaw.caught_by).copied().collect();
    let cases = judge(&WHOLE, &named).await;
    for name in &named {
        assert!(cases.iter().any(|case| case.id.starts_with(name)), "there is no case {name}");
    }
    assert_eq!(failures(&cases), Vec::<String>::new());
    let unplayed: Vec<_> = cases
        .iter()
        .flat_map(|case| &case.checks)
        .filter(|check| check.verdict == Verdict::Untestable)
        .collect();
    assert!(unplayed.is_empty(), "{unplayed:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_flaw_is_caught_by_the_case_that_names_it() {
    let mut survivors = Vec::new();
    for flaw in FLAWS {
        let caught = failures(&judge(flaw, &flaw.caught_by.iter().copied().collect()).await);
        println!(
            "{:24} {}",
            flaw.name,
            if caught.is_empty() { "SURVIVES".to_owned() } else { caught.join(" ") }
        );
        if caught.is_empty() {
            survivors.push(flaw.name);
        }
    }
    assert!(survivors.is_empty(), "the suite can't tell these from the whole engine: {survivors:?}");
}
