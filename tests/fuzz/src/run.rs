//! One target for a while.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::corpus::Corpus;
use crate::hook;
use crate::shrink::shrink;
use crate::target::{Row, Target};

/// Inputs after which a target begins anew.
const RESET_EVERY: u64 = 128;
/// Questions that shortening a finding may cost.
const SHRINK_TRIES: usize = 400;

/// Input that should not have done what it did.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The octets, shortened.
    pub input: Vec<u8>,
    /// What happened.
    pub what: String,
}

/// What came of it.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    /// Inputs taken.
    pub inputs: u64,
    /// Kinds of answers seen.
    pub kinds: usize,
    /// The finding that ended the run.
    pub finding: Option<Finding>,
}

/// The input that is being taken, for a watchman who sees that it takes too long.
#[derive(Debug, Clone, Default)]
pub struct Current(Arc<Mutex<(u64, Vec<u8>)>>);

impl Current {
    /// How many inputs were begun, and the last of them.
    pub fn get(&self) -> (u64, Vec<u8>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn begin(&self, input: &[u8]) {
        let mut current = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        current.0 += 1;
        current.1.clear();
        current.1.extend_from_slice(input);
    }
}

/// When a run ends.
pub enum Until {
    /// After so many inputs.
    Inputs(u64),
    /// When the stop-watch, which tells the time since it was started, has come so far.
    Time(Duration, Box<dyn Fn() -> Duration>),
}

impl Until {
    fn over(&self, inputs: u64) -> bool {
        match self {
            Self::Inputs(most) => inputs >= *most,
            // asking the time costs more than some targets do
            Self::Time(limit, watch) => inputs.is_multiple_of(16) && watch() >= *limit,
        }
    }
}

/// Feeds a target until the end, or the first finding.
pub fn run(row: &Row, seed: u64, until: &Until, current: &Current) -> Figures {
    hook::listen();
    let mut target = (row.make)();
    let mut corpus = Corpus::new(seed, target.seeds(), target.words());
    let mut figures = Figures::default();
    for seed in target.seeds() {
        feed(&mut *target, &mut corpus, &seed, &mut figures, current);
    }
    while figures.finding.is_none() && !until.over(figures.inputs) {
        if figures.inputs.is_multiple_of(RESET_EVERY) {
            target.reset();
        }
        let input = corpus.next_input();
        feed(&mut *target, &mut corpus, &input, &mut figures, current);
    }
    figures.kinds = corpus.kinds();
    figures
}

fn feed(
    target: &mut dyn Target,
    corpus: &mut Corpus,
    input: &[u8],
    figures: &mut Figures,
    current: &Current,
) {
    current.begin(input);
    figures.inputs += 1;
    match judge(target, input) {
        Ok(answer) => {
            corpus.note(input, &answer);
        }
        Err(what) => {
            figures.finding = figures.finding.take().or_else(|| Some(shortened(target, input, what)));
        }
    }
}

fn shortened(target: &mut dyn Target, input: &[u8], what: String) -> Finding {
    let input = shrink(input, SHRINK_TRIES, |shorter| {
        target.reset();
        judge(target, shorter).is_err()
    });
    Finding { input, what }
}

/// The answer to one input, or what should not have happened.
///
/// # Errors
/// The panic, or the failure that the target tells.
pub fn judge(target: &mut dyn Target, input: &[u8]) -> Result<String, String> {
    let answer = catch_unwind(AssertUnwindSafe(|| target.take(input)));
    match (hook::taken().first(), answer) {
        (Some(panic), _) => Err(panic.clone()),
        (None, Ok(answer)) => answer,
        (None, Err(_)) => Err("a panic without a word".to_owned()),
    }
}
