//! `report.json`: the report as it is in memory.

use std::io::{self, Write};
use std::path::PathBuf;

use super::files::write_whole;
use super::model::{Event, RunReport, Sink};

/// Writes the report as JSON into a file.
#[derive(Debug)]
pub struct Json {
    path: PathBuf,
}

impl Json {
    /// Writes to `path` when the run has ended.
    #[must_use]
    pub fn new(path: PathBuf) -> Self {
        Self { path }
    }
}

impl Sink for Json {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        match event {
            Event::RunFinished(report) => write_whole(&self.path, text(report)?.as_bytes()),
            _ => Ok(()),
        }
    }
}

/// `--format json`: the events as JSON lines while the run goes on, then the numbers.
pub struct JsonOut<W> {
    out: W,
}

impl<W: Write + Send> JsonOut<W> {
    /// Writes to `out`.
    #[must_use]
    pub fn new(out: W) -> Self {
        Self { out }
    }
}

impl<W: Write + Send> Sink for JsonOut<W> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        serde_json::to_writer(&mut self.out, event)?;
        writeln!(self.out)?;
        if let Event::RunFinished(report) = event {
            writeln!(self.out, "{}", report.totals.line())?;
        }
        self.out.flush()
    }
}

fn text(report: &RunReport) -> io::Result<String> {
    let mut text = serde_json::to_string_pretty(report)?;
    text.push('\n');
    Ok(text)
}
