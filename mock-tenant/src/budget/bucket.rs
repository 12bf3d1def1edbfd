//! One token bucket.

use jiff::{SignedDuration, Timestamp};

/// A bucket of tokens that fills itself evenly. All numbers are tokens times the nanoseconds of the period, so that
/// nothing is lost in rounding however short the time between two calls.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bucket {
    capacity: i128,
    /// Nanoseconds in which an empty bucket fills.
    period: i128,
    /// What is in it; below zero if what began within it was larger than the rest.
    level: i128,
    at: Timestamp,
}

impl Bucket {
    /// A full bucket of so many tokens, which an empty one gains in a period.
    pub(super) fn full(tokens: u64, period: SignedDuration, now: Timestamp) -> Self {
        let period = period.as_nanos().max(1);
        let capacity = i128::from(tokens) * period;
        Self { capacity, period, level: capacity, at: now }
    }

    /// Lets time pass. A clock that was set back fills the bucket: what was spent then has not happened yet.
    pub(super) fn fill(&mut self, now: Timestamp) {
        let passed = now.duration_since(self.at).as_nanos();
        let gained = passed.saturating_mul(self.capacity / self.period);
        self.level =
            if passed < 0 { self.capacity } else { self.level.saturating_add(gained).min(self.capacity) };
        self.at = now;
    }

    /// Whole seconds until a token is there, at least one; none if it is there now.
    pub(super) fn wait(&self) -> Option<u64> {
        let missing = self.period - self.level;
        let rate = (self.capacity / self.period).max(1);
        (missing > 0).then(|| seconds(missing / rate)).map(|wait| wait.max(1))
    }

    /// Takes tokens out. What begins within the budget goes through as a whole.
    pub(super) fn take(&mut self, tokens: u64) {
        self.level = self.level.saturating_sub(i128::from(tokens) * self.period);
    }

    /// How much of it is used, in hundredths.
    pub(super) fn used(&self) -> u64 {
        let used = (self.capacity - self.level).max(0);
        u64::try_from(used * 100 / self.capacity.max(1)).unwrap_or(u64::MAX)
    }
}

fn seconds(nanoseconds: i128) -> u64 {
    let second = 1_000_000_000;
    u64::try_from(nanoseconds.max(0) / second + i128::from(nanoseconds % second > 0)).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    fn bucket(tokens: u64, seconds: i64) -> Bucket {
        Bucket::full(tokens, SignedDuration::from_secs(seconds), at(0))
    }

    #[test]
    fn an_empty_bucket_says_when_the_next_token_comes_and_has_it_then() {
        let mut bucket = bucket(2, 10);
        bucket.take(2);
        assert_eq!(bucket.wait(), Some(5));
        bucket.fill(at(4));
        assert_eq!(bucket.wait(), Some(1));
        bucket.fill(at(5));
        assert_eq!(bucket.wait(), None);
    }

    #[test]
    fn a_large_thing_goes_through_and_is_paid_for_later() {
        let mut bucket = bucket(10, 10);
        bucket.take(30);
        assert_eq!((bucket.wait(), bucket.used()), (Some(21), 300));
        bucket.fill(at(21));
        assert_eq!(bucket.wait(), None);
    }

    #[test]
    fn it_never_holds_more_than_its_capacity() {
        let mut bucket = bucket(3, 10);
        bucket.fill(at(100_000));
        bucket.take(3);
        assert!(bucket.wait().is_some());
    }

    #[test]
    fn a_clock_that_was_set_back_does_not_lock_anybody_out() {
        let mut bucket = bucket(1, 10);
        bucket.take(1);
        bucket.fill(at(-1000));
        assert_eq!(bucket.wait(), None);
    }
}
