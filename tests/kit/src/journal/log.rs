//! The shared, bounded log.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::watch;

use super::{Entry, Event};
use crate::Clock;

/// How many lines a journal keeps unless told otherwise.
const DEFAULT_CAPACITY: usize = 200_000;

/// A shared log of events. Bounded: the oldest lines go first, and [`Journal::dropped`] says how many went.
#[derive(Clone, Debug)]
pub struct Journal(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    clock: Clock,
    start: Instant,
    capacity: usize,
    log: Mutex<Log>,
    last: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct Log {
    entries: VecDeque<Entry>,
    last_seq: u64,
    dropped: u64,
    tries: BTreeMap<(String, String), Tries>,
}

/// How often an operation was tried on a target, and in which line last.
#[derive(Debug, Default)]
struct Tries {
    count: u64,
    last_seq: u64,
}

impl Journal {
    /// An empty journal that stamps its lines by `clock`.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        Self::with_capacity(clock, DEFAULT_CAPACITY)
    }

    /// An empty journal that keeps at most `capacity` lines (at least one).
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        reason = "elapsed_ms tells what a subject really waited in its own process"
    )]
    pub fn with_capacity(clock: Clock, capacity: usize) -> Self {
        let shared = Shared {
            clock,
            start: Instant::now(),
            capacity: capacity.max(1),
            log: Mutex::default(),
            last: watch::Sender::new(0),
        };
        Self(Arc::new(shared))
    }

    /// Writes a line and gives its number.
    pub fn record(&self, event: Event) -> u64 {
        let elapsed_ms = u64::try_from(self.0.start.elapsed().as_millis()).unwrap_or(u64::MAX);
        let mut log = self.log();
        let seq = log.append(event, self.0.clock.now(), elapsed_ms, self.0.capacity);
        self.0.last.send_replace(seq);
        seq
    }

    /// The lines after number `seq`; `since(0)` is everything that is kept.
    #[must_use]
    pub fn since(&self, seq: u64) -> Vec<Entry> {
        let log = self.log();
        let skip = log.entries.partition_point(|entry| entry.seq <= seq);
        log.entries.range(skip..).cloned().collect()
    }

    /// How many kept lines after `seq` tell of `op` (a final `*` stands for anything).
    #[must_use]
    pub fn count(&self, op: &str, seq: u64) -> usize {
        let log = self.log();
        log.entries
            .iter()
            .rev()
            .take_while(|entry| entry.seq > seq)
            .filter(|e| crate::faults::matches(op, &e.op))
            .count()
    }

    /// Number of the last line; 0 before the first.
    #[must_use]
    pub fn last_seq(&self) -> u64 {
        self.log().last_seq
    }

    /// How many lines were dropped because the journal was full.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.log().dropped
    }

    /// Forgets all lines and counts of tries; numbers go on.
    pub fn clear(&self) {
        let mut log = self.log();
        *log = Log { last_seq: log.last_seq, ..Log::default() };
    }

    /// Waits until a line after `seq` is there: how a test waits without sleeping.
    pub async fn wait_past(&self, seq: u64) {
        let mut last = self.0.last.subscribe();
        // the sender lives in self, so the channel can't close while we wait
        let _ = last.wait_for(|last| *last > seq).await;
    }

    fn log(&self) -> MutexGuard<'_, Log> {
        self.0.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Log {
    fn append(&mut self, event: Event, time: jiff::Timestamp, elapsed_ms: u64, capacity: usize) -> u64 {
        self.last_seq += 1;
        let seq = self.last_seq;
        let counted = self.count_try(&event, seq);
        while self.entries.len() >= capacity {
            self.drop_oldest();
        }
        let Event { op, target, principal, attempt, outcome, fault, detail } = event;
        let attempt = attempt.unwrap_or(counted);
        self.entries.push_back(Entry {
            seq,
            time,
            elapsed_ms,
            op,
            target,
            principal,
            attempt,
            outcome,
            fault,
            detail,
        });
        seq
    }

    fn count_try(&mut self, event: &Event, seq: u64) -> u64 {
        let tries = self.tries.entry((event.op.clone(), event.target.clone())).or_default();
        tries.count += 1;
        tries.last_seq = seq;
        tries.count
    }

    /// A count of tries lives as long as one of its lines, so the counts are bounded like the lines.
    fn drop_oldest(&mut self) {
        let Some(oldest) = self.entries.pop_front() else { return };
        self.dropped += 1;
        let key = (oldest.op, oldest.target);
        if self.tries.get(&key).is_some_and(|tries| tries.last_seq == oldest.seq) {
            self.tries.remove(&key);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn journal(capacity: usize) -> Journal {
        Journal::with_capacity(Clock::virtual_at("2026-09-01T00:00:00Z".parse().unwrap()), capacity)
    }

    #[test]
    fn a_line_has_the_fields_of_the_contract_in_its_order() {
        let journal = journal(10);
        journal
            .record(Event::new("a.read").target("x").principal("p").fault("reset").detail(json!({"n": 1})));
        let mut entry = journal.since(0).remove(0);
        entry.elapsed_ms = 5;
        let expected = concat!(
            r#"{"seq":1,"time":"2026-09-01T00:00:00Z","elapsed_ms":5,"op":"a.read","target":"x","principal":"p","#,
            r#""attempt":1,"outcome":"ok","fault":"reset","detail":{"n":1}}"#
        );
        assert_eq!(serde_json::to_string(&entry).unwrap(), expected);
    }

    #[test]
    fn attempts_are_counted_per_operation_and_target() {
        let journal = journal(10);
        for (op, target) in [("w", "a"), ("w", "b"), ("w", "a"), ("r", "a")] {
            journal.record(Event::new(op).target(target));
        }
        let attempts: Vec<_> = journal.since(0).iter().map(|entry| entry.attempt).collect();
        assert_eq!(attempts, [1, 1, 2, 1]);
        assert_eq!(journal.count("w", 1), 2);
        assert_eq!(journal.count("*", 0), 4);
    }

    #[test]
    fn the_oldest_lines_go_first_and_are_counted() {
        let journal = journal(2);
        for target in ["a", "a", "b"] {
            journal.record(Event::new("w").target(target));
        }
        let left: Vec<_> = journal.since(0).iter().map(|entry| entry.seq).collect();
        assert_eq!((left, journal.dropped(), journal.last_seq()), (vec![2, 3], 1, 3));
        journal.record(Event::new("w").target("c"));
        assert_eq!(journal.log().tries.len(), 2, "a count goes with its last line");
    }

    #[test]
    fn since_gives_only_newer_lines_and_clear_keeps_the_numbers() {
        let journal = journal(10);
        for _ in 0..3 {
            journal.record(Event::new("w"));
        }
        assert_eq!(journal.since(2).len(), 1);
        assert!(journal.since(9).is_empty());
        journal.clear();
        assert!(journal.since(0).is_empty());
        assert_eq!(journal.record(Event::new("w")), 4);
    }

    #[tokio::test]
    async fn waiting_ends_with_the_next_line() {
        let journal = journal(10);
        let waiter = tokio::spawn({
            let journal = journal.clone();
            async move { journal.wait_past(0).await }
        });
        journal.record(Event::new("w"));
        waiter.await.unwrap();
    }
}
