//! Plays one case: its steps in order, with what was seen of each.

use std::future::pending;
use std::time::{Duration, Instant};

use super::doubles::{Doubles, DoublesError};
use super::environment::Sandbox;
use super::exec::{Ended, ExecError, Finished, run_once};
use crate::case::{Case, Cycle, CycleKind, DirectoryOp, StateStep, Step, TenantOp, Values, resolve};
use crate::oracle::{History, Observation, StepKind, StepRecord};
use crate::report::model::StepReport;
use crate::subject::Subject;

/// Why a case could not be played to its end.
#[derive(Debug, thiserror::Error)]
pub enum PlayError {
    /// The subject could not be started.
    #[error(transparent)]
    Subject(#[from] ExecError),
    /// The suite failed, or the case is wrong.
    #[error("{0}")]
    Suite(String),
}

impl From<DoublesError> for PlayError {
    fn from(error: DoublesError) -> Self {
        Self::Suite(error.to_string())
    }
}

impl From<std::io::Error> for PlayError {
    fn from(error: std::io::Error) -> Self {
        Self::Suite(format!("the subject's folders: {error}"))
    }
}

/// A case that was played.
#[derive(Debug)]
pub struct Played {
    /// What was seen.
    pub history: History,
    /// What was done.
    pub steps: Vec<StepReport>,
    /// Output of each cycle: (step, stdout, stderr).
    pub outputs: Vec<(usize, Vec<u8>, Vec<u8>)>,
    /// Directory and tenant as texts, before and after.
    pub dumps: [(String, String); 2],
}

/// Plays a case against a subject, with fresh doubles.
///
/// # Errors
/// The subject did not start, or the suite failed; what a subject does is never an error.
pub async fn play(case: &Case, subject: &Subject, seed: u64) -> Result<Played, PlayError> {
    let values = resolve(case, seed).map_err(|e| PlayError::Suite(e.to_string()))?;
    let mut doubles = Doubles::start(case, &values, seed).await?;
    let mut player = Player::new(case, subject, values, &mut doubles)?;
    let before = player.doubles.dump();
    for (index, step) in case.steps.iter().enumerate() {
        player.step(index + 1, &step.value).await?;
    }
    let after = player.doubles.dump();
    let Player { history, reports, outputs, .. } = player;
    doubles.stop().await;
    Ok(Played { history, steps: reports, outputs, dumps: [before, after] })
}

struct Player<'a> {
    case: &'a Case,
    subject: &'a Subject,
    doubles: &'a mut Doubles,
    sandbox: Sandbox,
    history: History,
    reports: Vec<StepReport>,
    outputs: Vec<(usize, Vec<u8>, Vec<u8>)>,
    cycles: usize,
}

/// What one step came to, before it is observed.
struct Outcome {
    kind: StepKind,
    what: String,
    exit: Option<i32>,
    output: Vec<u8>,
    note: Option<String>,
}

impl Outcome {
    fn quiet(kind: StepKind, what: impl Into<String>) -> Self {
        Self { kind, what: what.into(), exit: None, output: Vec::new(), note: None }
    }
}

impl<'a> Player<'a> {
    fn new(
        case: &'a Case,
        subject: &'a Subject,
        values: Values,
        doubles: &'a mut Doubles,
    ) -> Result<Self, PlayError> {
        let given = doubles.observe()?;
        let mut history =
            History { given: given.clone(), values, secrets: doubles.secrets(), ..History::default() };
        history.roster.see(&given.directory);
        let sandbox = Sandbox::new()?;
        Ok(Self {
            case,
            subject,
            doubles,
            sandbox,
            history,
            reports: Vec::new(),
            outputs: Vec::new(),
            cycles: 0,
        })
    }

    #[expect(clippy::disallowed_methods, reason = "the report tells how long a step really took")]
    async fn step(&mut self, number: usize, step: &Step) -> Result<(), PlayError> {
        let (time, begin) = (self.doubles.clock().now(), Instant::now());
        let outcome = self.carry_out(number, step).await?;
        let duration_ms = u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX);
        let entries = self.doubles.journals(number);
        let after = self.observe(&outcome.kind)?;
        self.history.roster.see(&after.directory);
        self.reports.push(StepReport {
            number,
            what: outcome.what,
            time,
            exit: outcome.exit,
            note: outcome.note,
            duration_ms,
        });
        self.history.steps.push(StepRecord {
            number,
            kind: outcome.kind,
            exit: outcome.exit,
            output: outcome.output,
            entries,
            state_files: self.sandbox.state_files()?,
            after,
        });
        Ok(())
    }

    /// Steps that can't change data are not worth a look at everything, except that time heals and forwards.
    fn observe(&mut self, kind: &StepKind) -> Result<Observation, PlayError> {
        match kind {
            StepKind::State => Ok(self.history.end().clone()),
            _ => Ok(self.doubles.observe()?),
        }
    }

    async fn carry_out(&mut self, number: usize, step: &Step) -> Result<Outcome, PlayError> {
        Ok(match step {
            Step::Clock(clock) => {
                self.doubles.advance(clock.advance)?;
                Outcome::quiet(StepKind::Neutral, format!("clock: {:#} later", clock.advance))
            }
            Step::Cycle(kind) => self.cycle(number, &Cycle { kind: *kind, ..Cycle::default() }).await?,
            Step::CycleWith(cycle) => self.cycle(number, cycle).await?,
            Step::Directory(ops) => self.directory(ops)?,
            Step::Faults(faults) => {
                self.doubles.set_faults(faults)?;
                let rules = |p: &Option<kit::faults::FaultPlan>| p.as_ref().map_or(0, |p| p.rules.len());
                let count = rules(&faults.directory) + rules(&faults.tenant);
                Outcome::quiet(StepKind::Neutral, format!("faults: {count} rules"))
            }
            Step::Restore(snapshot) => {
                self.doubles.restore(snapshot)?;
                Outcome::quiet(StepKind::Directory, format!("restore: {}", snapshot.name))
            }
            Step::Snapshot(snapshot) => {
                self.doubles.take_snapshot(snapshot);
                Outcome::quiet(StepKind::Neutral, format!("snapshot: {}", snapshot.name))
            }
            Step::State(state) => self.state(state)?,
            Step::Tenant(ops) => self.tenant(ops)?,
        })
    }

    fn directory(&mut self, ops: &[DirectoryOp]) -> Result<Outcome, PlayError> {
        self.doubles.change_directory(ops, &self.history.values)?;
        Ok(Outcome::quiet(StepKind::Directory, format!("directory: {}", counted(ops.len(), "change"))))
    }

    fn tenant(&mut self, ops: &[TenantOp]) -> Result<Outcome, PlayError> {
        self.doubles.change_tenant(ops, &self.history)?;
        Ok(Outcome::quiet(StepKind::Tenant, format!("tenant: {}", counted(ops.len(), "change"))))
    }

    fn state(&self, step: &StateStep) -> Result<Outcome, PlayError> {
        let what = match step {
            StateStep::Delete => self.sandbox.delete_state().map(|()| "state: deleted")?,
            StateStep::Restore => self.sandbox.restore_state().map(|()| "state: set back")?,
            StateStep::Save => self.sandbox.save_state().map(|()| "state: saved")?,
        };
        Ok(Outcome::quiet(StepKind::State, what))
    }

    async fn cycle(&mut self, number: usize, cycle: &Cycle) -> Result<Outcome, PlayError> {
        self.cycles += 1;
        let environment = self.doubles.environment(self.case, cycle, &self.sandbox)?;
        let finished = self.run(cycle, &environment, self.subject.timeout).await?;
        let killed = finished.ended == Ended::Killed;
        let exit = match finished.ended {
            Ended::Exit(code) => Some(code),
            _ => None,
        };
        let output = [finished.stdout.as_slice(), &finished.stderr].join(&b'\n');
        let note = note(&finished, cycle);
        self.outputs.push((number, finished.stdout, finished.stderr));
        let kind = StepKind::Cycle { ordinal: self.cycles, dry_run: cycle.dry_run, killed };
        Ok(Outcome { kind, what: described(cycle), exit, output, note })
    }

    async fn run(
        &self,
        cycle: &Cycle,
        environment: &super::Environment,
        timeout: Duration,
    ) -> Result<Finished, PlayError> {
        let command = &self.subject.command;
        match &cycle.kill {
            None => Ok(run_once(command, environment, timeout, pending()).await?),
            Some(kill) => {
                self.doubles.arm(kill)?;
                let finished = run_once(command, environment, timeout, self.doubles.seen(kill)).await;
                self.doubles.disarm()?;
                Ok(finished?)
            }
        }
    }
}

fn counted(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

fn described(cycle: &Cycle) -> String {
    let mut text = match cycle.kind {
        CycleKind::Delta => "cycle: delta",
        CycleKind::Full => "cycle: full",
    }
    .to_owned();
    let with = [
        (cycle.dry_run, ", dry run"),
        (cycle.override_delete_guard, ", delete guard lifted"),
        (cycle.kill.is_some(), ", killed in the middle"),
        (cycle.bind_password.is_some(), ", wrong bind password"),
        (cycle.client_secret.is_some(), ", wrong client secret"),
        (cycle.base_dn.is_some(), ", other base DN"),
        (cycle.clock_skew.is_some(), ", clock off"),
        (cycle.ldaps_untrusted, ", untrusted LDAPS"),
    ];
    with.iter().filter(|(on, _)| *on).for_each(|(_, t)| text.push_str(t));
    text
}

fn note(finished: &Finished, cycle: &Cycle) -> Option<String> {
    let ended = match finished.ended {
        Ended::Exit(_) if cycle.kill.is_some() => Some("it ended before it could be killed"),
        Ended::Exit(_) => None,
        Ended::Killed => Some("killed by the suite"),
        Ended::Signal => Some("ended by a signal"),
        Ended::TimedOut => Some("hung, and was ended by the suite"),
    };
    let cut = finished.cut_off.then_some("output cut off");
    let notes: Vec<_> = ended.into_iter().chain(cut).collect();
    (!notes.is_empty()).then(|| notes.join("; "))
}
