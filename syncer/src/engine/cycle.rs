//! One cycle as a state machine: import both sides, synchronise, guard, export, confirm.
//!
//! The order in which things become durable is what makes a crash harmless: the staged objects, the cursors that cover
//! them and the export memory of all planned writes are one change of state, committed before the first write; each
//! batch's answers are committed before the next batch; what the confirming read showed is committed with its cursor.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::backoff;
use super::config::{CycleKind, CycleRequest, EngineConfig};
use super::export::{Item, Queue};
use super::guard;
use super::import_directory::{DirectoryImport, ENGINE_ATTRIBUTES};
use super::import_tenant::TenantImport;
use super::protocol::{Command, ConnectorError, DirectoryRead, Input, TenantRead};
use super::report::{
    Counts, ExitClass, GuardReport, ObjectReport, Oddity, Outcome, PlannedOp, Progress, Warning,
};
use super::settle::{self, Settled};
use super::state::{Change, ErrorClass, LastError, State, StateChange, TenantRecord};
use super::synchronize::{Agenda, CERTIFICATES, Found, Synchronization};
use super::{classify, plan};
use crate::model::{Cursor, DirectoryChange, ExportAction, ExportResult, TenantObject};
use crate::rules::{RuleSet, class_of};

/// Times in a row that a tenant may ask to slow down before the cycle gives up.
const MAX_THROTTLES: u32 = 100;

/// One cycle of the engine.
pub struct Engine {
    config: EngineConfig,
    rules: Arc<RuleSet>,
    state: State,
    request: CycleRequest,
    phase: Phase,
    attempts: u32,
    throttles: u32,
    full: bool,
    agenda: Agenda,
    uncommitted: Vec<Change>,
    queue: Queue,
    empty_import: bool,
    report: Report,
}

/// What the outcome is made of.
#[derive(Default)]
struct Report {
    counts: Counts,
    errors: Vec<ObjectReport>,
    guards: Vec<GuardReport>,
    warnings: Vec<Warning>,
    oddities: Vec<Oddity>,
    plan: Vec<Arc<PlannedOp>>,
}

/// What the engine waits for.
enum Phase {
    New,
    Directory(DirectoryImport),
    Tenant {
        import: TenantImport,
        purpose: Purpose,
    },
    /// A wait, and what comes after it.
    Waiting(Next),
    Committing(Next),
    Exporting,
    Over,
}

/// Why the tenant is read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// At the beginning of the cycle.
    Import,
    /// In the middle of an export whose fate is unknown.
    Reconcile,
    /// After the export.
    Confirm,
}

/// What follows a wait or a commit.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    ReadDirectory,
    ReadTenant {
        purpose: Purpose,
        full: bool,
    },
    Export,
    /// Some objects of the last batch were told to come back later.
    Breathe,
    Finish,
}

impl Engine {
    /// Prepares a cycle over `state`. Nothing happens before [`Input::Start`].
    #[must_use]
    pub fn new(config: EngineConfig, rules: Arc<RuleSet>, state: State, request: CycleRequest) -> Self {
        let other_rules = state.rules_fingerprint.as_ref() != Some(&rules.fingerprint);
        let full = request.kind == CycleKind::Full || state.directory_cursor.is_none() || other_rules;
        Self {
            config,
            rules,
            state,
            request,
            phase: Phase::New,
            attempts: 0,
            throttles: 0,
            full,
            agenda: Agenda::default(),
            uncommitted: Vec::new(),
            queue: Queue::default(),
            empty_import: false,
            report: Report::default(),
        }
    }

    /// The state as the engine sees it; after the cycle, what the store has unless a commit failed.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Takes what happened and tells what to do next. The last command is the one to answer; [`Command::Finish`] ends
    /// the cycle.
    pub fn handle(&mut self, input: Input, now: Timestamp) -> Vec<Command> {
        match (std::mem::replace(&mut self.phase, Phase::Over), input) {
            (Phase::New, Input::Start) => self.read_directory(),
            (Phase::Directory(import), Input::DirectoryPage(page)) => self.directory_page(import, &page),
            (Phase::Directory(import), Input::DirectoryEnd { cursor }) => self.directory_end(import, cursor),
            (Phase::Directory(import), Input::DirectoryFailed(error)) => {
                self.directory_failed(&import, error)
            }
            (Phase::Tenant { import, purpose }, Input::TenantPage(page)) => {
                self.tenant_page(import, purpose, page)
            }
            (Phase::Tenant { import, purpose }, Input::TenantEnd { cursor }) => {
                self.tenant_end(import, purpose, cursor, now)
            }
            (Phase::Tenant { import, purpose }, Input::TenantFailed(error)) => {
                self.tenant_failed(&import, purpose, error)
            }
            (Phase::Exporting, Input::ExportResults(results)) => self.results(&results, now),
            (Phase::Exporting, Input::ExportFailed(error)) => self.export_failed(error, now),
            (Phase::Waiting(next), Input::Waited) | (Phase::Committing(next), Input::Committed) => {
                self.go_on(next)
            }
            (Phase::Committing(_), Input::CommitFailed(why)) => {
                self.fail(format!("the state could not be written: {why}"))
            }
            (_, input) => self.fail(format!("unexpected input {}", name_of(&input))),
        }
    }

    fn go_on(&mut self, next: Next) -> Vec<Command> {
        match next {
            Next::ReadDirectory => self.read_directory(),
            Next::ReadTenant { purpose, full } => self.read_tenant(purpose, full),
            Next::Export => self.export(),
            Next::Breathe => {
                let delay = backoff::wait_before(&self.config, self.queue.attempts);
                self.wait(delay, "the tenant is busy with some objects".into(), Next::Export)
            }
            Next::Finish => vec![self.finish(None)],
        }
    }

    // ---- import of the directory

    fn read_directory(&mut self) -> Vec<Command> {
        let rules = &self.rules;
        let wanted = rules.directory_attributes().iter().map(String::as_str);
        let references = rules.reference_attributes().iter().map(String::as_str);
        self.phase = Phase::Directory(DirectoryImport::new(self.full, wanted.clone(), references));
        let mut attributes: Vec<String> = wanted.chain(ENGINE_ATTRIBUTES).map(str::to_owned).collect();
        attributes.sort_unstable();
        attributes.dedup();
        let since = self.state.directory_cursor.clone().filter(|_| !self.full);
        vec![Command::ImportDirectory(DirectoryRead { since, attributes })]
    }

    fn directory_page(&mut self, mut import: DirectoryImport, page: &[DirectoryChange]) -> Vec<Command> {
        page.iter().for_each(|change| import.take(change, &self.state));
        let read = import.read;
        self.phase = Phase::Directory(import);
        vec![Command::Report(Progress::ImportingDirectory { read })]
    }

    fn directory_end(&mut self, import: DirectoryImport, cursor: Option<Cursor>) -> Vec<Command> {
        if import.needs_full() && !self.full {
            self.full = true; // need-full-object: the delta does not say what some object is
            return self.read_directory();
        }
        let mut imported = import.finish(&self.state, &mut self.report.counts);
        let known = || self.state.directory.values().any(|o| class_of(&o.attributes).is_some());
        self.empty_import = self.full && imported.importable == 0 && known();
        self.agenda.all = self.full;
        self.agenda.changed.append(&mut imported.changed);
        self.agenda.removed = std::mem::take(&mut imported.removed);
        self.agenda.touched_dns = std::mem::take(&mut imported.touched_dns);
        self.change(imported.changes);
        if self.state.directory_cursor != cursor {
            self.change(vec![Change::DirectoryCursor(cursor)]);
        }
        self.attempts = 0;
        let full = self.request.kind == CycleKind::Full || self.state.tenant_cursor.is_none();
        self.read_tenant(Purpose::Import, full)
    }

    fn directory_failed(&mut self, import: &DirectoryImport, error: ConnectorError) -> Vec<Command> {
        if matches!(error, ConnectorError::CursorExpired(_)) && !import.is_full() {
            self.full = true;
            return self.read_directory();
        }
        self.retry_read(error, Next::ReadDirectory, "import of the directory")
    }

    // ---- import of the tenant

    fn read_tenant(&mut self, purpose: Purpose, full: bool) -> Vec<Command> {
        self.agenda.all |= full && purpose == Purpose::Import;
        let since = self.state.tenant_cursor.clone().filter(|_| !full);
        self.phase = Phase::Tenant { import: TenantImport::new(since.is_none()), purpose };
        vec![Command::ImportTenant(TenantRead { since, confirming: purpose != Purpose::Import })]
    }

    fn tenant_page(
        &mut self,
        mut import: TenantImport,
        purpose: Purpose,
        page: Vec<TenantObject>,
    ) -> Vec<Command> {
        page.into_iter().for_each(|object| import.take(object, &self.state));
        let read = import.read;
        self.phase = Phase::Tenant { import, purpose };
        vec![Command::Report(Progress::ImportingTenant { read, confirming: purpose != Purpose::Import })]
    }

    fn tenant_failed(
        &mut self,
        import: &TenantImport,
        purpose: Purpose,
        error: ConnectorError,
    ) -> Vec<Command> {
        let full = import.is_full();
        if matches!(error, ConnectorError::CursorExpired(_)) && !full {
            return self.read_tenant(purpose, true);
        }
        self.retry_read(error, Next::ReadTenant { purpose, full }, "read of the tenant")
    }

    fn tenant_end(
        &mut self,
        import: TenantImport,
        purpose: Purpose,
        cursor: Option<Cursor>,
        now: Timestamp,
    ) -> Vec<Command> {
        self.report.counts.tenant_read += import.read;
        self.attempts = 0;
        self.take_tenant(import, purpose, now);
        if self.state.tenant_cursor != cursor {
            self.change(vec![Change::TenantCursor(cursor)]);
        }
        match purpose {
            Purpose::Import => self.synchronize(now),
            Purpose::Reconcile => self.reconcile(),
            Purpose::Confirm => self.complete(),
        }
    }

    /// Applies what the tenant showed and settles the export memory by it.
    fn take_tenant(&mut self, import: TenantImport, purpose: Purpose, now: Timestamp) {
        let (mut shown, seen) = import.finish(&self.state);
        for (anchor, record) in &self.state.tenant {
            if record.pending.is_some() && !shown.contains_key(anchor) {
                shown.insert(Arc::clone(anchor), (**record).clone());
            }
        }
        let mut changes = Vec::new();
        for (anchor, mut record) in shown {
            let before = self.state.tenant.get(&anchor).and_then(|r| r.confirmed.clone());
            let settled = settle::settle(&mut record, before.as_ref(), seen.contains(&anchor), now);
            self.agenda.changed.extend(record.guid);
            self.tell(&anchor, &record, &settled, purpose);
            if settled == Settled::Gone {
                changes.push(Change::DropRecord { anchor });
            } else if self.state.tenant.get(&anchor).is_none_or(|old| **old != record) {
                changes.push(Change::PutRecord { anchor, record: Arc::new(record) });
            }
        }
        self.change(changes);
    }

    fn tell(&mut self, anchor: &str, record: &TenantRecord, settled: &Settled, purpose: Purpose) {
        match settled {
            Settled::Confirmed | Settled::Gone => self.report.counts.confirmed += 1,
            Settled::NotShown(names) if purpose == Purpose::Confirm => self.not_shown(anchor, record, names),
            Settled::NotShown(_) | Settled::Open => {}
        }
    }

    /// `exported-change-not-reimported`: a warning, and an error of the object where it concerns certificates.
    fn not_shown(&mut self, anchor: &str, record: &TenantRecord, names: &[String]) {
        let object = self.label(anchor, record);
        let code = "exported-change-not-reimported";
        let message = format!("the tenant acknowledged and shows something else: {}", names.join(", "));
        if names.iter().any(|n| CERTIFICATES.iter().any(|c| c.eq_ignore_ascii_case(n))) {
            self.report.errors.push(ObjectReport {
                object,
                source_anchor: Some(anchor.to_owned()),
                class: ErrorClass::NotReimported,
                code: code.into(),
                message,
                attempts: record.pending.as_ref().map_or(1, |p| p.attempts),
            });
        } else {
            self.report.warnings.push(Warning { object, code: code.into(), message });
        }
    }

    fn label(&self, anchor: &str, record: &TenantRecord) -> String {
        let object = record.guid.and_then(|guid| self.state.directory.get(&guid));
        object.map_or_else(|| anchor.to_owned(), |o| o.dn.to_string())
    }

    // ---- retries of reads

    fn retry_read(&mut self, error: ConnectorError, next: Next, what: &str) -> Vec<Command> {
        match error {
            ConnectorError::Throttled { retry_after } => self.throttled(retry_after, next, what),
            ConnectorError::Transient(why) if self.attempts < self.config.max_attempts => {
                self.attempts += 1;
                let delay = backoff::wait_before(&self.config, self.attempts);
                self.wait(delay, format!("{what} broke off ({why})"), next)
            }
            error => self.fail(format!("{what} failed: {error}")),
        }
    }

    fn throttled(&mut self, retry_after: Option<Duration>, next: Next, what: &str) -> Vec<Command> {
        self.report.counts.throttled += 1;
        self.throttles += 1;
        if self.throttles > MAX_THROTTLES {
            return self
                .fail(format!("{what}: the service asked to slow down {MAX_THROTTLES} times in a row"));
        }
        let delay = retry_after.unwrap_or_else(|| backoff::wait_before(&self.config, self.throttles));
        self.wait(delay, format!("{what}: the service asked to slow down"), next)
    }

    fn wait(&mut self, delay: Duration, reason: String, next: Next) -> Vec<Command> {
        self.phase = Phase::Waiting(next);
        vec![Command::Wait { delay, reason }]
    }

    // ---- synchronisation

    fn synchronize(&mut self, now: Timestamp) -> Vec<Command> {
        let (config, rules, state) = (&self.config, &self.rules, &self.state);
        let step = Synchronization::new(config, rules, state, &mut self.report.counts, now);
        let Found { plan, changes, mut errors, mut warnings, oddities, mut figures } = step.run(&self.agenda);
        figures.empty_import = self.empty_import;
        self.report.errors.append(&mut errors);
        self.report.warnings.append(&mut warnings);
        self.report.oddities = oddities;
        self.report.plan = plan.into_iter().map(Arc::new).collect();
        self.report.guards = guard::tripped(&self.config.guards, figures, self.request.override_guards);
        let Counts { adds, updates, deletes, .. } = self.report.counts;
        let mut commands = vec![Command::Report(Progress::Planned { adds, updates, deletes })];
        if self.request.dry_run || self.report.guards.iter().any(|g| g.stopped) {
            commands.push(self.finish(None));
            return commands;
        }
        self.change(changes);
        commands.extend(self.begin_export(now));
        commands
    }

    fn begin_export(&mut self, now: Timestamp) -> Vec<Command> {
        if self.state.rules_fingerprint.as_ref() != Some(&self.rules.fingerprint) {
            self.change(vec![Change::RulesFingerprint(self.rules.fingerprint.clone())]);
        }
        if self.report.plan.is_empty() {
            return self.complete();
        }
        self.remember_plan(now);
        self.queue = Queue::new(&self.report.plan, self.config.export_batch);
        self.commit(Next::Export)
    }

    /// Records every planned write as pending before the first is sent.
    fn remember_plan(&mut self, now: Timestamp) {
        let mut records: BTreeMap<Arc<str>, TenantRecord> = BTreeMap::new();
        for planned in &self.report.plan {
            let Some((anchor, record)) = self.state.tenant.get_key_value(planned.op.source_anchor.as_str())
            else {
                continue;
            };
            let pending = Some(plan::remember(&planned.op, record.pending.as_ref(), now));
            records.insert(Arc::clone(anchor), TenantRecord { pending, ..(**record).clone() });
        }
        self.change(
            records
                .into_iter()
                .map(|(anchor, r)| Change::PutRecord { anchor, record: Arc::new(r) })
                .collect(),
        );
    }

    // ---- export

    fn export(&mut self) -> Vec<Command> {
        if let Some(batch) = self.queue.next_batch() {
            self.phase = Phase::Exporting;
            return vec![Command::Export(batch)];
        }
        if self.report.counts.exported == 0 {
            return self.complete();
        }
        self.read_tenant(Purpose::Confirm, false)
    }

    fn results(&mut self, results: &[ExportResult], now: Timestamp) -> Vec<Command> {
        self.throttles = 0;
        let mut commands = Vec::new();
        let mut busy = false;
        for item in self.queue.answered() {
            let result = results.iter().find(|r| r.source_anchor == item.op().source_anchor);
            let error = result.map_or_else(
                || Some(("no-result", "the tenant did not answer for this object")),
                |r| r.error.as_ref().map(|e| (e.code.as_str(), e.message.as_str())),
            );
            match error {
                None => self.acknowledged(&item, result.and_then(|r| r.cloud_anchor.as_deref())),
                Some((code, _)) if item.op().action == ExportAction::Delete && classify::is_absent(code) => {
                    self.acknowledged(&item, None);
                }
                Some((code, _)) if self.worth_another_try(code, &item) => {
                    busy = true;
                    self.queue.again(item);
                }
                Some((code, message)) => commands.push(self.refused(&item, code, message, now)),
            }
        }
        let (done, total, failed) = (self.queue.done, self.queue.total, self.queue.failed);
        commands.push(Command::Report(Progress::Exporting { done, total, failed }));
        if busy {
            self.report.counts.throttled += 1;
            self.queue.attempts += 1;
        } else {
            self.queue.attempts = 0;
        }
        commands.extend(self.commit(if busy { Next::Breathe } else { Next::Export }));
        commands
    }

    fn worth_another_try(&self, code: &str, item: &Item) -> bool {
        let retry = code == "no-result" || classify::class_of(code) == ErrorClass::Retry;
        retry && item.tries < self.config.max_attempts
    }

    fn acknowledged(&mut self, item: &Item, cloud_anchor: Option<&str>) {
        self.queue.done += 1;
        self.report.counts.exported += 1;
        self.report.counts.certificates_written += Queue::certificates(item.op());
        self.update(&item.op().source_anchor, |record| {
            if let Some(pending) = &mut record.pending {
                pending.acknowledged = true;
            }
            if let Some(anchor) = cloud_anchor {
                record.cloud_anchor = Some(anchor.into());
            }
            if item.op().action == ExportAction::Delete {
                record.confirmed = None; // the confirming read says otherwise if it is not so
            }
            record.error = None;
        });
    }

    fn refused(&mut self, item: &Item, code: &str, message: &str, now: Timestamp) -> Command {
        self.queue.done += 1;
        self.queue.failed += 1;
        let class = classify::class_of(code);
        let mut attempts = 1;
        self.update(&item.op().source_anchor, |record| {
            attempts += record.error.as_ref().map_or(0, |e| e.attempts);
            let (code, message) = (code.to_owned(), message.to_owned());
            record.error = Some(LastError { class, code, message, attempts, at: now });
            record.pending = None;
            if classify::is_absent(&record.error.as_ref().map_or_else(String::new, |e| e.code.clone())) {
                record.confirmed = None; // cd-missing-object: the next cycle creates it
            }
        });
        let report = ObjectReport {
            object: item.planned.object.clone(),
            source_anchor: Some(item.op().source_anchor.clone()),
            class,
            code: code.to_owned(),
            message: message.to_owned(),
            attempts,
        };
        self.report.errors.push(report.clone());
        Command::Report(Progress::ObjectFailed { action: Some(item.op().action), report })
    }

    fn update(&mut self, anchor: &str, edit: impl FnOnce(&mut TenantRecord)) {
        let Some((anchor, record)) = self.state.tenant.get_key_value(anchor) else { return };
        let (anchor, mut record) = (Arc::clone(anchor), (**record).clone());
        edit(&mut record);
        self.change(vec![Change::PutRecord { anchor, record: Arc::new(record) }]);
    }

    fn export_failed(&mut self, error: ConnectorError, now: Timestamp) -> Vec<Command> {
        match error {
            ConnectorError::Throttled { retry_after } => self.throttled(retry_after, Next::Export, "export"),
            ConnectorError::TooLarge(_) if self.queue.split() => self.export(),
            ConnectorError::TooLarge(why) => self.too_large(&why, now),
            ConnectorError::Transient(why) if self.queue.attempts < self.config.max_attempts => {
                self.queue.attempts += 1;
                let delay = backoff::wait_before(&self.config, self.queue.attempts);
                // the request may have been applied: look before sending it again
                let next = Next::ReadTenant { purpose: Purpose::Reconcile, full: false };
                self.wait(delay, format!("export broke off ({why})"), next)
            }
            error => self.fail(format!("export failed: {error}")),
        }
    }

    fn too_large(&mut self, why: &str, now: Timestamp) -> Vec<Command> {
        let items = self.queue.answered();
        let mut commands: Vec<Command> =
            items.iter().map(|item| self.refused(item, "LargeObject", why, now)).collect();
        commands.extend(self.commit(Next::Export));
        commands
    }

    /// The fate of a batch was unknown; the tenant was read: what it shows is done, the rest is sent again.
    fn reconcile(&mut self) -> Vec<Command> {
        let batch = std::mem::take(&mut self.queue.batch);
        for mut item in batch {
            let record = self.state.tenant.get(item.op().source_anchor.as_str()).cloned();
            if record.as_deref().is_none_or(|r| arrived(&item, r)) {
                self.acknowledged(&item, None);
                continue;
            }
            if record.is_some_and(|r| r.confirmed.is_some()) {
                item.exists = true;
            }
            self.queue.batch.push(item);
        }
        self.commit(Next::Export)
    }

    // ---- the end

    fn complete(&mut self) -> Vec<Command> {
        let mut runs = self.state.runs;
        runs.completed += 1;
        runs.full += u64::from(self.full);
        runs.exported += u64::try_from(self.report.counts.exported).unwrap_or(u64::MAX);
        self.change(vec![Change::Runs(runs)]);
        self.commit(Next::Finish)
    }

    fn commit(&mut self, next: Next) -> Vec<Command> {
        if self.uncommitted.is_empty() {
            return self.go_on(next);
        }
        self.phase = Phase::Committing(next);
        vec![Command::Commit(StateChange(std::mem::take(&mut self.uncommitted)))]
    }

    /// Changes the state in memory and notes the change for the next commit.
    fn change(&mut self, changes: Vec<Change>) {
        let change = StateChange(changes);
        self.state.apply(&change);
        self.uncommitted.extend(change.0);
    }

    fn fail(&mut self, why: String) -> Vec<Command> {
        vec![self.finish(Some(why))]
    }

    fn finish(&mut self, failure: Option<String>) -> Command {
        self.phase = Phase::Over;
        self.queue = Queue::default();
        let mut report = std::mem::take(&mut self.report);
        report.counts.failed = report.errors.len();
        let exit = match &failure {
            Some(_) => ExitClass::Failed,
            None if report.guards.iter().any(|g| g.stopped) => ExitClass::Guarded,
            None if !report.errors.is_empty() => ExitClass::Partial,
            None => ExitClass::Done,
        };
        Command::Finish(Box::new(Outcome {
            exit,
            counts: report.counts,
            errors: report.errors,
            guards: report.guards,
            warnings: report.warnings,
            oddities: report.oddities,
            plan: report.plan.into_iter().map(Arc::unwrap_or_clone).collect(),
            failure,
        }))
    }
}

/// The tenant shows what the operation asked for.
fn arrived(item: &Item, record: &TenantRecord) -> bool {
    match (item.op().action, &record.pending) {
        (ExportAction::Delete, _) => record.confirmed.is_none(),
        (_, None) => true, // settled by the read
        (_, Some(pending)) => {
            record.confirmed.is_some() && settle::missing(pending, record.confirmed.as_ref()).is_empty()
        }
    }
}

fn name_of(input: &Input) -> &'static str {
    match input {
        Input::Start => "Start",
        Input::DirectoryPage(_) => "DirectoryPage",
        Input::DirectoryEnd { .. } => "DirectoryEnd",
        Input::DirectoryFailed(_) => "DirectoryFailed",
        Input::TenantPage(_) => "TenantPage",
        Input::TenantEnd { .. } => "TenantEnd",
        Input::TenantFailed(_) => "TenantFailed",
        Input::ExportResults(_) => "ExportResults",
        Input::ExportFailed(_) => "ExportFailed",
        Input::Waited => "Waited",
        Input::Committed => "Committed",
        Input::CommitFailed(_) => "CommitFailed",
    }
}
