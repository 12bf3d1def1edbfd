//! Every target for a moment, from a fixed seed: without a finding, and with more than one kind of answer.

use fuzz::run::{Current, Until, run};
use fuzz::target::TARGETS;

/// Whose answers are all of one kind: `$batch` and `$search` while they are not served, and binary answers, of which only
/// the status is told.
const ALIKE: [&str; 3] = ["graph-batch", "odata-search", "soap-binary"];

/// Problems are given back and not panicked with: panics are noted while a target runs, not printed.
#[test]
fn no_target_finds_anything_in_a_moment() -> Result<(), String> {
    for row in TARGETS {
        let figures = run(row, 1, &Until::Inputs(100), &Current::default());
        if let Some(finding) = figures.finding {
            return Err(format!("{}: {} for {}", row.name, finding.what, finding.input.escape_ascii()));
        }
        if figures.kinds < 2 && !ALIKE.contains(&row.name) {
            return Err(format!("{}: answers are all alike, its seeds don't reach it", row.name));
        }
    }
    Ok(())
}

/// The search sees panics and failures: a target that fails at one octet is found out, with that octet alone.
#[test]
fn what_fails_is_found_and_shortened() -> Result<(), String> {
    let row = fuzz::target::Row { name: "fragile", about: "fails at a quote", make: || Box::new(Fragile) };
    let found = run(&row, 1, &Until::Inputs(10_000), &Current::default()).finding.ok_or("nothing found")?;
    if found.input == b"'" { Ok(()) } else { Err(format!("{}", found.input.escape_ascii())) }
}

struct Fragile;

impl fuzz::target::Target for Fragile {
    fn seeds(&self) -> Vec<Vec<u8>> {
        vec![b"abc".to_vec()]
    }

    fn take(&mut self, input: &[u8]) -> Result<String, String> {
        assert!(!input.contains(&b'\''), "a quote");
        Ok("fine".to_owned())
    }
}
