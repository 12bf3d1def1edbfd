//! Runs the selected cases, several at a time, and tells what happens as it happens.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use indexmap::IndexMap;
use jiff::Timestamp;
use kit::Ids;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::evidence;
use super::judge::{Judges, judge_case, judge_unplayed};
use super::select::Selected;
use crate::baseline::Baseline;
use crate::case::{LoadedCase, revision};
use crate::driver::{PlayError, play};
use crate::exit;
use crate::report::model::{
    CaseReport, Event, Level, REPORT_VERSION, RunHeader, RunReport, Selection, Sink, Totals, Verdict,
};
use crate::requirement::Requirement;
use crate::subject::{Capabilities, Subject};

/// Everything a run needs to know.
#[derive(Debug, Clone)]
pub struct Run {
    /// Who is tested.
    pub subject: Subject,
    /// All requirements.
    pub requirements: IndexMap<String, Requirement>,
    /// The cases.
    pub selected: Selected,
    /// All case ids that there are, for stale entries of the baseline.
    pub known: Vec<String>,
    /// Lowest level whose failures fail the run.
    pub level: Level,
    /// Profiles that are claimed.
    pub claim: Vec<String>,
    /// Known failures.
    pub baseline: Baseline,
    /// Seed.
    pub seed: u64,
    /// Cases at the same time.
    pub jobs: usize,
    /// Folder for reports and evidence.
    pub out: PathBuf,
    /// Command line that runs one case again, with `CASE` where its id belongs.
    pub rerun: String,
}

/// Why a run gave no report.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// A sink failed.
    #[error("writing the report: {0}")]
    Sink(#[from] std::io::Error),
}

/// What became of one case.
enum CaseEnd {
    Report(Box<CaseReport>),
    /// The subject could not be started.
    NoSubject(String),
}

impl Run {
    /// Runs, telling every sink every event.
    ///
    /// # Errors
    /// A sink failed.
    #[expect(clippy::disallowed_methods, reason = "a report says when it was made and how long it took")]
    pub async fn run(self, sinks: &mut [Box<dyn Sink>]) -> Result<RunReport, RunError> {
        let begin = Instant::now();
        let header = self.header(Timestamp::now());
        tell(sinks, &Event::RunStarted(Box::new(header.clone())))?;
        let (mut cases, subject_error) = Arc::new(self.clone()).cases(sinks).await?;
        cases.sort_by(|a, b| a.id.cmp(&b.id));
        let report = self.report(header, cases, subject_error, millis(begin));
        tell(sinks, &Event::RunFinished(Box::new(report.clone())))?;
        Ok(report)
    }

    async fn cases(
        self: Arc<Self>,
        sinks: &mut [Box<dyn Sink>],
    ) -> Result<(Vec<CaseReport>, Option<String>), RunError> {
        let slots = Arc::new(Semaphore::new(self.jobs.max(1)));
        let (sender, mut started) = tokio::sync::mpsc::unbounded_channel();
        let mut tasks = JoinSet::new();
        for (index, loaded) in self.selected.cases.iter().enumerate() {
            let (run, slots, sender, loaded) =
                (Arc::clone(&self), Arc::clone(&slots), sender.clone(), loaded.clone());
            tasks.spawn(async move {
                // The semaphore is never closed; without a permit the case would still only run earlier.
                let _slot = slots.acquire_owned().await;
                let _ = sender.send(index);
                run.case(&loaded).await
            });
        }
        drop(sender);
        let mut reports = Vec::new();
        loop {
            tokio::select! {
                biased;
                Some(index) = started.recv() => {
                    let case = &self.selected.cases[index].case;
                    tell(sinks, &Event::CaseStarted { id: case.id.clone(), summary: case.summary.clone() })?;
                }
                ended = tasks.join_next() => match ended {
                    None => return Ok((reports, None)),
                    Some(Ok(CaseEnd::Report(report))) => {
                        tell(sinks, &Event::CaseFinished(report.clone()))?;
                        reports.push(*report);
                    }
                    Some(Ok(CaseEnd::NoSubject(problem))) => {
                        tasks.abort_all();
                        return Ok((reports, Some(problem)));
                    }
                    Some(Err(error)) => return Err(RunError::Sink(std::io::Error::other(error))),
                },
            }
        }
    }

    #[expect(clippy::disallowed_methods, reason = "the report tells how long a case really took")]
    async fn case(self: Arc<Self>, loaded: &LoadedCase) -> CaseEnd {
        let begin = Instant::now();
        let case = &loaded.case;
        let declared = &self.subject.capabilities;
        let adjusted = declared.adjusted(&case.adjust);
        let capabilities = adjusted.as_ref().unwrap_or(declared);
        let judges = self.judges(capabilities);
        let unmet = case.needs.iter().find(|n| !capabilities.has(&n.capability, n.value.as_deref()));
        let mut report = if adjusted.is_none() {
            let wanted: Vec<_> = case.adjust.iter().map(|(k, v)| format!("{k} = {v}")).collect();
            judge_unplayed(loaded, Ok(&format!("not adjustable to {}", wanted.join(", "))), judges)
        } else if let Some(need) = unmet {
            judge_unplayed(loaded, Ok(&not_applicable(need, capabilities)), judges)
        } else {
            // A panic in the suite is the suite's fault, and only of this case.
            let (subject, seed) = (self.subject.clone(), Ids::new(self.seed).child("case").u64(&case.id));
            let played = {
                let case = case.clone();
                tokio::spawn(async move { play(&case, &subject, seed).await })
            };
            match played.await {
                Ok(Ok(played)) => self.judged(loaded, &played, judges),
                Ok(Err(PlayError::Subject(error))) => return CaseEnd::NoSubject(error.to_string()),
                Ok(Err(PlayError::Suite(problem))) => judge_unplayed(loaded, Err(&problem), judges),
                Err(error) => judge_unplayed(loaded, Err(&format!("the suite panicked: {error}")), judges),
            }
        };
        report.rerun = self.rerun.replace("CASE", &case.id);
        report.duration_ms = millis(begin);
        CaseEnd::Report(Box::new(report))
    }

    fn judged(&self, loaded: &LoadedCase, played: &crate::driver::Played, judges: Judges<'_>) -> CaseReport {
        let mut report = judge_case(loaded, played, judges);
        match evidence::write(&self.out, &loaded.case.id, played) {
            Ok(evidence) => report.evidence = evidence,
            Err(error) => {
                report.verdict = Verdict::HarnessError;
                report.harness_error = Some(format!("writing the evidence: {error}"));
            }
        }
        report
    }

    fn judges<'a>(&'a self, capabilities: &'a Capabilities) -> Judges<'a> {
        Judges { requirements: &self.requirements, capabilities, level: self.level, baseline: &self.baseline }
    }

    fn header(&self, started: Timestamp) -> RunHeader {
        let filters = self.selected.filters.clone();
        RunHeader {
            report_version: REPORT_VERSION,
            suite_version: env!("CARGO_PKG_VERSION").to_owned(),
            contract: 1,
            revision: revision(),
            subject: self.subject.info.clone(),
            capabilities: self.subject.capabilities.list(),
            seed: self.seed,
            jobs: self.jobs,
            selection: Selection {
                cases: self.selected.cases.len(),
                of: self.known.len(),
                is_claim: filters.is_empty(),
                filters,
                claim: self.claim.clone(),
                level: self.level,
            },
            started,
        }
    }

    fn report(
        &self,
        header: RunHeader,
        cases: Vec<CaseReport>,
        subject_error: Option<String>,
        duration_ms: u64,
    ) -> RunReport {
        let totals = Totals::of(&cases, self.level);
        let checks: Vec<_> = cases.iter().flat_map(|c| &c.checks).collect();
        let known = |id: &str| self.known.iter().any(|k| k == id);
        let ran = |id: &str| cases.iter().any(|c| c.id == id);
        let stale_baseline = self.baseline.stale(&checks, known, ran);
        let exit_code = exit::code(&cases, self.level, &stale_baseline, subject_error.as_deref());
        RunReport { header, cases, totals, stale_baseline, subject_error, duration_ms, exit_code }
    }
}

fn not_applicable(need: &crate::case::Need, capabilities: &Capabilities) -> String {
    match capabilities.value(&need.capability) {
        None => format!("{} is not declared", need.capability),
        Some(value) => {
            format!("the case is about {}, the subject declares {value}", String::from(need.clone()))
        }
    }
}

fn tell(sinks: &mut [Box<dyn Sink>], event: &Event) -> Result<(), RunError> {
    sinks.iter_mut().try_for_each(|sink| sink.event(event)).map_err(RunError::Sink)
}

fn millis(begin: Instant) -> u64 {
    u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX)
}
