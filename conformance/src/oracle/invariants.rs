//! What must hold in every case, judged from directory, journals and tenant alone.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::{
    DirectoryObject, History, Observation, StepKind, StepRecord, TenantObject, is_directory_write, writes,
};
use crate::case::{Attribute, WriteKind};

/// One rule that holds whatever the case.
#[derive(Clone, Copy)]
pub struct Invariant {
    /// Id of the check (`oracle-bytes`).
    pub id: &'static str,
    /// Requirement that it traces to.
    pub requirement: &'static str,
    /// What has to hold.
    pub says: &'static str,
    judge: fn(&History) -> Finding,
}

impl std::fmt::Debug for Invariant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Invariant").field("id", &self.id).finish_non_exhaustive()
    }
}

/// What an invariant came to in one case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How many things there were to judge; 0: the case says nothing about this invariant.
    pub judged: usize,
    /// What broke it.
    pub broken: Vec<String>,
}

/// All invariants, in the order of reports.
pub const INVARIANTS: [Invariant; 9] = [
    Invariant {
        id: "oracle-bytes",
        requirement: "ORA-BYTES",
        says: "every certificate value in the tenant is one that the directory has or had for that object, byte for byte",
        judge: bytes,
    },
    Invariant {
        id: "oracle-one-object",
        requirement: "ORA-ONE-OBJECT",
        says: "no two live tenant objects share a source anchor",
        judge: one_object,
    },
    Invariant {
        id: "oracle-no-idle-write",
        requirement: "ORA-IDLE",
        says: "a cycle between which and the one before nothing changed writes nothing",
        judge: idle,
    },
    Invariant {
        id: "oracle-writes-have-effect",
        requirement: "ORA-EFFECT",
        says: "no object is written to end as it was",
        judge: effect,
    },
    Invariant {
        id: "oracle-cloud-only",
        requirement: "ORA-CLOUD-ONLY",
        says: "objects that are not the sync's are not touched",
        judge: cloud_only,
    },
    Invariant {
        id: "oracle-deletes-have-cause",
        requirement: "ORA-DELETE",
        says: "nothing is deleted whose directory object is there and unchanged",
        judge: deletes,
    },
    Invariant {
        id: "oracle-dry-run",
        requirement: "ORA-DRY-RUN",
        says: "a dry run writes nothing",
        judge: dry_run,
    },
    Invariant {
        id: "oracle-ends",
        requirement: "ORA-ENDS",
        says: "every cycle ends by itself with an exit code of the contract",
        judge: ends,
    },
    Invariant {
        id: "oracle-secrets",
        requirement: "ORA-SECRETS",
        says: "neither the bind password nor the client secret is printed",
        judge: secrets,
    },
];

/// Judges all invariants that the case says something about.
pub fn judge(history: &History) -> impl Iterator<Item = (&'static Invariant, Finding)> + '_ {
    INVARIANTS.iter().map(|i| (i, (i.judge)(history))).filter(|(_, f)| f.judged > 0)
}

/// Collects what is found.
#[derive(Default)]
struct Collector {
    judged: usize,
    broken: Vec<String>,
}

impl Collector {
    fn judge(&mut self, holds: bool, otherwise: impl FnOnce() -> String) {
        self.judged += 1;
        if !holds {
            self.broken.push(otherwise());
        }
    }

    fn done(self) -> Finding {
        Finding { judged: self.judged, broken: self.broken }
    }
}

/// Each step together with what both doubles were before it.
fn with_before(history: &History) -> impl Iterator<Item = (&Observation, &StepRecord)> {
    let before = std::iter::once(&history.given).chain(history.steps.iter().map(|s| &s.after));
    before.zip(&history.steps)
}

/// Cycles, each with what both doubles were before it.
fn cycles(history: &History) -> impl Iterator<Item = (&Observation, &StepRecord)> {
    with_before(history).filter(|(_, s)| matches!(s.kind, StepKind::Cycle { .. }))
}

fn directory_object<'a>(at: &'a Observation, anchor: &str) -> Option<&'a DirectoryObject> {
    let live = at.directory.objects.values().filter(|o| !o.is_deleted());
    live.into_iter().find(|o| o.anchors().iter().any(|a| a == anchor))
}

fn bytes(history: &History) -> Finding {
    let mut found = Collector::default();
    let mut allowed: BTreeMap<String, BTreeSet<Vec<u8>>> = BTreeMap::new();
    allow_directory(&mut allowed, &history.given);
    allow_tenant(&mut allowed, &history.given);
    for step in &history.steps {
        allow_directory(&mut allowed, &step.after);
        if matches!(step.kind, StepKind::Tenant) {
            allow_tenant(&mut allowed, &step.after);
        }
    }
    for object in history.end().tenant.live().filter(|o| !o.anchor().is_empty()) {
        for attribute in Attribute::BOTH {
            for value in object.certificate_list(attribute) {
                let holds = allowed.get(object.anchor()).is_some_and(|a| a.contains(&value))
                    || allowed.get(object.id()).is_some_and(|a| a.contains(&value));
                found.judge(holds, || {
                    format!(
                        "{}: a value of {} octets in {} was never in the directory",
                        object.label(),
                        value.len(),
                        attribute.name()
                    )
                });
            }
        }
    }
    found.done()
}

fn allow_directory(allowed: &mut BTreeMap<String, BTreeSet<Vec<u8>>>, at: &Observation) {
    for object in at.directory.objects.values() {
        for anchor in object.anchors() {
            for attribute in Attribute::BOTH {
                allowed.entry(anchor.clone()).or_default().extend(object.certificates(attribute));
            }
        }
    }
}

/// Values that the case itself put into the tenant; by id, because a match may give the object an anchor later.
fn allow_tenant(allowed: &mut BTreeMap<String, BTreeSet<Vec<u8>>>, at: &Observation) {
    for object in &at.tenant.objects {
        for attribute in Attribute::BOTH {
            allowed.entry(object.id().to_owned()).or_default().extend(object.certificates(attribute));
        }
    }
}

fn one_object(history: &History) -> Finding {
    let mut found = Collector::default();
    let mut seen = BTreeMap::new();
    for object in history.end().tenant.live().filter(|o| !o.anchor().is_empty()) {
        let other = seen.insert(object.anchor(), object.label());
        found.judge(other.is_none(), || {
            format!(
                "{} and {} share the anchor {}",
                other.unwrap_or_default(),
                object.label(),
                object.anchor()
            )
        });
    }
    found.done()
}

fn idle(history: &History) -> Finding {
    let mut found = Collector::default();
    let mut previous: Option<&StepRecord> = None;
    for step in &history.steps {
        if let Some(before) = previous
            && before.number + 1 == step.number
            && is_calm(before)
            && is_calm(step)
        {
            let count =
                writes(&step.entries).len() + step.entries.iter().filter(|e| is_directory_write(e)).count();
            found.judge(count == 0, || {
                format!("step {}: {count} writes although nothing had changed", step.number)
            });
        }
        previous = matches!(step.kind, StepKind::Cycle { .. }).then_some(step);
    }
    found.done()
}

/// A cycle that ended well, without faults, and was meant to write.
fn is_calm(step: &StepRecord) -> bool {
    let meant = matches!(step.kind, StepKind::Cycle { dry_run: false, killed: false, .. });
    meant && step.exit == Some(0) && !has_fault(step)
}

fn has_fault(step: &StepRecord) -> bool {
    step.entries.iter().any(|e| e.fault.is_some())
}

fn effect(history: &History) -> Finding {
    let mut found = Collector::default();
    let mut disturbed = false;
    for (before, step) in with_before(history) {
        let killed = matches!(step.kind, StepKind::Cycle { killed: true, .. });
        let state = matches!(step.kind, StepKind::State);
        if !disturbed && !killed && !has_fault(step) {
            effects_of(before, step, &mut found);
        }
        // A crash or a lost answer allows one redundant write; a lost state allows all of them once.
        let calm_cycle = matches!(step.kind, StepKind::Cycle { .. }) && is_calm(step);
        disturbed = (disturbed && !calm_cycle) || killed || state || has_fault(step);
    }
    found.done()
}

fn effects_of(before: &Observation, step: &StepRecord, found: &mut Collector) {
    let mut judged = BTreeSet::new();
    for write in writes(&step.entries) {
        let anchor = write.entry.target.as_str();
        if !write.done || write.kind == WriteKind::Delete || !judged.insert(anchor) {
            continue;
        }
        let then = by_anchor(before, anchor).map(data_of);
        let now = by_anchor(&step.after, anchor).map(data_of);
        if let Some(now) = now {
            found.judge(then.as_ref() != Some(&now), || {
                format!(
                    "step {}: {anchor} was written (seq {}) and is what it was",
                    step.number, write.entry.seq
                )
            });
        }
    }
}

fn by_anchor<'a>(at: &'a Observation, anchor: &str) -> Option<&'a TenantObject> {
    at.tenant.live().find(|o| o.anchor() == anchor)
}

/// An object without what the service itself keeps on it: the address book's copy and times.
fn data_of(object: &TenantObject) -> Map<String, Value> {
    let volatile = ["exchange", "onPremisesLastSyncDateTime", "lastDirSyncTime"];
    object
        .properties
        .iter()
        .filter(|(k, _)| !volatile.contains(&k.as_str()))
        .map(|(k, v)| (k.clone(), v.clone()))
        .collect()
}

fn cloud_only(history: &History) -> Finding {
    let mut found = Collector::default();
    for (before, step) in cycles(history) {
        for object in before.tenant.objects.iter().filter(|o| o.anchor().is_empty()) {
            let now = step.after.tenant.by_id(object.id());
            if now.is_some_and(|n| !n.anchor().is_empty()) {
                continue;
            }
            found.judge(now.is_some_and(|n| data_of(n) == data_of(object)), || {
                format!(
                    "step {}: {} is not the sync's, and {}",
                    step.number,
                    object.label(),
                    now.map_or("is gone", |_| "was changed")
                )
            });
        }
    }
    found.done()
}

fn deletes(history: &History) -> Finding {
    let mut found = Collector::default();
    let mut known: Option<&Observation> = None;
    for (before, step) in cycles(history) {
        for object in before.tenant.live().filter(|o| !o.anchor().is_empty()) {
            let gone = step.after.tenant.by_id(object.id()).is_none_or(TenantObject::is_deleted);
            if !gone {
                continue;
            }
            let now = directory_object(&step.after, object.anchor());
            let then = known.and_then(|k| directory_object(k, object.anchor()));
            let without_cause = now.is_some() && (known.is_none() || now == then);
            found.judge(!without_cause, || {
                format!(
                    "step {}: {} was deleted although its directory object is there and unchanged",
                    step.number,
                    object.label()
                )
            });
        }
        known = Some(&step.after);
    }
    found.done()
}

fn dry_run(history: &History) -> Finding {
    let mut found = Collector::default();
    for step in history.cycles().filter(|s| matches!(s.kind, StepKind::Cycle { dry_run: true, .. })) {
        let count =
            writes(&step.entries).len() + step.entries.iter().filter(|e| is_directory_write(e)).count();
        found.judge(count == 0, || format!("step {}: {count} writes", step.number));
    }
    found.done()
}

/// Exit codes that the contract knows.
const EXITS: [i32; 5] = [0, 1, 2, 10, 20];

fn ends(history: &History) -> Finding {
    let mut found = Collector::default();
    for step in history.cycles().filter(|s| matches!(s.kind, StepKind::Cycle { killed: false, .. })) {
        found.judge(step.exit.is_some_and(|e| EXITS.contains(&e)), || match step.exit {
            Some(code) => format!("step {}: exit code {code} is none of {EXITS:?}", step.number),
            None => format!("step {}: it did not end by itself", step.number),
        });
    }
    found.done()
}

fn secrets(history: &History) -> Finding {
    let mut found = Collector::default();
    for step in history.cycles() {
        for (name, secret) in [
            ("bind password", &history.secrets.bind_password),
            ("client secret", &history.secrets.client_secret),
        ] {
            let printed = !secret.is_empty() && contains(&step.output, secret.as_bytes());
            found.judge(!printed, || format!("step {}: the {name} was printed", step.number));
        }
    }
    found.done()
}

/// Whether some octets occur in others.
fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len().max(1)).any(|w| w == needle)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;
    use crate::oracle::{DirectoryView, Secrets, TenantView};
    use crate::report::model::{Side, WireEntry};

    const ALICE: &str = "dn: CN=A,DC=x\ncn: alice\nobjectGUID:: AQ==\nuserCertificate:: Yw==\n";

    fn see(ldif: &str, users: Value) -> Observation {
        let state = Value::from_iter([("users", users)]);
        Observation {
            directory: Arc::new(DirectoryView::from_ldif(ldif).unwrap()),
            tenant: Arc::new(TenantView::from_state(&state)),
        }
    }

    fn alice(certificate: &str) -> Value {
        json!({"id": "1", "userPrincipalName": "alice@x", "sourceAnchor": "AQ==", "userCertificate": [certificate]})
    }

    fn write(op: &str) -> WireEntry {
        WireEntry {
            step: 1,
            side: Side::Tenant,
            seq: 1,
            time: "2026-09-01T00:00:00Z".parse().unwrap(),
            elapsed_ms: 0,
            op: op.to_owned(),
            target: "AQ==".to_owned(),
            principal: String::new(),
            attempt: 1,
            outcome: "ok".to_owned(),
            fault: None,
            detail: Value::Null,
        }
    }

    fn cycle(number: usize, after: Observation, entries: Vec<WireEntry>) -> StepRecord {
        let kind = StepKind::Cycle { ordinal: number, dry_run: false, killed: false };
        StepRecord { number, kind, exit: Some(0), output: Vec::new(), entries, state_files: 1, after }
    }

    fn broken(id: &str, history: &History) -> usize {
        judge(history).find(|(i, _)| i.id == id).map_or(0, |(_, f)| f.broken.len())
    }

    fn good() -> History {
        let synced = see(ALICE, json!([alice("Yw==")]));
        History {
            given: see(ALICE, json!([])),
            steps: vec![
                cycle(1, synced.clone(), vec![write("provisioning.add")]),
                cycle(2, synced, Vec::new()),
            ],
            secrets: Secrets { bind_password: "s3cret".into(), client_secret: String::new() },
            ..History::default()
        }
    }

    #[test]
    fn a_good_history_breaks_nothing() {
        let findings: Vec<_> =
            judge(&good()).filter(|(_, f)| !f.broken.is_empty()).map(|(i, _)| i.id).collect();
        assert_eq!(findings, Vec::<&str>::new());
        assert!(judge(&good()).count() >= 5, "there is something to judge");
    }

    #[test]
    fn foreign_octets_are_seen() {
        let mut history = good();
        history.steps[1].after = see(ALICE, json!([alice("ZA==")]));
        assert_eq!(broken("oracle-bytes", &history), 1);
    }

    #[test]
    fn a_shared_anchor_is_seen() {
        let mut history = good();
        let mut other = alice("Yw==");
        other["id"] = json!("2");
        history.steps[1].after = see(ALICE, json!([alice("Yw=="), other]));
        assert_eq!(broken("oracle-one-object", &history), 1);
    }

    #[test]
    fn idle_writes_and_writes_without_effect_are_seen() {
        let mut history = good();
        history.steps[1].entries = vec![write("provisioning.set")];
        assert_eq!(broken("oracle-no-idle-write", &history), 1);
        assert_eq!(broken("oracle-writes-have-effect", &history), 1);
        history.steps[0].kind = StepKind::Cycle { ordinal: 1, dry_run: false, killed: true };
        assert_eq!(broken("oracle-no-idle-write", &history), 0, "after a crash a redundant write is allowed");
        assert_eq!(broken("oracle-writes-have-effect", &history), 0);
    }

    #[test]
    fn touched_cloud_objects_are_seen() {
        let cloud = |name: &str| json!([{"id": "9", "displayName": name}]);
        let history = |after| History {
            given: see("", cloud("C")),
            steps: vec![cycle(1, see("", after), Vec::new())],
            ..History::default()
        };
        assert_eq!(broken("oracle-cloud-only", &history(cloud("C"))), 0);
        assert_eq!(broken("oracle-cloud-only", &history(cloud("D"))), 1);
        assert_eq!(broken("oracle-cloud-only", &history(json!([]))), 1);
    }

    #[test]
    fn a_delete_needs_a_cause() {
        let mut history = good();
        history.steps[1].after = see(ALICE, json!([]));
        assert_eq!(broken("oracle-deletes-have-cause", &history), 1);
        history.steps[1].after = see("", json!([]));
        assert_eq!(broken("oracle-deletes-have-cause", &history), 0);
    }

    #[test]
    fn dry_runs_ends_and_secrets_are_judged() {
        let mut history = good();
        history.steps[0].kind = StepKind::Cycle { ordinal: 1, dry_run: true, killed: false };
        history.steps[0].exit = Some(3);
        history.steps[1].exit = None;
        history.steps[1].output = b"password=s3cret".to_vec();
        assert_eq!(broken("oracle-dry-run", &history), 1);
        assert_eq!(broken("oracle-ends", &history), 2);
        assert_eq!(broken("oracle-secrets", &history), 1);
    }
}
