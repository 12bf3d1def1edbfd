//! The dump into a real mock tenant over HTTPS: what the tenant makes of the writes must not come back as new ones.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{BoxFuture, ready};
use jiff::Timestamp;
use mock_tenant::MockTenant;
use syncer::clock::Clock;
use syncer::connect::Secret;
use syncer::connect::directory::{DirectoryBatch, DirectorySource};
use syncer::connect::tenant::{ProvisioningConfig, ProvisioningService};
use syncer::engine::Engine;
use syncer::engine::config::CycleRequest;
use syncer::engine::protocol::{Command, ConnectorError, DirectoryRead, Input};
use syncer::engine::report::{ExitClass, Outcome, Progress};
use syncer::engine::state::State;
use syncer::shell::{Machine, Observer, Shell, Stop};
use syncer::store::MemoryStore;

use crate::world::{Directory, World, cursor, number};

/// The model's directory behind the trait that the shell knows.
struct Source<'a> {
    directory: &'a Directory,
    pages: VecDeque<DirectoryBatch>,
}

impl DirectorySource for Source<'_> {
    fn begin(&mut self, read: DirectoryRead) -> BoxFuture<'_, Result<(), ConnectorError>> {
        let changes = self.directory.read(read.since.as_ref().map(number));
        let end = DirectoryBatch::End { cursor: Some(cursor(self.directory.usn())) };
        self.pages = [DirectoryBatch::Objects(changes), end].into();
        Box::pin(ready(Ok(())))
    }

    fn next(&mut self) -> BoxFuture<'_, Result<DirectoryBatch, ConnectorError>> {
        Box::pin(ready(Ok(self.pages.pop_front().expect("nothing is read after the end"))))
    }
}

/// The engine, whose state is taken over at the end.
struct Kept<'a>(Engine, &'a mut State);

impl Machine for Kept<'_> {
    fn handle(&mut self, input: Input, now: Timestamp) -> Vec<Command> {
        let commands = self.0.handle(input, now);
        for command in &commands {
            if let Command::Commit(change) = command {
                self.1.apply(change);
            }
        }
        commands
    }
}

struct Quiet;

impl Observer for Quiet {
    fn progress(&mut self, _: &Progress) {}
    fn waiting(&mut self, _: Duration, _: &str) {}
}

async fn cycle(world: &mut World, tenant: &MockTenant) -> Outcome {
    let authorities = rustls_pki_types::pem::PemObject::pem_slice_iter(tenant.ca_pem().as_bytes());
    let mut carrier = ProvisioningService::new(ProvisioningConfig {
        url: tenant.provisioning_url(),
        authority_url: tenant.authority_url(),
        tenant_id: tenant.tenant_id().to_string(),
        client_id: tenant.client_id().to_string(),
        client_secret: Secret::new(tenant.client_secret()),
        authorities: authorities.collect::<Result<_, _>>().unwrap(),
        timeout: Duration::from_secs(60),
        run: "test".into(),
        clock: Clock::At(world.now),
    })
    .unwrap();
    let request = CycleRequest::default();
    let engine = Engine::new(world.config.clone(), Arc::clone(&world.rules), world.state.clone(), request);
    let mut source = Source { directory: &world.directory, pages: VecDeque::new() };
    let mut shell = Shell {
        directory: &mut source,
        tenant: &mut carrier,
        store: &mut MemoryStore::default(),
        observer: &mut Quiet,
        stop: Stop::default(),
        clock: Clock::At(world.now),
    };
    shell.run(&mut Kept(engine, &mut world.state)).await.unwrap()
}

#[tokio::test]
async fn the_dump_arrives_and_a_second_cycle_writes_nothing() {
    let mut world = crate::corp_ad::world();
    let clock = kit::Clock::virtual_at(world.now);
    let tenant = MockTenant::builder().domain("corp.example.test").clock(clock).start().await.unwrap();
    let first = cycle(&mut world, &tenant).await;
    assert_eq!((first.counts.adds, &first.failure), (381, &None));
    assert_eq!(first.warnings, [], "the tenant shows what was written");
    let second = cycle(&mut world, &tenant).await;
    assert_eq!(
        (second.counts.adds, second.counts.updates, second.counts.deletes),
        (0, 0, 0),
        "{:?}",
        second.plan
    );
    assert_eq!(first.exit, ExitClass::Done, "{:?}", first.errors);
    world.state = State::default();
    let rebuilt = cycle(&mut world, &tenant).await;
    assert_eq!(
        (rebuilt.counts.adds, rebuilt.counts.updates, rebuilt.counts.deletes),
        (0, 0, 0),
        "{:?}",
        rebuilt.plan
    );
}
