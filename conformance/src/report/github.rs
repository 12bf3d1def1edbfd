//! `--format github`: failures as annotations of a GitHub workflow run.

use std::io::{self, Write};

use super::model::{CheckReport, Event, Level, RunReport, Sink, Verdict};

/// Writes workflow commands (`::error title=…::…`), then the numbers.
pub struct Github<W> {
    out: W,
}

impl<W: Write + Send> Github<W> {
    /// Writes to `out`.
    #[must_use]
    pub fn new(out: W) -> Self {
        Self { out }
    }

    fn finish(&mut self, report: &RunReport) -> io::Result<()> {
        if let Some(error) = &report.subject_error {
            writeln!(self.out, "::error title=subject did not start::{}", escaped(error))?;
        }
        for check in report.cases.iter().flat_map(|case| &case.checks) {
            if let Some(command) = command(check, report.header.selection.level) {
                let title = property(&format!("{} ({})", check.full_id, check.verdict.name()));
                writeln!(self.out, "::{command} title={title}::{}", escaped(&message(check)))?;
            }
        }
        writeln!(self.out, "{}", report.totals.line())?;
        self.out.flush()
    }
}

impl<W: Write + Send> Sink for Github<W> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        match event {
            Event::RunFinished(report) => self.finish(report),
            _ => Ok(()),
        }
    }
}

fn command(check: &CheckReport, asked: Level) -> Option<&'static str> {
    match check.verdict {
        _ if check.fails(asked) => Some("error"),
        Verdict::Warn | Verdict::Untestable => Some("warning"),
        Verdict::Info => Some("notice"),
        _ => None,
    }
}

fn message(check: &CheckReport) -> String {
    let requirement = &check.requirement;
    format!(
        "{}\n{} {}: {}\nexpected: {}\nactual: {}",
        check.summary,
        requirement.level.word(),
        requirement.id,
        requirement.text,
        check.expected,
        check.actual
    )
}

/// The characters that end a workflow command's data.
fn escaped(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The same for a property, which also ends at `:` and `,`.
fn property(text: &str) -> String {
    escaped(text).replace(':', "%3A").replace(',', "%2C")
}
