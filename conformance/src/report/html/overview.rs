//! The top of the page: who, how it went, what was asked, and every case as one square.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::parts::{count, duration, sign, source};
use crate::report::model::{CaseReport, CheckReport, RunHeader, RunReport, Totals, Verdict};

/// Subject, verdict and numbers.
pub(super) fn masthead(report: &RunReport) -> Markup {
    let subject = &report.header.subject;
    let totals = &report.totals;
    html! {
        header.masthead {
            div.kind { "Conformance of the " (subject.kind) }
            h1 { (subject.name) " " span.version { (subject.version) } }
            p class={ "verdict " (if totals.failed == 0 && report.subject_error.is_none() { "good" } else { "bad" }) } {
                (sentence(report))
            }
            @if let Some(error) = &report.subject_error { p.alarm { "The subject did not start: " (error) } }
            dl.numbers {
                @for (class, number, label) in [
                    ("passed", totals.passed, "passed"), ("failed", totals.failed, "failed"), ("skipped", totals.skipped, "skipped"),
                ] {
                    div class=(class) { dt { (label) } dd { (number) } }
                }
            }
            (share(totals))
            button #theme type="button" aria-label="Light or dark" title="Light or dark" { "◐" }
        }
    }
}

fn sentence(report: &RunReport) -> String {
    let Totals { passed, failed, .. } = report.totals;
    let cases = report.cases.len();
    match failed {
        _ if report.subject_error.is_some() => "Nothing could be tested.".to_owned(),
        0 if passed == 0 => "Nothing was scored.".to_owned(),
        0 => format!("All that was asked holds: {} in {}.", count(passed, "check"), count(cases, "case")),
        _ => format!(
            "{} of {} in {} failed.",
            failed,
            count(passed + failed, "scored check"),
            count(cases, "case")
        ),
    }
}

/// The numbers as one bar.
fn share(totals: &Totals) -> Markup {
    html! {
        div.share aria-hidden="true" {
            @for (class, number) in [("passed", totals.passed), ("failed", totals.failed), ("skipped", totals.skipped)] {
                @if number > 0 { span class=(class) style={ "flex-grow:" (number) } {} }
            }
        }
    }
}

/// Everything between the masthead and the cases.
pub(super) fn sections(report: &RunReport) -> Markup {
    html! {
        (matrix(report))
        (stale(report))
        (failed_requirements(report))
        div.pair { (run(report)) (capabilities(&report.header)) }
    }
}

fn matrix(report: &RunReport) -> Markup {
    let mut areas: BTreeMap<&str, Vec<&CaseReport>> = BTreeMap::new();
    for case in &report.cases {
        areas.entry(&case.area).or_default().push(case);
    }
    let asked = report.header.selection.level;
    html! {
        section #matrix {
            h2 { "Areas" }
            div.scroll {
                table.matrix {
                    thead { tr { th scope="col" { "Area" } th scope="col" { "Cases" }
                        th.n scope="col" { "Passed" } th.n scope="col" { "Failed" } th.n scope="col" { "Skipped" } } }
                    tbody { @for (area, cases) in &areas { (area_row(area, cases, &Totals::of(cases.iter().copied(), asked))) } }
                }
            }
        }
    }
}

fn area_row(area: &str, cases: &[&CaseReport], totals: &Totals) -> Markup {
    let number = |class: &'static str, number: usize| html! { td.n { span class={ (class) @if number == 0 { " zero" } } { (number) } } };
    html! {
        tr {
            th scope="row" { (area.to_uppercase()) }
            td.squares {
                @for case in cases {
                    a class={ "square v-" (case.verdict.name()) } href={ "#case-" (case.id) } title={ (case.id) " — " (case.verdict.name()) ": " (case.summary) } {
                        span.visually-hidden { (case.id) " " (case.verdict.name()) }
                        span aria-hidden="true" { (sign(case.verdict)) }
                    }
                }
            }
            (number("passed", totals.passed)) (number("failed", totals.failed)) (number("skipped", totals.skipped))
        }
    }
}

fn stale(report: &RunReport) -> Markup {
    html! {
        @if !report.stale_baseline.is_empty() {
            section.alarm {
                h2 { "Stale baseline" }
                p { "The baseline says that these fail; they don't (any more):" }
                ul { @for entry in &report.stale_baseline { li { code { (entry) } } } }
            }
        }
    }
}

/// What failed, by requirement, each with links into the cases; neither the suite's own errors nor a stale baseline say
/// that a requirement is not met.
fn failed_requirements(report: &RunReport) -> Markup {
    let asked = report.header.selection.level;
    let mut failed: BTreeMap<&str, Vec<_>> = BTreeMap::new();
    let not_met = |check: &CheckReport| {
        matches!(check.verdict, Verdict::Fail | Verdict::Untestable) && check.fails(asked)
    };
    let checks = report.cases.iter().flat_map(|case| case.checks.iter().map(move |check| (case, check)));
    for (case, check) in checks.filter(|(_, check)| not_met(check)) {
        failed.entry(&check.requirement.id).or_default().push((case, check));
    }
    html! {
        @if !failed.is_empty() {
            section #requirements {
                h2 { "Requirements that are not met" }
                ul.requirements {
                    @for (id, checks) in &failed {
                        @if let Some((_, first)) = checks.first() {
                            li {
                                div { span.level { (first.requirement.level.word()) } " " b { (id) } " " (first.requirement.text) }
                                div.source { (source(&first.requirement.source)) }
                                div.links { @for (case, check) in checks { a href={ "#case-" (case.id) } { (check.full_id) } " " } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn run(report: &RunReport) -> Markup {
    let header = &report.header;
    let selection = &header.selection;
    let filters = if selection.filters.is_empty() { "none".to_owned() } else { selection.filters.join(" ") };
    let claim = if selection.is_claim {
        selection.claim.join(", ")
    } else {
        "none: this run is not a conformance claim".to_owned()
    };
    let rows = [
        ("Command", header.subject.command.clone()),
        ("Driver", header.subject.driver.clone()),
        ("Cases", format!("{} of {}", selection.cases, selection.of)),
        ("Filters", filters),
        ("Claim", claim),
        ("Counts from", selection.level.word().to_owned()),
        ("Seed", header.seed.to_string()),
        ("At a time", header.jobs.to_string()),
        ("Started", header.started.to_string()),
        ("Took", duration(report.duration_ms)),
        ("Suite", format!("{} (contract {})", header.suite_version, header.contract)),
        ("Questions", header.revision.clone()),
        ("Exit code", report.exit_code.to_string()),
    ];
    html! {
        section #run {
            h2 { "Run" }
            dl.facts {
                @for (name, value) in &rows { dt { (name) } dd { (value) } }
                @for (name, url) in [("Home", &header.subject.url), ("Issues", &header.subject.issues)] {
                    @if let Some(url) = url { dt { (name) } dd { (source(url)) } }
                }
            }
        }
    }
}

fn capabilities(header: &RunHeader) -> Markup {
    html! {
        section #capabilities {
            h2 { "What the subject declares" }
            dl.facts {
                @for capability in &header.capabilities {
                    dt { code { (capability.name) } }
                    dd { @match &capability.value { Some(value) => (value), None => span.dim { "not declared, thus not scored" } } }
                }
            }
        }
    }
}
