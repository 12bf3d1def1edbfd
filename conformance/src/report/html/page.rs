//! The page as a whole.

use std::io;
use std::path::PathBuf;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{case, overview};
use crate::report::files::write_whole;
use crate::report::model::{Event, RunReport, Sink};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// Nothing from elsewhere, even if a value in the report should try.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:";

/// Writes the report as a web page into a file.
#[derive(Debug)]
pub struct Html {
    path: PathBuf,
}

impl Html {
    /// Writes to `path` when the run has ended.
    #[must_use]
    pub fn new(path: PathBuf) -> Self {
        Self { path }
    }
}

impl Sink for Html {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        match event {
            Event::RunFinished(report) => write_whole(&self.path, page(report).as_bytes()),
            _ => Ok(()),
        }
    }
}

/// The report as one HTML document.
#[must_use]
pub fn page(report: &RunReport) -> String {
    let subject = &report.header.subject;
    let title = format!("{} {} — conformance: {}", subject.name, subject.version, report.totals.line());
    let document = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip href="#cases" { "Skip to the cases" }
                (overview::masthead(report))
                main {
                    (overview::sections(report))
                    (cases(report))
                }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    document.into_string()
}

fn cases(report: &RunReport) -> Markup {
    let asked = report.header.selection.level;
    html! {
        section #cases {
            h2 { "Cases" }
            (toolbar())
            @for case in &report.cases { (case::section(case, asked)) }
            p #none hidden { "No case fits." }
        }
    }
}

fn toolbar() -> Markup {
    html! {
        div.toolbar role="search" {
            label.search {
                span.visually-hidden { "Search the cases" }
                input #q type="search" placeholder="Search: case, requirement, operation, certificate…" autocomplete="off";
            }
            div.filters role="group" aria-label="Show" {
                @for (value, label) in [("all", "All"), ("failed", "Failed"), ("skipped", "With skipped"), ("passed", "Passed")] {
                    button type="button" data-show=(value) aria-pressed=(if value == "all" { "true" } else { "false" }) { (label) }
                }
            }
            button #unfold type="button" { "Open all" }
            span #shown aria-live="polite" {}
        }
    }
}
