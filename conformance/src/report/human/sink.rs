//! The sink.

use std::io::{self, Write};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::style::{BOLD, DIM, RED, YELLOW, paint};
use super::{failures, table};
use crate::report::model::{CaseReport, Event, Level, RunHeader, RunReport, Sink};

/// Writes for people. Hand in a stream that strips colours where they don't belong (`anstream::stdout()`); progress
/// goes to stderr, and only if that is a terminal.
pub struct Human<W> {
    out: W,
    out_dir: String,
    progress: ProgressBar,
    asked: Level,
}

impl<W: Write + Send> Human<W> {
    /// Writes to `out`; `out_dir` is the folder that evidence lies in, as the user typed it.
    #[must_use]
    pub fn new(out: W, out_dir: impl Into<String>) -> Self {
        Self { out, out_dir: out_dir.into(), progress: ProgressBar::hidden(), asked: Level::Must }
    }

    fn started(&mut self, header: &RunHeader) -> io::Result<()> {
        let (subject, selection) = (&header.subject, &header.selection);
        self.asked = selection.level;
        let what = format!("{} {} {}", subject.kind, subject.name, subject.version);
        writeln!(self.out, "{} {what}", paint(BOLD, "conformance of"))?;
        let seed = format!("seed {}, revision {:.12}", header.seed, header.revision);
        writeln!(
            self.out,
            "{}",
            paint(DIM, format!("{} of {} cases, {seed}", selection.cases, selection.of))
        )?;
        self.progress = bar(selection.cases as u64);
        Ok(())
    }

    /// Failures are told as they happen, where somebody watches.
    fn case_finished(&mut self, case: &CaseReport) {
        let failed = case.checks.iter().filter(|check| check.fails(self.asked));
        for check in failed {
            let line = format!("{} {}", paint(RED, check.verdict.name()), check.full_id);
            self.progress.println(line);
        }
        self.progress.inc(1);
    }

    fn finished(&mut self, report: &RunReport) -> io::Result<()> {
        self.progress.finish_and_clear();
        failures::write(&mut self.out, report, &self.out_dir)?;
        table::write(&mut self.out, report)?;
        self.notices(report)?;
        writeln!(self.out, "{}", report.totals.line())?;
        self.out.flush()
    }

    fn notices(&mut self, report: &RunReport) -> io::Result<()> {
        for entry in &report.stale_baseline {
            writeln!(
                self.out,
                "{} {entry}: the baseline lists it, but it no longer fails",
                paint(YELLOW, "stale baseline")
            )?;
        }
        if let Some(error) = &report.subject_error {
            writeln!(self.out, "{} {error}", paint(RED, "the subject did not start:"))?;
        }
        if !report.header.selection.is_claim && !report.header.selection.filters.is_empty() {
            writeln!(self.out, "{}", paint(DIM, "A filtered run is not a conformance claim."))?;
        }
        Ok(())
    }
}

impl<W: Write + Send> Sink for Human<W> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        match event {
            Event::RunStarted(header) => self.started(header),
            Event::CaseStarted { id, .. } => {
                self.progress.set_message(id.clone());
                Ok(())
            }
            Event::CaseFinished(case) => {
                self.case_finished(case);
                Ok(())
            }
            Event::RunFinished(report) => self.finished(report),
        }
    }
}

/// indicatif hides the bar by itself where stderr is not a terminal.
fn bar(cases: u64) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(cases), ProgressDrawTarget::stderr());
    if let Ok(style) = ProgressStyle::with_template("{bar:30.cyan/dim} {pos}/{len} {elapsed:.dim} {wide_msg}")
    {
        bar.set_style(style.progress_chars("━━─"));
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}
