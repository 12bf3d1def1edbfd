//! Inputs worth bending further.

use std::collections::BTreeSet;

use fastrand::Rng;

use crate::mutate;

/// Most inputs that are kept.
const MOST: usize = 4096;

/// Inputs, by what they were answered.
pub struct Corpus {
    rng: Rng,
    words: &'static [&'static str],
    inputs: Vec<Vec<u8>>,
    answers: BTreeSet<String>,
}

impl Corpus {
    /// Begins with `seeds`, all of them used at least once.
    pub fn new(seed: u64, seeds: Vec<Vec<u8>>, words: &'static [&'static str]) -> Self {
        Self { rng: Rng::with_seed(seed), words, inputs: seeds, answers: BTreeSet::new() }
    }

    /// The next input.
    pub fn next_input(&mut self) -> Vec<u8> {
        let input = self.pick();
        let other = self.pick();
        mutate::bend(&mut self.rng, &input, &other, self.words)
    }

    fn pick(&mut self) -> Vec<u8> {
        let at = self.rng.usize(..self.inputs.len().max(1));
        self.inputs.get(at).cloned().unwrap_or_default()
    }

    /// Keeps an input that was answered as none before; true if so.
    pub fn note(&mut self, input: &[u8], answer: &str) -> bool {
        let new = self.inputs.len() < MOST && self.answers.insert(kind(answer));
        if new {
            self.inputs.push(input.to_vec());
        }
        new
    }

    /// Kinds of answers so far.
    pub fn kinds(&self) -> usize {
        self.answers.len()
    }
}

/// An answer without what it quotes and counts: two that differ in a number are of one kind.
fn kind(answer: &str) -> String {
    let mut quoted = false;
    let keeps = |c: &char| {
        quoted ^= matches!(c, '\'' | '"' | '`');
        !quoted && !c.is_ascii_digit()
    };
    answer.chars().filter(keeps).take(160).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_answered_anew_is_kept() {
        let mut corpus = Corpus::new(1, vec![b"a".to_vec()], &[]);
        assert!(corpus.note(b"b", "400 unknown property 'x' at 3"));
        assert!(!corpus.note(b"c", "400 unknown property 'yy' at 17"), "of the same kind");
        assert!(corpus.note(b"d", "200"));
        assert_eq!((corpus.kinds(), corpus.inputs.len()), (2, 3));
    }
}
