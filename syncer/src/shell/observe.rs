//! What a person sees while a cycle runs.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::engine::report::Progress;

/// Is told how far the cycle is.
pub trait Observer: Send {
    /// The engine got further.
    fn progress(&mut self, progress: &Progress);

    /// The shell waits.
    fn waiting(&mut self, delay: Duration, reason: &str);
}

/// Tells the log.
#[derive(Debug, Default)]
pub struct Log;

impl Observer for Log {
    fn progress(&mut self, progress: &Progress) {
        match progress {
            Progress::ObjectFailed { report, .. } => {
                tracing::warn!(object = report.object, code = report.code, "{}", report.message);
            }
            Progress::Planned { adds, updates, deletes } => {
                tracing::info!(adds, updates, deletes, "planned");
            }
            other => tracing::debug!(?other, "progress"),
        }
    }

    fn waiting(&mut self, delay: Duration, reason: &str) {
        tracing::info!(seconds = delay.as_secs_f64(), reason, "waiting");
    }
}

/// Bars on stderr, for a terminal.
#[derive(Debug)]
pub struct Bars {
    bar: ProgressBar,
}

impl Default for Bars {
    fn default() -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        bar.set_style(counting());
        Self { bar }
    }
}

impl Bars {
    fn count(&self, message: &'static str, position: usize, total: Option<usize>) {
        match total {
            Some(total) => {
                self.bar.set_style(measured());
                self.bar.set_length(total as u64);
            }
            None => self.bar.set_style(counting()),
        }
        self.bar.set_message(message);
        self.bar.set_position(position as u64);
    }
}

impl Observer for Bars {
    fn progress(&mut self, progress: &Progress) {
        match progress {
            Progress::ImportingDirectory { read } => self.count("reading the directory", *read, None),
            Progress::ImportingTenant { read, confirming: false } => {
                self.count("reading the tenant", *read, None);
            }
            Progress::ImportingTenant { read, confirming: true } => self.count("confirming", *read, None),
            Progress::Planned { .. } => {}
            Progress::Exporting { done, total, .. } => self.count("writing", *done, Some(*total)),
            Progress::ObjectFailed { report, .. } => {
                self.bar.println(format!("{}: {}: {}", report.object, report.code, report.message));
            }
        }
    }

    fn waiting(&mut self, delay: Duration, reason: &str) {
        self.bar.set_message(format!("waiting {:.0} s: {reason}", delay.as_secs_f64()));
    }
}

impl Drop for Bars {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

fn counting() -> ProgressStyle {
    ProgressStyle::with_template("{spinner} {msg} {pos} ({per_sec})")
        .unwrap_or_else(|_| ProgressStyle::default_spinner())
}

fn measured() -> ProgressStyle {
    ProgressStyle::with_template("{bar:40} {msg} {pos}/{len} ({per_sec}, {eta} left)")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
}
