//! The two doubles of one case: fresh, on free ports, on one virtual clock.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::SignedDuration;
use kit::Clock;
use kit::faults::{Effect, FaultPlan, Rule, When};
use mock_directory::{DirectorySnapshot, MockDirectory};
use mock_tenant::MockTenant;
use serde_json::Value;

use super::change::{self, ChangeError, Place};
use super::environment::{Environment, Sandbox};
use crate::case::{
    Case, Cycle, DirectoryOp, FaultStep, Kill, SetProperties, SnapshotStep, TenantOp, Values,
    directory_world, tenant_world,
};
use crate::oracle::{DirectoryView, History, Observation, Secrets, TenantView};
use crate::report::model::{Side, WireEntry};

/// Domain of every case.
const DOMAIN: &str = "corp.example.test";

/// What the doubles could not do: a mistake in the case, or in the suite.
#[derive(Debug, thiserror::Error)]
#[error("{what}: {why}")]
pub struct DoublesError {
    /// During what.
    pub what: &'static str,
    /// Why.
    pub why: String,
}

/// Turns any error into ours.
fn during<E: std::fmt::Display>(what: &'static str) -> impl Fn(E) -> DoublesError {
    move |e| DoublesError { what, why: e.to_string() }
}

type Snapshot = (DirectorySnapshot, mock_tenant::tenant::Tenant);

/// A running directory and a running tenant.
pub struct Doubles {
    directory: MockDirectory,
    tenant: MockTenant,
    clock: Clock,
    directory_seq: u64,
    tenant_seq: u64,
    known: BTreeMap<String, (Vec<u8>, String)>,
    snapshots: BTreeMap<String, Snapshot>,
    faults: (FaultPlan, FaultPlan),
}

impl std::fmt::Debug for Doubles {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Doubles").field("directory", &self.directory.ldap_url()).finish_non_exhaustive()
    }
}

impl Doubles {
    /// Starts both with the world of a case.
    ///
    /// # Errors
    /// A world that they don't take, a port that can't be had.
    pub async fn start(case: &Case, values: &Values, seed: u64) -> Result<Self, DoublesError> {
        let clock = Clock::virtual_at(case.clock);
        let directory = start_directory(case, values, seed, &clock).await?;
        let tenant = start_tenant(case, values, seed, &clock).await?;
        let mut doubles = Self {
            directory,
            tenant,
            clock,
            directory_seq: 0,
            tenant_seq: 0,
            known: BTreeMap::new(),
            snapshots: BTreeMap::new(),
            faults: Default::default(),
        };
        drop(doubles.journals(0));
        Ok(doubles)
    }

    /// The clock of both.
    #[must_use]
    pub const fn clock(&self) -> &Clock {
        &self.clock
    }

    /// What the subject is handed and must not tell.
    #[must_use]
    pub fn secrets(&self) -> Secrets {
        Secrets {
            bind_password: self.directory.admin_password().to_owned(),
            client_secret: self.tenant.client_secret().to_owned(),
        }
    }

    /// The environment of one cycle, as the contract has it.
    ///
    /// # Errors
    /// A file can't be written.
    pub fn environment(
        &self,
        case: &Case,
        cycle: &Cycle,
        sandbox: &Sandbox,
    ) -> Result<Environment, DoublesError> {
        let io = during("writing the subject's files");
        let password = cycle.bind_password.as_deref().unwrap_or(self.directory.admin_password());
        let secret = cycle.client_secret.as_deref().unwrap_or(self.tenant.client_secret());
        let ca = if cycle.ldaps_untrusted {
            self.tenant.ca_pem().to_owned()
        } else {
            format!("{}\n{}", self.tenant.ca_pem(), self.directory.ca_pem())
        };
        let base = cycle.base_dn.clone().unwrap_or_else(|| self.directory.base_dn());
        let mut out = Environment::default();
        out.set("SYNC_PROTOCOL", "1");
        out.set("SYNC_CASE", &case.id);
        out.set(
            "SYNC_LDAP_URL",
            self.directory.ldaps_url().unwrap_or_default().replace("127.0.0.1", "localhost"),
        );
        out.set("SYNC_LDAP_BASE_DN", base);
        out.set("SYNC_LDAP_BIND_DN", self.directory.bind_dn());
        out.set("SYNC_LDAP_PASSWORD_FILE", sandbox.file("ldap-password", password).map_err(&io)?);
        out.set("SYNC_GRAPH_URL", self.tenant.graph_url());
        out.set("SYNC_AUTHORITY_URL", self.tenant.authority_url());
        out.set("SYNC_PROVISIONING_URL", self.tenant.provisioning_url());
        out.set("SYNC_EXCHANGE_URL", self.tenant.exchange_url());
        out.set("SYNC_TENANT_ID", self.tenant.tenant_id().to_string());
        out.set("SYNC_CLIENT_ID", self.tenant.client_id().to_string());
        out.set("SYNC_CLIENT_SECRET_FILE", sandbox.file("client-secret", secret).map_err(&io)?);
        out.set("SYNC_CA_FILE", sandbox.file("ca.pem", &ca).map_err(&io)?);
        out.set("SYNC_STATE_DIR", sandbox.state().display().to_string());
        let now = self.clock.now().checked_add(cycle.clock_skew.unwrap_or_default());
        out.set("SYNC_NOW", now.map_err(during("moving the subject's clock"))?.to_string());
        out.set("SYNC_CONTEXT", context(case, cycle).to_string());
        if let Some(log) = &cycle.log {
            out.set("RUST_LOG", log);
        }
        Ok(out)
    }

    /// Both doubles at this moment.
    ///
    /// # Errors
    /// The directory's export is no LDIF.
    pub fn observe(&mut self) -> Result<Observation, DoublesError> {
        let ldif = self.directory.ldif();
        let directory = DirectoryView::from_ldif(&ldif).map_err(during("reading the directory's export"))?;
        for object in directory.objects.values().filter(|o| !o.is_deleted()) {
            for name in ["samaccountname", "cn", "name"].iter().filter_map(|n| object.text(n)) {
                self.known.insert(name.to_lowercase(), (object.guid.clone(), object.dn.clone()));
            }
        }
        let tenant = TenantView::from_state(&self.tenant.state());
        Ok(Observation { directory: Arc::new(directory), tenant: Arc::new(tenant) })
    }

    /// The directory's export and the tenant's state as texts, for the evidence.
    #[must_use]
    pub fn dump(&self) -> (String, String) {
        let state = serde_json::to_string_pretty(&self.tenant.state()).unwrap_or_default();
        (self.directory.ldif(), state)
    }

    /// What both journals have got since the last call.
    pub fn journals(&mut self, step: usize) -> Vec<WireEntry> {
        let directory = self.directory.journal().since(self.directory_seq);
        let tenant = self.tenant.journal().since(self.tenant_seq);
        self.directory_seq = directory.last().map_or(self.directory_seq, |e| e.seq);
        self.tenant_seq = tenant.last().map_or(self.tenant_seq, |e| e.seq);
        let directory = directory.into_iter().map(|e| wire(step, Side::Directory, e));
        directory.chain(tenant.into_iter().map(|e| wire(step, Side::Tenant, e))).collect()
    }

    /// Time passes.
    ///
    /// # Errors
    /// Beyond the end of time.
    pub fn advance(&self, by: SignedDuration) -> Result<(), DoublesError> {
        self.clock.advance(by).map(drop).map_err(during("advancing the clock"))
    }

    /// Changes the directory, one operation after the other.
    ///
    /// # Errors
    /// An object that is not there, a change that the directory refuses.
    pub fn change_directory(&mut self, ops: &[DirectoryOp], values: &Values) -> Result<(), DoublesError> {
        for op in ops {
            let seen = self.observe()?;
            let base = self.directory.base_dn();
            let place = Place { view: &seen.directory, known: &self.known, base: &base, values };
            let records: Result<String, ChangeError> = change::records(op, &place);
            let records = records.map_err(during("changing the directory"))?;
            self.directory.apply_ldif(&records).map_err(during("changing the directory"))?;
        }
        Ok(())
    }

    /// Changes the tenant past the sync.
    ///
    /// # Errors
    /// An object that is not there, a state that the tenant does not take.
    pub fn change_tenant(&mut self, ops: &[TenantOp], history: &History) -> Result<(), DoublesError> {
        for op in ops {
            let seen = self.observe()?;
            let find = |selector| {
                let missing =
                    || DoublesError { what: "changing the tenant", why: format!("no object `{selector}`") };
                history.object(selector, &seen).map(|o| o.id().to_owned()).ok_or_else(missing)
            };
            let mut state = self.tenant.state();
            match op {
                TenantOp::Add(world) => add(&mut state, &values_in(world, &history.values)?),
                TenantOp::Purge(selector) => {
                    let id = find(selector)?;
                    each_list(&mut state, |list| list.retain(|o| o["id"] != *id));
                }
                TenantOp::Set(set) => {
                    let id = find(&set.object)?;
                    let properties = properties(set, &history.values)?;
                    each_list(&mut state, |list| {
                        for object in list.iter_mut().filter(|o| o["id"] == *id) {
                            assign(object, &properties);
                        }
                    });
                }
            }
            self.tenant.put_state(state).map_err(during("changing the tenant"))?;
        }
        Ok(())
    }

    /// What goes wrong from here on.
    ///
    /// # Errors
    /// A plan that a double doesn't take.
    pub fn set_faults(&mut self, step: &FaultStep) -> Result<(), DoublesError> {
        self.faults = (step.directory.clone().unwrap_or_default(), step.tenant.clone().unwrap_or_default());
        self.apply_faults(self.faults.clone())
    }

    fn apply_faults(&self, (directory, tenant): (FaultPlan, FaultPlan)) -> Result<(), DoublesError> {
        self.directory.faults().set(directory).map_err(during("faults of the directory"))?;
        self.tenant.faults().set(tenant).map_err(during("faults of the tenant"))
    }

    /// Sees to it that the answer to the operation never reaches the subject.
    ///
    /// # Errors
    /// An operation that no double knows.
    pub fn arm(&self, kill: &Kill) -> Result<(), DoublesError> {
        let effect = if kill.applied { Effect::Stall {} } else { Effect::CloseBefore {} };
        let when = When { op: kill.op.clone(), nth: Some(kill.nth), ..When::default() };
        let rule = Rule { when, then: vec![effect], times: Some(1) };
        let (mut directory, mut tenant) = self.faults.clone();
        let plan = if kill.op.starts_with("ldap.") { &mut directory } else { &mut tenant };
        plan.rules.push(rule);
        self.apply_faults((directory, tenant))
    }

    /// Sets the faults back to what they were before [`Doubles::arm`].
    ///
    /// # Errors
    /// As [`Doubles::set_faults`].
    pub fn disarm(&self) -> Result<(), DoublesError> {
        self.apply_faults(self.faults.clone())
    }

    /// Completes when the journals show the operation for the n-th time since the last step.
    pub async fn seen(&self, kill: &Kill) {
        let (journal, since) = if kill.op.starts_with("ldap.") {
            (self.directory.journal(), self.directory_seq)
        } else {
            (self.tenant.journal(), self.tenant_seq)
        };
        let wanted = usize::try_from(kill.nth).unwrap_or(usize::MAX);
        while journal.count(&kill.op, since) < wanted {
            let last = journal.last_seq();
            if journal.count(&kill.op, since) < wanted {
                journal.wait_past(last).await;
            }
        }
    }

    /// Keeps this moment under a name.
    pub fn take_snapshot(&mut self, step: &SnapshotStep) {
        self.snapshots.insert(step.name.clone(), (self.directory.snapshot(), self.tenant.snapshot()));
    }

    /// Back to a moment.
    ///
    /// # Errors
    /// No moment of that name was kept.
    pub fn restore(&self, step: &SnapshotStep) -> Result<(), DoublesError> {
        let missing = || DoublesError { what: "restoring", why: format!("no snapshot `{}`", step.name) };
        let (directory, tenant) = self.snapshots.get(&step.name).ok_or_else(missing)?;
        if step.only != Some(Side::Tenant) {
            self.directory.restore(directory);
        }
        if step.only != Some(Side::Directory) {
            self.tenant.restore(tenant.clone());
        }
        Ok(())
    }

    /// Ends both and frees their ports.
    pub async fn stop(self) {
        tokio::join!(self.directory.shutdown(), self.tenant.shutdown());
    }
}

async fn start_directory(
    case: &Case,
    values: &Values,
    seed: u64,
    clock: &Clock,
) -> Result<MockDirectory, DoublesError> {
    let what = "starting the directory";
    let world = directory_world(&case.given.directory, values).map_err(during(what))?;
    let mut builder =
        MockDirectory::builder().domain(DOMAIN).seed(seed).clock(clock.clone()).control(None).world(world);
    for (name, value) in &case.given.policies {
        builder = builder.policy(name, *value);
    }
    builder.start().await.map_err(during(what))
}

async fn start_tenant(
    case: &Case,
    values: &Values,
    seed: u64,
    clock: &Clock,
) -> Result<MockTenant, DoublesError> {
    let what = "starting the tenant";
    let world = tenant_world(&case.given.tenant, values).map_err(during(what))?;
    let mut builder =
        MockTenant::builder().domain(DOMAIN).seed(seed).clock(clock.clone()).control(None).world(world);
    if let Some(lag) = case.given.exchange_lag {
        builder = builder.exchange_lag(lag);
    }
    if let Some(lag) = case.given.replication_lag {
        builder = builder.replication_lag(lag);
    }
    builder.start().await.map_err(during(what))
}

/// `SYNC_CONTEXT`.
fn context(case: &Case, cycle: &Cycle) -> Value {
    serde_json::json!({
        "cycle": cycle.kind,
        "dry_run": cycle.dry_run,
        "override_delete_guard": cycle.override_delete_guard,
        "options": case.adjust,
    })
}

fn wire(step: usize, side: Side, entry: kit::journal::Entry) -> WireEntry {
    WireEntry {
        step,
        side,
        seq: entry.seq,
        time: entry.time,
        elapsed_ms: entry.elapsed_ms,
        op: entry.op,
        target: entry.target,
        principal: entry.principal,
        attempt: entry.attempt,
        outcome: entry.outcome,
        fault: entry.fault,
        detail: entry.detail,
    }
}

fn values_in(value: &Value, values: &Values) -> Result<Value, DoublesError> {
    crate::case::tenant_values(value, values).map_err(during("changing the tenant"))
}

fn properties(set: &SetProperties, values: &Values) -> Result<Vec<(String, Value)>, DoublesError> {
    set.properties.iter().map(|(k, v)| Ok((k.clone(), values_in(v, values)?))).collect()
}

/// Every list of objects in a state.
fn each_list(state: &mut Value, mut change: impl FnMut(&mut Vec<Value>)) {
    for list in ["users", "contacts", "groups", "devices"] {
        if let Some(list) = state.get_mut(list).and_then(Value::as_array_mut) {
            change(list);
        }
    }
}

fn assign(object: &mut Value, properties: &[(String, Value)]) {
    if let Some(object) = object.as_object_mut() {
        object.extend(properties.iter().cloned());
    }
}

fn add(state: &mut Value, world: &Value) {
    for (name, more) in world.as_object().into_iter().flatten() {
        if let (Some(list), Some(more)) = (state.get_mut(name).and_then(Value::as_array_mut), more.as_array())
        {
            list.extend(more.iter().cloned());
        }
    }
}
