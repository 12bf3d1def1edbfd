//! Colours and signs; the stream they are written to decides whether they stay.

use anstyle::{AnsiColor, Style};

use crate::report::model::Verdict;

pub(super) const BOLD: Style = Style::new().bold();
pub(super) const DIM: Style = Style::new().dimmed();
pub(super) const GREEN: Style = AnsiColor::Green.on_default();
pub(super) const RED: Style = AnsiColor::Red.on_default().bold();
pub(super) const YELLOW: Style = AnsiColor::Yellow.on_default();
pub(super) const CYAN: Style = AnsiColor::Cyan.on_default();

/// `text` in a style.
pub(super) fn paint(style: Style, text: impl std::fmt::Display) -> String {
    format!("{style}{text}{style:#}")
}

/// How a verdict is coloured.
pub(super) fn of(verdict: Verdict) -> Style {
    match verdict {
        Verdict::Pass => GREEN,
        Verdict::Fail | Verdict::HarnessError | Verdict::Untestable | Verdict::Xpass => RED,
        Verdict::Warn | Verdict::Xfail => YELLOW,
        Verdict::Info | Verdict::NotApplicable => DIM,
    }
}
