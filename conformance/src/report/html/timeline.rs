//! What both doubles saw, side by side in time.

use maud::{Markup, html};

use super::parts::cut;
use crate::report::model::{Side, StepReport, WireEntry};

/// Lines shown at the beginning and at the end of a long timeline; the rest is in the evidence.
const HEAD: usize = 150;
const TAIL: usize = 50;

/// How much of an operation's details is shown.
const DETAIL_LIMIT: usize = 2_000;

/// The wire timeline of a case.
pub(super) fn section(timeline: &[WireEntry], steps: &[StepReport]) -> Markup {
    let faults = timeline.iter().filter(|entry| entry.fault.is_some()).count();
    html! {
        @if !timeline.is_empty() {
            details.part {
                summary {
                    h3 { "On the wire" }
                    span.meta { (timeline.len()) @if faults > 0 { " · " span.fault { (faults) " with a fault" } } }
                }
                div.wire {
                    div.lanes aria-hidden="true" { span { "Directory" } span { "Tenant" } }
                    ol { (lines(timeline, steps)) }
                }
            }
        }
    }
}

fn lines(timeline: &[WireEntry], steps: &[StepReport]) -> Markup {
    let long = timeline.len() > HEAD + TAIL;
    let (head, tail) =
        if long { (&timeline[..HEAD], &timeline[timeline.len() - TAIL..]) } else { (timeline, &[][..]) };
    html! {
        (stretch(head, None, steps))
        @if long {
            li.gap { (timeline.len() - HEAD - TAIL) " more, see the journal under Evidence" }
            (stretch(tail, head.last(), steps))
        }
    }
}

/// Some lines, with a head wherever a step begins.
fn stretch(entries: &[WireEntry], before: Option<&WireEntry>, steps: &[StepReport]) -> Markup {
    let previous = std::iter::once(before).chain(entries.iter().map(Some));
    html! {
        @for (entry, previous) in entries.iter().zip(previous) {
            @if previous.is_none_or(|previous| previous.step != entry.step) { (step_head(entry.step, steps)) }
            (line(entry))
        }
    }
}

fn step_head(number: usize, steps: &[StepReport]) -> Markup {
    let what = steps.iter().find(|step| step.number == number).map(|step| step.what.as_str());
    html! { li.step { "Step " (number) @if let Some(what) = what { ": " (what) } } }
}

fn line(entry: &WireEntry) -> Markup {
    let side = match entry.side {
        Side::Directory => "directory",
        Side::Tenant => "tenant",
    };
    let fine = matches!(entry.outcome.as_str(), "ok" | "success");
    let detail =
        if entry.detail.is_null() { String::new() } else { cut(&entry.detail.to_string(), DETAIL_LIMIT) };
    html! {
        li class={ "line " (side) @if entry.fault.is_some() { " faulted" } } {
            div.call {
                code.op { (entry.op) }
                span class={ "outcome" @if !fine { " odd" } } { (entry.outcome) }
                @if entry.attempt > 1 { span.attempt { "attempt " (entry.attempt) } }
                @if let Some(fault) = &entry.fault { span.fault { "fault: " (fault) } }
                span.meta { (side) " #" (entry.seq) " · " (entry.elapsed_ms) " ms" }
            }
            @if !entry.target.is_empty() { div.target { (cut(&entry.target, 200)) } }
            @if !detail.is_empty() && detail != "{}" { details.detail { summary { "details" } pre { (detail) } } }
        }
    }
}
