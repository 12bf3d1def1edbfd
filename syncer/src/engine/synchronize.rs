//! The synchronisation step: every object that may have changed, from staged to planned write.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;

use super::config::EngineConfig;
use super::evaluate::Evaluator;
use super::guard::Figures;
use super::oddities;
use super::report::{Counts, ObjectReport, Oddity, PlannedOp, Warning};
use super::state::{Change, ErrorClass, LastError, StagedObject, State, TenantRecord};
use super::{dn, plan};
use crate::model::{ExportAction, ExportOp, Guid, TenantValue};
use crate::rules::{Desired, Projection, RuleSet};

/// The attributes that this project exists for.
pub(super) const CERTIFICATES: [&str; 2] = ["userCertificate", "userSMIMECertificate"];
/// Most oddities that one report lists.
const MAX_ODDITIES: usize = 10_000;

/// What the imports left to look at.
#[derive(Debug, Default)]
pub(super) struct Agenda {
    /// Every object is evaluated.
    pub(super) all: bool,
    /// Objects that changed on either side.
    pub(super) changed: BTreeSet<Guid>,
    /// Objects that went, with their last DN.
    pub(super) removed: BTreeMap<Guid, Box<str>>,
    /// Folded DNs whose object appeared, went or was renamed.
    pub(super) touched_dns: BTreeSet<String>,
}

/// What the synchronisation found.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) plan: Vec<PlannedOp>,
    pub(super) changes: Vec<Change>,
    pub(super) errors: Vec<ObjectReport>,
    pub(super) warnings: Vec<Warning>,
    pub(super) oddities: Vec<Oddity>,
    pub(super) figures: Figures,
}

/// One synchronisation step over a state.
pub(super) struct Synchronization<'a> {
    config: &'a EngineConfig,
    rules: &'a RuleSet,
    state: &'a State,
    evaluator: Evaluator<'a>,
    counts: &'a mut Counts,
    now: Timestamp,
    done: BTreeSet<Guid>,
    claimed: BTreeSet<Arc<str>>,
    found: Found,
}

impl<'a> Synchronization<'a> {
    pub(super) fn new(
        config: &'a EngineConfig,
        rules: &'a RuleSet,
        state: &'a State,
        counts: &'a mut Counts,
        now: Timestamp,
    ) -> Self {
        let evaluator = Evaluator::new(config, rules, state, now);
        let (done, claimed) = (BTreeSet::new(), BTreeSet::new());
        Self { config, rules, state, evaluator, counts, now, done, claimed, found: Found::default() }
    }

    /// Evaluates what the agenda asks for and plans the writes: deletions first, so that names and addresses are free
    /// for who takes them over, then changes, then additions.
    pub(super) fn run(mut self, agenda: &Agenda) -> Found {
        self.removals(&agenda.removed);
        let first: Vec<Guid> =
            if agenda.all { self.state.directory.keys().copied().collect() } else { self.due(agenda) };
        first.iter().for_each(|guid| self.object(guid));
        if !agenda.all {
            self.dependents(agenda);
        }
        if agenda.all {
            self.orphans();
        }
        self.finish()
    }

    fn finish(mut self) -> Found {
        let rank = |p: &PlannedOp| match p.op.action {
            ExportAction::Delete => 0,
            ExportAction::Set => 1,
            ExportAction::Add => 2,
        };
        self.found.plan.sort_by_key(rank);
        let count = |action| self.found.plan.iter().filter(|p| p.op.action == action).count();
        self.counts.adds = count(ExportAction::Add);
        self.counts.updates = count(ExportAction::Set);
        self.counts.deletes = count(ExportAction::Delete);
        self.found.figures.deletes = self.counts.deletes;
        let shown =
            self.state.tenant.values().filter(|r| r.guid.is_some()).filter_map(|r| r.confirmed.as_ref());
        for confirmed in shown {
            self.found.figures.owned += 1;
            let certificates = CERTIFICATES.iter().any(|name| confirmed.get(name).is_some());
            self.found.figures.with_certs += usize::from(certificates);
        }
        self.found.warnings.sort();
        self.found.oddities.sort();
        self.found.errors.sort_by(|a, b| a.object.cmp(&b.object));
        self.found
    }

    /// Objects that changed, failed the last time, or wait for the tenant.
    fn due(&self, agenda: &Agenda) -> Vec<Guid> {
        let failed = self.state.directory.iter().filter(|(_, o)| o.error.is_some()).map(|(guid, _)| *guid);
        let open = |r: &TenantRecord| r.pending.is_some() || r.error.is_some();
        let waiting = self.state.tenant.values().filter(|r| open(r)).filter_map(|r| r.guid);
        let due: BTreeSet<Guid> = agenda.changed.iter().copied().chain(failed).chain(waiting).collect();
        due.into_iter().collect()
    }

    /// Objects that refer to one that appeared, went or was renamed.
    fn dependents(&mut self, agenda: &Agenda) {
        let presence = self
            .found
            .plan
            .iter()
            .filter(|p| p.op.action != ExportAction::Set)
            .map(|p| dn::folded(&p.object));
        let touched: BTreeSet<String> = presence.chain(agenda.touched_dns.iter().cloned()).collect();
        let references = self.rules.reference_attributes();
        if touched.is_empty() || references.is_empty() {
            return;
        }
        let refers = |o: &StagedObject| {
            let values = references.iter().filter_map(|name| o.attributes.get(name)).flatten();
            values.filter_map(|v| std::str::from_utf8(v).ok()).any(|v| touched.contains(&dn::folded(v)))
        };
        let found = self.state.directory.iter().filter(|(guid, o)| !self.done.contains(*guid) && refers(o));
        let dependents: Vec<Guid> = found.map(|(guid, _)| *guid).collect();
        dependents.iter().for_each(|guid| self.object(guid));
    }

    /// Records of objects that the directory does not have any more.
    fn removals(&mut self, removed: &BTreeMap<Guid, Box<str>>) {
        for (anchor, record) in &self.state.tenant {
            let Some(guid) = record.guid.filter(|g| !self.state.directory.contains_key(g)) else { continue };
            let label = removed.get(&guid).map_or_else(|| anchor.to_string(), ToString::to_string);
            self.remove(anchor, record, label);
        }
    }

    fn remove(&mut self, anchor: &Arc<str>, record: &TenantRecord, object: String) {
        let may_exist = record.pending.as_ref().is_some_and(|p| p.action != ExportAction::Delete);
        if record.confirmed.is_none() && !may_exist {
            self.found.changes.push(Change::DropRecord { anchor: Arc::clone(anchor) });
            return;
        }
        let op = plan::removal(anchor, record);
        self.found.plan.push(PlannedOp { object, before: Vec::new(), op });
    }

    /// Objects of the tenant with an anchor that no object of the directory has, and that were never ours: Entra Connect
    /// leaves them alone as well.
    fn orphans(&mut self) {
        for (anchor, record) in &self.state.tenant {
            if record.guid.is_none() && record.confirmed.is_some() && !self.claimed.contains(anchor) {
                self.found.warnings.push(Warning {
                    object: anchor.to_string(),
                    code: "orphan-in-tenant".into(),
                    message: format!(
                        "{:?} with a source anchor that no object of the directory has; left alone",
                        record.kind
                    ),
                });
            }
        }
    }

    fn object(&mut self, guid: &Guid) {
        let Some(object) = self.state.directory.get(guid) else { return };
        if !self.done.insert(*guid) {
            return;
        }
        if crate::rules::class_of(&object.attributes).is_none() {
            return; // containers are staged for their DNs only
        }
        self.counts.evaluated += 1;
        match self.evaluator.evaluate(guid, object) {
            Err(error) => {
                self.fail(guid, object, ErrorClass::Synchronization, error.code(), &error.to_string());
            }
            Ok(Projection::Filtered(_)) => self.filtered(guid, object),
            Ok(Projection::Desired(desired)) => self.desired(guid, object, &desired),
        }
    }

    fn filtered(&mut self, guid: &Guid, object: &StagedObject) {
        self.counts.filtered += 1;
        self.clear_error(guid, object);
        if let Some(anchor) = self.evaluator.anchor_of(guid).cloned()
            && let Some(record) = self.state.tenant.get(&anchor)
        {
            self.remove(&anchor, record, object.dn.to_string());
        }
    }

    fn desired(&mut self, guid: &Guid, object: &StagedObject, desired: &Desired) {
        let before = self.evaluator.anchor_of(guid).cloned();
        if before.is_some_and(|a| *a != *desired.anchor) {
            // the text of Entra Connect's rule "Out to AAD - User Join"
            let text = "SourceAnchor attribute has changed.";
            return self.fail(guid, object, ErrorClass::AnchorChanged, "sync-rule-flow-error", text);
        }
        let known = self.state.tenant.get_key_value(desired.anchor.as_str());
        if let Some((_, record)) = known
            && record.guid.is_some_and(|g| g != *guid && self.state.directory.contains_key(&g))
        {
            let text = "another object of the directory is exported with the same source anchor";
            return self.fail(guid, object, ErrorClass::Conflict, "duplicate-anchor", text);
        }
        let anchor: Arc<str> = known.map_or_else(|| desired.anchor.as_str().into(), |(a, _)| Arc::clone(a));
        if !self.claimed.insert(Arc::clone(&anchor)) {
            let text = "another object of the directory has the same source anchor";
            return self.fail(guid, object, ErrorClass::Conflict, "duplicate-anchor", text);
        }
        self.note(object, desired);
        let record = self.joined(guid, &anchor, desired);
        if record.kind != desired.kind && record.confirmed.is_some() {
            let text = format!(
                "the object is a {:?} in the tenant and becomes a {:?}: it is deleted first",
                record.kind, desired.kind
            );
            self.fail(guid, object, ErrorClass::Retry, "object-type-changed", &text);
            return self.remove(&anchor, &record, object.dn.to_string());
        }
        self.clear_error(guid, object);
        self.write(object, desired, &record);
    }

    /// The record of the anchor, joined with the object.
    fn joined(&mut self, guid: &Guid, anchor: &Arc<str>, desired: &Desired) -> Arc<TenantRecord> {
        let known = self.state.tenant.get(anchor);
        if let Some(record) = known.filter(|r| r.guid == Some(*guid)) {
            return Arc::clone(record);
        }
        let new = || TenantRecord {
            kind: desired.kind,
            guid: None,
            cloud_anchor: None,
            confirmed: None,
            foreign: Vec::new(),
            pending: None,
            error: None,
        };
        let record =
            Arc::new(TenantRecord { guid: Some(*guid), ..known.map_or_else(new, |r| (**r).clone()) });
        self.found
            .changes
            .push(Change::PutRecord { anchor: Arc::clone(anchor), record: Arc::clone(&record) });
        record
    }

    fn write(&mut self, object: &StagedObject, desired: &Desired, record: &TenantRecord) {
        let none = BTreeSet::new();
        let managed = self.rules.managed(desired.kind).unwrap_or(&none);
        let Some(op) = plan::write_for(desired, record, managed, self.now, self.config.max_reexports) else {
            return self.nothing_to_write(desired, record);
        };
        self.found.figures.certs_cleared += usize::from(loses_certificates(&op, record, object));
        let before = plan::before(&op, record);
        self.found.plan.push(PlannedOp { object: object.dn.to_string(), op, before });
    }

    /// The tenant has what the rules want: what it refused before does not matter any more.
    fn nothing_to_write(&mut self, desired: &Desired, record: &TenantRecord) {
        if record.error.is_some() {
            let record = Arc::new(TenantRecord { error: None, ..record.clone() });
            self.found.changes.push(Change::PutRecord { anchor: desired.anchor.as_str().into(), record });
        }
    }

    fn note(&mut self, object: &StagedObject, desired: &Desired) {
        for name in &desired.emptied {
            self.found.warnings.push(Warning {
                object: object.dn.to_string(),
                code: "empty-value-dropped".into(),
                message: format!("{name} has a value without octets, which is not sent"),
            });
        }
        if self.found.oddities.len() < MAX_ODDITIES {
            self.found.oddities.extend(oddities::of_object(object, desired, self.now));
        }
    }

    fn fail(&mut self, guid: &Guid, object: &StagedObject, class: ErrorClass, code: &str, message: &str) {
        let attempts = object.error.as_ref().map_or(0, |e| e.attempts) + 1;
        let error =
            LastError { class, code: code.to_owned(), message: message.to_owned(), attempts, at: self.now };
        self.found.errors.push(ObjectReport {
            object: object.dn.to_string(),
            source_anchor: self.evaluator.anchor_of(guid).map(ToString::to_string),
            class,
            code: error.code.clone(),
            message: error.message.clone(),
            attempts,
        });
        self.put(guid, object, Some(error));
    }

    fn clear_error(&mut self, guid: &Guid, object: &StagedObject) {
        if object.error.is_some() {
            self.put(guid, object, None);
        }
    }

    fn put(&mut self, guid: &Guid, object: &StagedObject, error: Option<LastError>) {
        let object = Arc::new(StagedObject { error, ..object.clone() });
        self.found.changes.push(Change::PutObject { guid: *guid, object });
    }
}

/// The write takes the last certificate of an object, and the directory has none for it any more.
fn loses_certificates(op: &ExportOp, record: &TenantRecord, object: &StagedObject) -> bool {
    let shown = |name: &str| record.confirmed.as_ref().is_some_and(|c| c.get(name).is_some());
    let mut had = CERTIFICATES.iter().filter(|name| shown(name)).peekable();
    let cleared = |name: &str| {
        matches!(op.properties.get(name), Some(TenantValue::Null)) && object.attributes.get(name).is_none()
    };
    had.peek().is_some() && had.all(|name| cleared(name))
}
