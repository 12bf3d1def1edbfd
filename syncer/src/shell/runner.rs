//! Runs one cycle.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::{Observer, Stop};
use crate::{
    clock::Clock,
    connect::{
        directory::{DirectoryBatch, DirectorySource},
        tenant::{CompanyConfiguration, TenantBatch, TenantCarrier},
    },
    engine::{
        Engine,
        protocol::{Command, ConnectorError, Input},
        report::Outcome,
    },
    model::ExportOp,
    store::Store,
};

/// What decides; the engine, as a rule.
pub trait Machine: Send {
    /// Takes what happened, gives what is to be done.
    fn handle(&mut self, input: Input, now: Timestamp) -> Vec<Command>;
}

impl Machine for Engine {
    fn handle(&mut self, input: Input, now: Timestamp) -> Vec<Command> {
        Self::handle(self, input, now)
    }
}

/// Everything that a cycle touches.
pub struct Shell<'a> {
    /// The source.
    pub directory: &'a mut dyn DirectorySource,
    /// The target.
    pub tenant: &'a mut dyn TenantCarrier,
    /// The state.
    pub store: &'a mut dyn Store,
    /// Who watches.
    pub observer: &'a mut dyn Observer,
    /// The request to stop.
    pub stop: Stop,
    /// The time.
    pub clock: Clock,
}

/// A fault of the program, not of the world.
#[derive(Debug, thiserror::Error)]
pub enum ShellError {
    /// The engine neither asked for anything nor ended.
    #[error("internal: the engine asks for nothing and the cycle has not ended")]
    Stuck,
}

/// What is being read, page by page.
#[derive(Clone, Copy)]
enum Reading {
    Directory,
    Tenant,
}

struct Cycle<'s, 'a> {
    shell: &'s mut Shell<'a>,
    reading: Option<Reading>,
    exported: u64,
    succeeded: u64,
    /// A clock that stands still is moved on by what was waited, so that a wait has an end in the engine's eyes too.
    waited: SignedDuration,
}

impl<'a> Shell<'a> {
    /// Asks the tenant what it is; tries again where that may help, `attempts` times in all.
    ///
    /// # Errors
    /// The last [`ConnectorError`].
    pub async fn company(&mut self, attempts: u32) -> Result<CompanyConfiguration, ConnectorError> {
        let mut attempt = 1;
        loop {
            let error = match self.tenant.company().await {
                Ok(company) => return Ok(company),
                Err(error) => error,
            };
            let Some(delay) = worth_waiting(&error, attempt).filter(|_| attempt < attempts) else {
                return Err(error);
            };
            self.wait(delay, &error.to_string()).await;
            if self.stop.is_requested() {
                return Err(error);
            }
            attempt += 1;
        }
    }

    /// Runs the machine to its end.
    ///
    /// # Errors
    /// [`ShellError`] if the machine breaks the protocol; what goes wrong outside is in the outcome.
    pub async fn run(&mut self, machine: &mut dyn Machine) -> Result<Outcome, ShellError> {
        let mut cycle =
            Cycle { shell: self, reading: None, exported: 0, succeeded: 0, waited: SignedDuration::ZERO };
        let mut input = Input::Start;
        loop {
            let commands = machine.handle(input, cycle.now());
            let mut answer = None;
            for command in commands {
                match command {
                    Command::Report(progress) => cycle.shell.observer.progress(&progress),
                    Command::Finish(outcome) => {
                        cycle.finalize().await;
                        return Ok(*outcome);
                    }
                    command => answer = Some(cycle.carry_out(command).await),
                }
            }
            input = match (answer, cycle.reading) {
                (Some(Some(input)), _) => input,
                (_, Some(reading)) => cycle.next_page(reading).await,
                (_, None) => return Err(ShellError::Stuck),
            };
        }
    }

    async fn wait(&mut self, delay: Duration, reason: &str) {
        self.observer.waiting(delay, reason);
        #[expect(
            clippy::disallowed_methods,
            reason = "the one place that waits: Retry-After and back-off, as the engine asks"
        )]
        let sleep = tokio::time::sleep(delay);
        tokio::select! { () = sleep => {}, () = self.stop.requested() => {} }
    }
}

impl Cycle<'_, '_> {
    fn now(&self) -> Timestamp {
        let now = self.shell.clock.now();
        match self.shell.clock {
            Clock::Real => now,
            Clock::At(_) => now.saturating_add(self.waited).unwrap_or(now),
        }
    }

    /// Does what is asked. `None`: a read has begun, its pages are the answer.
    async fn carry_out(&mut self, command: Command) -> Option<Input> {
        let stopped =
            self.shell.stop.is_requested().then(|| ConnectorError::Fatal("stopped on request".into()));
        match (command, stopped) {
            (Command::ImportDirectory(_), Some(error)) => Some(Input::DirectoryFailed(error)),
            (Command::ImportTenant(_), Some(error)) => Some(Input::TenantFailed(error)),
            (Command::Export(_), Some(error)) => Some(Input::ExportFailed(error)),
            (Command::ImportDirectory(read), None) => {
                self.reading = Some(Reading::Directory);
                let begun = self.shell.directory.begin(read).await;
                begun.err().map(|error| self.ended(Input::DirectoryFailed(error)))
            }
            (Command::ImportTenant(read), None) => {
                self.finalize().await;
                self.reading = Some(Reading::Tenant);
                let begun = self.shell.tenant.begin(read).await;
                begun.err().map(|error| self.ended(Input::TenantFailed(error)))
            }
            (Command::Export(ops), None) => Some(self.export(&ops).await),
            (Command::Wait { delay, reason }, _) => {
                self.shell.wait(delay, &reason).await;
                self.waited = self.waited.saturating_add(SignedDuration::try_from(delay).unwrap_or_default());
                Some(Input::Waited)
            }
            (Command::Commit(change), _) => Some(match self.shell.store.commit(&change).await {
                Ok(()) => Input::Committed,
                Err(error) => Input::CommitFailed(error.to_string()),
            }),
            (Command::Report(_) | Command::Finish(_), _) => None,
        }
    }

    async fn next_page(&mut self, reading: Reading) -> Input {
        match reading {
            Reading::Directory => match self.shell.directory.next().await {
                Ok(DirectoryBatch::Objects(objects)) => Input::DirectoryPage(objects),
                Ok(DirectoryBatch::End { cursor }) => self.ended(Input::DirectoryEnd { cursor }),
                Err(error) => self.ended(Input::DirectoryFailed(error)),
            },
            Reading::Tenant => match self.shell.tenant.next().await {
                Ok(TenantBatch::Objects(objects)) => Input::TenantPage(objects),
                Ok(TenantBatch::End { cursor }) => self.ended(Input::TenantEnd { cursor }),
                Err(error) => self.ended(Input::TenantFailed(error)),
            },
        }
    }

    fn ended(&mut self, input: Input) -> Input {
        self.reading = None;
        input
    }

    async fn export(&mut self, ops: &[ExportOp]) -> Input {
        match self.shell.tenant.export(ops).await {
            Ok(results) => {
                self.exported += ops.len() as u64;
                self.succeeded += results.iter().filter(|result| result.error.is_none()).count() as u64;
                Input::ExportResults(results)
            }
            Err(error) => Input::ExportFailed(error),
        }
    }

    /// Tells the tenant that an export is over, once. It only counts what the tenant knows anyway.
    async fn finalize(&mut self) {
        if self.exported == 0 || self.shell.stop.is_requested() {
            return;
        }
        let (exported, succeeded) = (std::mem::take(&mut self.exported), std::mem::take(&mut self.succeeded));
        if let Err(error) = self.shell.tenant.finish(exported, succeeded).await {
            tracing::debug!(%error, "the end of the export could not be told");
        }
    }
}

/// How long to wait before the next attempt; `None`: it won't help.
fn worth_waiting(error: &ConnectorError, attempt: u32) -> Option<Duration> {
    let backoff = Duration::from_secs(1 << attempt.saturating_sub(1).min(5));
    match error {
        ConnectorError::Throttled { retry_after } => Some(retry_after.unwrap_or(backoff)),
        ConnectorError::Transient(_) => Some(backoff),
        _ => None,
    }
}
