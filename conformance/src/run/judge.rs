//! From what was seen of a case to its report.

use indexmap::IndexMap;

use super::certificates;
use crate::baseline::Baseline;
use crate::case::{Case, Check, LoadedCase};
use crate::checks::{Judgement, evaluate};
use crate::driver::Played;
use crate::oracle::{self, History, Observation, TenantObject};
use crate::report::model::{
    CaseReport, CheckReport, Level, PropertyChange, RequirementView, Verdict, WireEntry,
};
use crate::requirement::Requirement;
use crate::subject::Capabilities;
use crate::verdict::verdict;

/// Most wire entries that a report holds per case; the evidence has them all.
const TIMELINE_LIMIT: usize = 400;

/// Most changed properties that a report holds per case.
const CHANGES_LIMIT: usize = 200;

/// What verdicts depend on besides the history.
#[derive(Debug, Clone, Copy)]
pub struct Judges<'a> {
    /// All requirements.
    pub requirements: &'a IndexMap<String, Requirement>,
    /// What the subject declares, as adjusted for the case.
    pub capabilities: &'a Capabilities,
    /// Lowest level whose failures fail the run.
    pub level: Level,
    /// Known failures.
    pub baseline: &'a Baseline,
}

/// The report of a case that was played; durations, evidence and the like are the caller's.
#[must_use]
pub fn judge_case(loaded: &LoadedCase, played: &Played, judges: Judges<'_>) -> CaseReport {
    let history = &played.history;
    let mut checks: Vec<CheckReport> =
        loaded.case.checks.iter().map(|c| judges.check(&loaded.case, &c.value, Some(history))).collect();
    checks.extend(judges.invariants(&loaded.case, history));
    let mut report = empty(loaded);
    report.verdict = CaseReport::worst(&checks);
    report.checks = checks;
    report.steps.clone_from(&played.steps);
    report.timeline = timeline(history);
    report.certificates = certificates::views(history);
    report.changes = changes(history);
    report
}

/// The report of a case that was not played, because it does not apply or because the suite failed.
#[must_use]
pub fn judge_unplayed(loaded: &LoadedCase, why: Result<&str, &str>, judges: Judges<'_>) -> CaseReport {
    let (outcome, reason) = match why {
        Ok(reason) => (Verdict::NotApplicable, reason),
        Err(problem) => (Verdict::HarnessError, problem),
    };
    let mut report = empty(loaded);
    for check in &loaded.case.checks {
        let mut judged = judges.check(&loaded.case, &check.value, None);
        judged.verdict = outcome;
        judged.reason = Some(reason.to_owned());
        report.checks.push(judged);
    }
    report.verdict = outcome;
    report.harness_error = why.err().map(str::to_owned);
    report
}

fn empty(loaded: &LoadedCase) -> CaseReport {
    CaseReport {
        id: loaded.case.id.clone(),
        area: loaded.area.clone(),
        profiles: loaded.case.profiles.clone(),
        summary: loaded.case.summary.clone(),
        verdict: Verdict::NotApplicable,
        checks: Vec::new(),
        steps: Vec::new(),
        timeline: Vec::new(),
        certificates: Vec::new(),
        changes: Vec::new(),
        evidence: Vec::new(),
        harness_error: None,
        rerun: String::new(),
        duration_ms: 0,
    }
}

impl Judges<'_> {
    /// Judges one check; without a history it only says what it is about.
    fn check(&self, case: &Case, check: &Check, history: Option<&History>) -> CheckReport {
        let full_id = format!("{}:{}", case.id, check.id);
        let requirement = self.requirement(&check.requirement);
        let (predicate, undeclared) = match &check.depends_on {
            None => (check.expect.as_ref(), None),
            Some(capability) => match self.capabilities.value(capability) {
                Some(value) => (check.expect_for.get(&value), Some(format!("{capability} = {value}"))),
                None => (None, Some(format!("{capability} is not declared"))),
            },
        };
        let (judgement, verdict) = match (predicate, history) {
            (Some(predicate), Some(history)) => {
                let judgement = evaluate(predicate, history, check.after_cycle);
                let verdict = self.verdict(judgement.holds, &requirement, &full_id);
                (judgement, verdict)
            }
            _ => (not_judged(), Verdict::NotApplicable),
        };
        let reason = self.baseline.reason(&full_id).map(str::to_owned).or(undeclared);
        let (expected, actual) = (judgement.expected, judgement.actual);
        let (id, summary) = (check.id.clone(), check.says.clone());
        CheckReport {
            id,
            full_id,
            summary,
            requirement,
            verdict,
            expected,
            actual,
            reason,
            evidence: evidence(),
        }
    }

    fn invariants(&self, case: &Case, history: &History) -> Vec<CheckReport> {
        let judged = oracle::judge(history);
        judged
            .map(|(invariant, finding)| {
                let full_id = format!("{}:{}", case.id, invariant.id);
                let requirement = self.requirement(invariant.requirement);
                let verdict = self.verdict(Some(finding.broken.is_empty()), &requirement, &full_id);
                CheckReport {
                    id: invariant.id.to_owned(),
                    summary: invariant.says.to_owned(),
                    requirement,
                    verdict,
                    expected: format!("holds in all {} places", finding.judged),
                    actual: found(&finding.broken),
                    reason: self.baseline.reason(&full_id).map(str::to_owned),
                    evidence: evidence(),
                    full_id,
                }
            })
            .collect()
    }

    fn verdict(&self, holds: Option<bool>, requirement: &RequirementView, full_id: &str) -> Verdict {
        verdict(holds, requirement.level, self.level, self.baseline.reason(full_id).is_some())
    }

    /// A requirement by id; the gate sees to it that it exists.
    fn requirement(&self, id: &str) -> RequirementView {
        self.requirements.get(id).map_or_else(
            || RequirementView {
                id: id.to_owned(),
                level: Level::Must,
                text: "unknown requirement".to_owned(),
                source: String::new(),
                quote: None,
                observation: None,
            },
            Requirement::view,
        )
    }
}

fn not_judged() -> Judgement {
    Judgement { holds: None, expected: String::new(), actual: "not judged".to_owned() }
}

fn evidence() -> Vec<String> {
    ["journal", "tenant-after", "directory-after"].map(str::to_owned).to_vec()
}

fn found(broken: &[String]) -> String {
    match broken {
        [] => "it does".to_owned(),
        many if many.len() > 5 => format!("{}; and {} more", many[..5].join("; "), many.len() - 5),
        few => few.join("; "),
    }
}

/// The wire entries of all steps; of very many, the first and the last.
fn timeline(history: &History) -> Vec<WireEntry> {
    let all: Vec<&WireEntry> = history.steps.iter().flat_map(|s| &s.entries).collect();
    if all.len() <= TIMELINE_LIMIT {
        return all.into_iter().cloned().collect();
    }
    let half = TIMELINE_LIMIT / 2;
    all[..half].iter().chain(&all[all.len() - half..]).map(|e| (*e).clone()).collect()
}

/// What differs in the tenant between beginning and end.
fn changes(history: &History) -> Vec<PropertyChange> {
    let (before, after) = (&history.given, history.end());
    let mut changes = Vec::new();
    for object in &after.tenant.objects {
        object_changes(by_id(before, object.id()), Some(object), &mut changes);
    }
    for object in before.tenant.objects.iter().filter(|o| by_id(after, o.id()).is_none()) {
        object_changes(Some(object), None, &mut changes);
    }
    changes.truncate(CHANGES_LIMIT);
    changes
}

fn by_id<'a>(at: &'a Observation, id: &str) -> Option<&'a TenantObject> {
    at.tenant.by_id(id)
}

fn object_changes(
    before: Option<&TenantObject>,
    after: Option<&TenantObject>,
    changes: &mut Vec<PropertyChange>,
) {
    let Some(named) = after.or(before) else { return };
    let object = named.label().to_owned();
    let change = |property: &str, before, after| PropertyChange {
        object: object.clone(),
        property: property.to_owned(),
        before,
        after,
    };
    match (before, after) {
        (None, Some(_)) => changes.push(change("", None, Some("made".to_owned()))),
        (Some(_), None) => changes.push(change("", Some("there".to_owned()), None)),
        (Some(before), Some(after)) => {
            for name in before
                .properties
                .keys()
                .chain(after.properties.keys().filter(|k| !before.properties.contains_key(*k)))
            {
                let (old, new) = (before.get(name), after.get(name));
                if old != new {
                    changes.push(change(name, old.map(short), new.map(short)));
                }
            }
        }
        (None, None) => {}
    }
}

/// A value as short text.
fn short(value: &serde_json::Value) -> String {
    let mut text = value.to_string();
    if let Some((cut, _)) = text.char_indices().nth(120) {
        text.truncate(cut);
        text.push('…');
    }
    text
}
