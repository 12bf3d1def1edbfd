//! One case: its checks, then everything that is needed to understand them.

use maud::{Markup, html};

use super::parts::{badge, count, duration};
use super::{certificates, check, timeline};
use crate::report::model::{CaseReport, Level, PropertyChange, StepReport, Totals};

/// The case as a section that opens; failed ones are open.
pub(super) fn section(case: &CaseReport, asked: Level) -> Markup {
    let totals = Totals::of([case], asked);
    let failed = totals.failed > 0 || case.harness_error.is_some();
    let outcome = if failed {
        "failed"
    } else if totals.passed == 0 {
        "skipped"
    } else {
        "passed"
    };
    html! {
        details.case id={ "case-" (case.id) } data-outcome=(outcome) data-skipped=(totals.skipped) open[failed] {
            summary {
                (badge(case.verdict))
                span.id { (case.id) }
                span.what { (case.summary) }
                span.meta { (count(case.checks.len(), "check")) " · " (duration(case.duration_ms)) }
            }
            div.body {
                @if let Some(error) = &case.harness_error { p.alarm { "The suite itself failed here: " (error) } }
                div.checks { @for one in &case.checks { (check::card(one, &case.evidence)) } }
                (steps(&case.steps))
                (timeline::section(&case.timeline, &case.steps))
                (certificates::section(&case.certificates))
                (changes(&case.changes))
                (foot(case))
            }
        }
    }
}

fn steps(steps: &[StepReport]) -> Markup {
    html! {
        @if !steps.is_empty() {
            h3 { "Steps" }
            ol.steps {
                @for step in steps {
                    li {
                        span.what { (step.what) }
                        @if let Some(exit) = step.exit { " " span class={ "exit" @if exit != 0 { " odd" } } { "exit " (exit) } }
                        @if let Some(note) = &step.note { " " span.note { (note) } }
                        " " span.meta { (step.time) " · " (duration(step.duration_ms)) }
                    }
                }
            }
        }
    }
}

fn changes(changes: &[PropertyChange]) -> Markup {
    let side = |class: &'static str, value: &Option<String>| {
        html! {
            td class=(class) { @match value { Some(text) => (text), None => span.dim { "—" } } }
        }
    };
    html! {
        @if !changes.is_empty() {
            details.part {
                summary { h3 { "Changes in the tenant" } span.meta { (changes.len()) } }
                div.scroll {
                    table.changes {
                        thead { tr { th scope="col" { "Object" } th scope="col" { "Property" } th scope="col" { "Before" } th scope="col" { "After" } } }
                        tbody {
                            @for change in changes {
                                tr {
                                    td { (change.object) }
                                    td { @if change.property.is_empty() { i { "the object" } } @else { (change.property) } }
                                    (side("before", &change.before)) (side("after", &change.after))
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn foot(case: &CaseReport) -> Markup {
    html! {
        div.foot {
            div.rerun { span.label { "Run again" } code { (case.rerun) } button.copy type="button" { "Copy" } }
            @if !case.evidence.is_empty() {
                div.evidence { span.label { "Evidence" } @for item in &case.evidence { a href=(item.path) { (item.name) } " " } }
            }
            div.profiles { span.label { "Profiles" } (case.profiles.join(", ")) }
        }
    }
}
