//! From what a predicate came to, to a verdict.

use crate::report::model::{Level, Verdict};

/// The verdict on one check.
///
/// `holds`: the predicate holds, doesn't, or can't be judged. `level`: the requirement's. `asked`: the lowest level whose
/// failures fail the run. `listed`: the baseline says that the check fails.
#[must_use]
pub fn verdict(holds: Option<bool>, level: Level, asked: Level, listed: bool) -> Verdict {
    match (holds, listed) {
        (Some(true), false) => Verdict::Pass,
        (Some(true), true) => Verdict::Xpass,
        (Some(false) | None, true) => Verdict::Xfail,
        (None, false) => Verdict::Untestable,
        (Some(false), false) if level >= asked => Verdict::Fail,
        (Some(false), false) if level == Level::Should => Verdict::Warn,
        (Some(false), false) => Verdict::Info,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_truth_table() {
        use Level::{May, Must, Should};
        for (holds, level, asked, listed, expected) in [
            (Some(true), Must, Must, false, Verdict::Pass),
            (Some(true), Must, Must, true, Verdict::Xpass),
            (Some(false), Must, Must, false, Verdict::Fail),
            (Some(false), Must, Must, true, Verdict::Xfail),
            (Some(false), Should, Must, false, Verdict::Warn),
            (Some(false), May, Must, false, Verdict::Info),
            (Some(false), Should, Should, false, Verdict::Fail),
            (Some(false), May, Should, false, Verdict::Info),
            (Some(false), May, May, false, Verdict::Fail),
            (None, Must, Must, false, Verdict::Untestable),
            (None, May, Must, false, Verdict::Untestable),
            (None, Must, Must, true, Verdict::Xfail),
        ] {
            assert_eq!(
                verdict(holds, level, asked, listed),
                expected,
                "{holds:?} {level:?} {asked:?} {listed}"
            );
        }
    }
}
