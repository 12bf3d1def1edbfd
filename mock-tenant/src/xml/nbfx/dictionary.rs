//! The static dictionary of [MC-NBFS] 2.1: strings that a message names by an even number.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Number and string, in the order of the numbers.
const TABLE: &str = include_str!("dictionary.tsv");

static STRINGS: LazyLock<Vec<&str>> =
    LazyLock::new(|| TABLE.lines().skip(1).filter_map(|line| Some(line.split_once('\t')?.1)).collect());

static KEYS: LazyLock<BTreeMap<&str, u32>> =
    LazyLock::new(|| (0..).step_by(2).zip(STRINGS.iter()).map(|(key, text)| (*text, key)).collect());

/// The string of a number. Odd numbers are strings of a session, which HTTP does not have.
pub(super) fn string(key: u32) -> Result<&'static str, String> {
    if key % 2 == 1 {
        return Err(format!("string {key} belongs to a session, and this encoding has none"));
    }
    let found = usize::try_from(key / 2).ok().and_then(|at| STRINGS.get(at));
    found.copied().ok_or_else(|| format!("string {key} is not in the static dictionary"))
}

/// The number of a string.
pub(super) fn key(text: &str) -> Option<u32> {
    KEYS.get(text).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_the_specification() {
        for (number, text) in [
            (0, "mustUnderstand"),
            (2, "Envelope"),
            (154, "Value"),
            (162, ""),
            (206, "http://www.w3.org/2005/08/addressing/none"),
            (888, "type"),
            (918, "string"),
            (972, "detail"),
        ] {
            assert_eq!((string(number).unwrap(), key(text)), (text, Some(number)));
        }
        let rows = TABLE.lines().skip(1).filter_map(|line| line.split_once('\t')?.0.parse::<u32>().ok());
        assert!(rows.eq((0..).step_by(2).take(STRINGS.len())), "the numbers are even and have no gap");
        assert_eq!((string(1).is_err(), string(974).is_err(), key("nothing")), (true, true, None));
    }
}
