//! One check.

use maud::{Markup, html};

use super::parts::{badge, level, source};
use crate::report::model::{CheckReport, Evidence, RequirementView, Verdict};

/// A check with what was expected and found; the requirement folds away where all is well.
pub(super) fn card(check: &CheckReport, evidence: &[Evidence]) -> Markup {
    let passed = matches!(check.verdict, Verdict::Pass | Verdict::NotApplicable);
    html! {
        article class={ "check v-" (check.verdict.name()) } {
            header { (badge(check.verdict)) code.id { (check.id) } span.what { (check.summary) } }
            @if let Some(reason) = &check.reason { p.reason { (reason) } }
            @if !passed {
                dl.compare {
                    div.expected { dt { "Expected" } dd { pre { (check.expected) } } }
                    div.actual { dt { "Found" } dd { pre { (check.actual) } } }
                }
            }
            details.requirement open[!passed] {
                summary { (level(check.requirement.level)) " " b { (check.requirement.id) } }
                (requirement(&check.requirement))
                @if passed { p.found { span.label { "Found" } (check.actual) } }
            }
            @if !passed { (links(check, evidence)) }
        }
    }
}

fn requirement(requirement: &RequirementView) -> Markup {
    html! {
        p { (requirement.text) }
        @if let Some(quote) = &requirement.quote { blockquote { (quote) } }
        @if let Some(observation) = &requirement.observation { p.observation { (observation) } }
        p.source { (source(&requirement.source)) }
    }
}

fn links(check: &CheckReport, evidence: &[Evidence]) -> Markup {
    let mut shown = evidence.iter().filter(|item| check.evidence.contains(&item.name)).peekable();
    html! {
        @if shown.peek().is_some() {
            p.evidence { span.label { "Evidence" } @for item in shown { a href=(item.path) { (item.name) } " " } }
        }
    }
}
