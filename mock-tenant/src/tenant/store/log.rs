//! The log of changes: one for each type of object, numbered by one counter that only rises.

use imbl::OrdMap;
use jiff::Timestamp;

use super::super::model::Kind;
use super::merged::Merged;
use super::slot::View;
use super::store::Seq;

/// Entries are those of the versions that are kept, so an object that changes all the time doesn't fill the log.
#[derive(Debug, Clone, Default)]
pub(super) struct Log {
    last: u64,
    entries: [OrdMap<u64, Seq>; Kind::ALL.len()],
    /// Number of the last change at each time, so that a lag is one look-up. Times never fall here: what is put in without
    /// a lag becomes visible to those who read changes together with what was written before it.
    moments: OrdMap<Timestamp, u64>,
    /// Changes up to this number may have been forgotten.
    horizon: u64,
}

impl Log {
    /// Goes on after that number: a state that replaces another one doesn't begin to count anew.
    pub(super) fn go_on_after(&mut self, number: u64) {
        self.last = self.last.max(number);
    }

    pub(super) const fn last(&self) -> u64 {
        self.last
    }

    pub(super) const fn horizon(&self) -> u64 {
        self.horizon
    }

    /// Number of the last change that the view shows.
    pub(super) fn seen(&self, view: View) -> u64 {
        match view {
            View::Committed | View::Stale => self.last,
            View::AsOf(time) => {
                self.moments.get_prev(&time).map_or(0, |(_, number)| *number).max(self.horizon)
            }
        }
    }

    /// Numbers a change; what nobody reads as of before `oldest` need not be known by time.
    pub(super) fn append(&mut self, kind: Kind, seq: Seq, at: Timestamp, oldest: Timestamp) -> u64 {
        self.last += 1;
        self.entries[kind as usize].insert(self.last, seq);
        let latest = self.moments.get_max().map_or(at, |(latest, _)| at.max(*latest));
        self.moments.insert(latest, self.last);
        while let Some(first) = self.outdated(oldest) {
            self.moments.remove(&first);
        }
        self.last
    }

    /// The first moment, if a later one is old enough too.
    fn outdated(&self, oldest: Timestamp) -> Option<Timestamp> {
        let mut moments = self.moments.keys();
        let first = moments.next()?;
        moments.next().filter(|second| **second <= oldest).map(|_| *first)
    }

    /// Drops the entry of a version that is not kept.
    pub(super) fn drop(&mut self, kind: Kind, number: u64) {
        self.entries[kind as usize].remove(&number);
    }

    /// As [`Log::drop`], for what readers might still have asked for.
    pub(super) fn forget(&mut self, kind: Kind, number: u64) {
        self.drop(kind, number);
        self.horizon = self.horizon.max(number);
    }

    /// Entries of these types after one number and up to another, oldest first.
    pub(super) fn range(
        &self,
        kinds: &[Kind],
        after: u64,
        to: u64,
    ) -> impl Iterator<Item = (u64, (Kind, Seq))> {
        // a range that ends before it begins would be a panic
        let (from, to) = (after.saturating_add(1), to.max(after).saturating_add(1));
        let run = |kind: &Kind| {
            let kind = *kind;
            let entries = self.entries[kind as usize].range(from..to);
            entries.map(move |(number, seq)| (*number, (kind, *seq)))
        };
        Merged::new(kinds.iter().map(run))
    }
}
