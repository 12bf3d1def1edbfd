//! Small pieces that several sections use.

use maud::{Markup, html};

use crate::report::model::{Level, Verdict};

/// A sign beside the colour, for eyes and printers that don't see it.
pub(super) fn sign(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "✓",
        Verdict::Fail => "✗",
        Verdict::Warn => "!",
        Verdict::Info => "i",
        Verdict::NotApplicable => "–",
        Verdict::Untestable => "?",
        Verdict::Xfail => "~",
        Verdict::Xpass => "✓!",
        Verdict::HarnessError => "⚠",
    }
}

/// Verdict as sign and word.
pub(super) fn badge(verdict: Verdict) -> Markup {
    html! { span class={ "badge v-" (verdict.name()) } { span.sign aria-hidden="true" { (sign(verdict)) } (verdict.name()) } }
}

/// The standards' word.
pub(super) fn level(level: Level) -> Markup {
    html! { span.level { (level.word()) } }
}

/// A source: a link if it is one, otherwise text.
pub(super) fn source(source: &str) -> Markup {
    if source.starts_with("https://") || source.starts_with("http://") {
        return html! { a href=(source) rel="noreferrer" { (source) } };
    }
    html! { (source) }
}

/// Milliseconds as people read them.
pub(super) fn duration(ms: u64) -> String {
    if ms < 1000 { format!("{ms} ms") } else { format!("{}.{} s", ms / 1000, ms % 1000 / 100) }
}

/// Text cut to `limit` characters, saying how many are missing.
pub(super) fn cut(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        None => text.to_owned(),
        Some((at, _)) => {
            let (shown, missing) = text.split_at(at);
            format!("{shown} … ({} more octets)", missing.len())
        }
    }
}

/// `1 check`, `2 checks`.
pub(super) fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_addresses_become_links() {
        assert!(
            source("https://example.test/a?b=\"c\"")
                .into_string()
                .contains("href=\"https://example.test/a?b=&quot;c&quot;\"")
        );
        assert!(!source("javascript:alert(1)").into_string().contains("href"));
    }

    #[test]
    fn cutting_keeps_characters_whole() {
        assert_eq!(cut("äöü", 2), "äö … (2 more octets)");
        assert_eq!(cut("äöü", 3), "äöü");
    }
}
