//! Several ascending runs as one.

use std::iter::Peekable;

/// Items of ascending runs in ascending order of their numbers, which differ.
pub(super) struct Merged<I: Iterator> {
    runs: Vec<Peekable<I>>,
}

impl<I: Iterator> Merged<I> {
    pub(super) fn new(runs: impl IntoIterator<Item = I>) -> Self {
        Self { runs: runs.into_iter().map(Iterator::peekable).collect() }
    }
}

impl<T, I: Iterator<Item = (u64, T)>> Iterator for Merged<I> {
    type Item = (u64, T);

    fn next(&mut self) -> Option<(u64, T)> {
        let heads = self.runs.iter_mut().enumerate();
        let (_, first) = heads.filter_map(|(at, run)| Some((run.peek()?.0, at))).min()?;
        self.runs.get_mut(first)?.next()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_come_out_in_order() {
        let runs = [vec![(1, 'a'), (4, 'b')], vec![], vec![(2, 'c'), (3, 'd'), (9, 'e')]];
        let all: String = Merged::new(runs.map(Vec::into_iter)).map(|(_, item)| item).collect();
        assert_eq!(all, "acdbe");
    }
}
