//! The shell with a scripted machine and scripted connectors.

use std::{collections::VecDeque, time::Duration};

use futures_util::future::{BoxFuture, ready};
use jiff::Timestamp;

use super::*;
use crate::{
    clock::Clock,
    connect::{
        directory::{DirectoryBatch, DirectorySource},
        tenant::{CompanyConfiguration, TenantBatch, TenantCarrier},
    },
    engine::{
        protocol::{Command, ConnectorError, DirectoryRead, Input, TenantRead},
        report::{Counts, ExitClass, Outcome, Progress},
        state::{Change, StateChange},
    },
    model::{ExportAction, ExportOp, ExportResult, ObjectType},
    store::{MemoryStore, Store as _},
};

/// Answers with what the script says, and writes down what it was told and when.
struct Script {
    steps: VecDeque<Vec<Command>>,
    told: Vec<String>,
    times: Vec<Timestamp>,
}

impl Script {
    fn new(steps: impl IntoIterator<Item = Vec<Command>>) -> Self {
        Self { steps: steps.into_iter().collect(), told: Vec::new(), times: Vec::new() }
    }
}

impl Machine for Script {
    fn handle(&mut self, input: Input, now: Timestamp) -> Vec<Command> {
        let text = format!("{input:?}");
        self.told.push(text.split(['(', ' ']).next().unwrap_or_default().to_owned());
        self.times.push(now);
        self.steps.pop_front().unwrap_or_default()
    }
}

/// Both sides and the observer; `calls` is shared by no one else.
#[derive(Default)]
struct Side {
    calls: Vec<&'static str>,
    directory: VecDeque<Result<DirectoryBatch, ConnectorError>>,
    company: VecDeque<Result<CompanyConfiguration, ConnectorError>>,
}

impl DirectorySource for Side {
    fn begin(&mut self, _: DirectoryRead) -> BoxFuture<'_, Result<(), ConnectorError>> {
        self.calls.push("begin");
        Box::pin(ready(Ok(())))
    }

    fn next(&mut self) -> BoxFuture<'_, Result<DirectoryBatch, ConnectorError>> {
        let next = self.directory.pop_front().unwrap_or(Ok(DirectoryBatch::End { cursor: None }));
        Box::pin(ready(next))
    }
}

impl TenantCarrier for Side {
    fn company(&mut self) -> BoxFuture<'_, Result<CompanyConfiguration, ConnectorError>> {
        self.calls.push("company");
        let next = self.company.pop_front().unwrap_or_else(|| Ok(CompanyConfiguration::default()));
        Box::pin(ready(next))
    }

    fn begin(&mut self, _: TenantRead) -> BoxFuture<'_, Result<(), ConnectorError>> {
        self.calls.push("begin");
        Box::pin(ready(Ok(())))
    }

    fn next(&mut self) -> BoxFuture<'_, Result<TenantBatch, ConnectorError>> {
        Box::pin(ready(Ok(TenantBatch::End { cursor: None })))
    }

    fn export<'a>(
        &'a mut self,
        ops: &'a [ExportOp],
    ) -> BoxFuture<'a, Result<Vec<ExportResult>, ConnectorError>> {
        self.calls.push("export");
        let done = |op: &ExportOp| ExportResult {
            source_anchor: op.source_anchor.clone(),
            cloud_anchor: None,
            error: None,
        };
        Box::pin(ready(Ok(ops.iter().map(done).collect())))
    }

    fn finish(&mut self, exported: u64, succeeded: u64) -> BoxFuture<'_, Result<(), ConnectorError>> {
        assert_eq!((exported, succeeded), (1, 1));
        self.calls.push("finish");
        Box::pin(ready(Ok(())))
    }
}

struct Quiet;

impl Observer for Quiet {
    fn progress(&mut self, _: &Progress) {}
    fn waiting(&mut self, _: Duration, _: &str) {}
}

fn finish() -> Vec<Command> {
    vec![Command::Finish(Box::new(Outcome {
        exit: ExitClass::Done,
        counts: Counts::default(),
        errors: vec![],
        guards: vec![],
        warnings: vec![],
        oddities: vec![],
        plan: vec![],
        failure: None,
    }))]
}

fn read_directory() -> Vec<Command> {
    vec![Command::ImportDirectory(DirectoryRead { since: None, attributes: vec![] })]
}

fn read_tenant() -> Vec<Command> {
    vec![Command::ImportTenant(TenantRead { since: None, confirming: true })]
}

fn export() -> Vec<Command> {
    vec![Command::Export(vec![ExportOp {
        action: ExportAction::Add,
        kind: ObjectType::User,
        source_anchor: "A==".into(),
        cloud_anchor: None,
        properties: indexmap::IndexMap::new(),
    }])]
}

struct Ran {
    told: Vec<String>,
    times: Vec<Timestamp>,
    directory: Side,
    tenant: Side,
    store: MemoryStore,
    result: Result<Outcome, ShellError>,
}

async fn run(script: impl IntoIterator<Item = Vec<Command>>, directory: Side, stop: Stop) -> Ran {
    let (mut directory, mut tenant) = (directory, Side::default());
    let mut store = MemoryStore::default();
    let mut machine = Script::new(script);
    let mut shell = Shell {
        directory: &mut directory,
        tenant: &mut tenant,
        store: &mut store,
        observer: &mut Quiet,
        stop,
        clock: Clock::At(Timestamp::UNIX_EPOCH),
    };
    let result = shell.run(&mut machine).await;
    Ran { told: machine.told, times: machine.times, directory, tenant, store, result }
}

#[tokio::test]
async fn pages_follow_until_the_end() {
    let mut directory = Side::default();
    directory.directory.extend([Ok(DirectoryBatch::Objects(vec![])), Ok(DirectoryBatch::Objects(vec![]))]);
    let ran = run([read_directory(), vec![], vec![], finish()], directory, Stop::default()).await;
    assert_eq!(ran.told, ["Start", "DirectoryPage", "DirectoryPage", "DirectoryEnd"]);
    assert!(ran.result.is_ok());
}

#[tokio::test]
async fn a_commit_between_pages_does_not_end_the_read() {
    let mut directory = Side::default();
    directory.directory.extend([Ok(DirectoryBatch::Objects(vec![]))]);
    let commit = vec![Command::Commit(StateChange(vec![Change::RulesFingerprint("f".into())]))];
    let mut ran = run([read_directory(), commit, vec![], finish()], directory, Stop::default()).await;
    assert_eq!(ran.told, ["Start", "DirectoryPage", "Committed", "DirectoryEnd"]);
    assert_eq!(ran.store.load().await.unwrap().rules_fingerprint.as_deref(), Some("f"));
}

#[tokio::test]
async fn a_failing_read_is_told_and_over() {
    let mut directory = Side::default();
    directory.directory.push_back(Err(ConnectorError::Transient("reset".into())));
    let ran = run([read_directory(), finish()], directory, Stop::default()).await;
    assert_eq!(ran.told, ["Start", "DirectoryFailed"]);
}

#[tokio::test]
async fn the_end_of_an_export_is_told_once_and_before_the_confirming_read() {
    let ran = run([export(), read_tenant(), finish()], Side::default(), Stop::default()).await;
    assert_eq!(ran.tenant.calls, ["export", "finish", "begin"]);
}

#[tokio::test]
async fn waiting_moves_a_standing_clock_on() {
    let wait = vec![Command::Wait { delay: Duration::from_millis(2), reason: "throttled".into() }];
    let ran = run([wait, finish()], Side::default(), Stop::default()).await;
    assert_eq!(ran.told, ["Start", "Waited"]);
    assert_eq!(ran.times[1].duration_since(ran.times[0]).as_millis(), 2);
}

#[tokio::test]
async fn after_the_request_to_stop_nothing_new_begins_but_commits_still_happen() {
    let stop = Stop::default();
    stop.request();
    let commit = vec![Command::Commit(StateChange(vec![Change::RulesFingerprint("f".into())]))];
    let mut ran =
        run([export(), read_directory(), read_tenant(), commit, finish()], Side::default(), stop).await;
    assert_eq!(ran.told, ["Start", "ExportFailed", "DirectoryFailed", "TenantFailed", "Committed"]);
    assert!(ran.directory.calls.is_empty() && ran.tenant.calls.is_empty());
    assert!(ran.store.load().await.unwrap().rules_fingerprint.is_some());
}

#[tokio::test]
async fn the_request_to_stop_cuts_a_wait_short() {
    let stop = Stop::default();
    let wait = vec![Command::Wait { delay: Duration::from_secs(3600), reason: "throttled".into() }];
    let before = tokio::time::Instant::now();
    let asked = async {
        tokio::task::yield_now().await;
        stop.request();
    };
    let (ran, ()) = tokio::join!(run([wait, finish()], Side::default(), stop.clone()), asked);
    assert!(ran.result.is_ok());
    assert!(before.elapsed() < Duration::from_secs(60));
}

#[tokio::test]
async fn a_machine_that_asks_for_nothing_is_an_error() {
    let ran = run([vec![]], Side::default(), Stop::default()).await;
    assert!(matches!(ran.result, Err(ShellError::Stuck)));
}

#[tokio::test]
async fn the_company_is_asked_again_only_where_that_helps() {
    for (error, calls) in [
        (ConnectorError::Throttled { retry_after: Some(Duration::ZERO) }, 2),
        (ConnectorError::Authentication("no".into()), 1),
    ] {
        let mut tenant = Side::default();
        tenant.company.push_back(Err(error));
        let mut shell = Shell {
            directory: &mut Side::default(),
            tenant: &mut tenant,
            store: &mut MemoryStore::default(),
            observer: &mut Quiet,
            stop: Stop::default(),
            clock: Clock::Real,
        };
        assert_eq!(shell.company(3).await.is_ok(), calls == 2);
        assert_eq!(tenant.calls.len(), calls);
    }
}
