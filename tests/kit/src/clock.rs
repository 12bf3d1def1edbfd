//! One clock for a double and everything around it.
//!
//! Token expiry, lags, tombstone lifetimes and certificate validity are all judged by it. In tests it is virtual:
//! it stands still until somebody moves it, so nothing waits for the wall clock.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Span, Timestamp, tz::TimeZone};

/// A shared clock, real or virtual. Clones show and move the same time.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Source>);

#[derive(Debug)]
enum Source {
    Real,
    Virtual(Mutex<Timestamp>),
}

/// Why a clock could not be moved.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ClockError {
    /// The clock shows the machine's time; only a virtual clock can be moved.
    #[error("the clock is real: start with a virtual clock to move the time")]
    Real,
    /// The new time would lie outside of what a timestamp can hold (years -9999 to 9999).
    #[error("cannot move the clock from {from} by {by}: the result is out of range")]
    OutOfRange {
        /// Where the clock stood.
        from: Timestamp,
        /// The step that was asked for.
        by: String,
    },
}

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub fn real() -> Self {
        Self(Arc::new(Source::Real))
    }

    /// A clock that stands at `start` until it is moved.
    #[must_use]
    pub fn virtual_at(start: Timestamp) -> Self {
        Self(Arc::new(Source::Virtual(Mutex::new(start))))
    }

    /// The time it is.
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        reason = "the real clock: the one place of the doubles that asks the machine"
    )]
    pub fn now(&self) -> Timestamp {
        match &*self.0 {
            Source::Real => Timestamp::now(),
            Source::Virtual(at) => *locked(at),
        }
    }

    /// Whether this clock stands still until it is moved.
    #[must_use]
    pub fn is_virtual(&self) -> bool {
        matches!(*self.0, Source::Virtual(_))
    }

    /// Moves a virtual clock by `step` (backwards if negative) and gives the new time.
    ///
    /// # Errors
    /// [`ClockError::Real`] on a real clock, [`ClockError::OutOfRange`] past the year 9999.
    pub fn advance(&self, step: SignedDuration) -> Result<Timestamp, ClockError> {
        self.shift(|from| from.checked_add(step).map_err(|_| out_of_range(from, &step)))
    }

    /// Moves a virtual clock by calendar units (`P1M`, `P1Y2DT3H`), reckoned in UTC, and gives the new time.
    ///
    /// # Errors
    /// As [`Clock::advance`].
    pub fn advance_span(&self, step: Span) -> Result<Timestamp, ClockError> {
        self.shift(|from| {
            let moved = from.to_zoned(TimeZone::UTC).checked_add(step);
            moved.map(|zoned| zoned.timestamp()).map_err(|_| out_of_range(from, &step))
        })
    }

    /// Sets a virtual clock to `to`, forwards or backwards, and gives the new time.
    ///
    /// # Errors
    /// [`ClockError::Real`] on a real clock.
    pub fn set(&self, to: Timestamp) -> Result<Timestamp, ClockError> {
        self.shift(|_| Ok(to))
    }

    fn shift(
        &self,
        to: impl FnOnce(Timestamp) -> Result<Timestamp, ClockError>,
    ) -> Result<Timestamp, ClockError> {
        let Source::Virtual(at) = &*self.0 else { return Err(ClockError::Real) };
        let mut at = locked(at);
        *at = to(*at)?;
        Ok(*at)
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::real()
    }
}

fn out_of_range(from: Timestamp, by: &impl ToString) -> ClockError {
    ClockError::OutOfRange { from, by: by.to_string() }
}

/// A timestamp has no half-written state, so a panic elsewhere doesn't spoil it.
fn locked(at: &Mutex<Timestamp>) -> MutexGuard<'_, Timestamp> {
    at.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noon() -> Timestamp {
        "2026-09-01T12:00:00Z".parse().unwrap()
    }

    #[test]
    fn a_virtual_clock_stands_still_until_moved_and_is_shared() {
        let clock = Clock::virtual_at(noon());
        let other = clock.clone();
        assert_eq!((clock.now(), other.now()), (noon(), noon()));
        clock.advance(SignedDuration::from_hours(1)).unwrap();
        assert_eq!(other.now().to_string(), "2026-09-01T13:00:00Z");
        other.set(noon()).unwrap();
        assert_eq!(clock.now(), noon());
    }

    #[test]
    fn calendar_steps_are_reckoned_in_utc() {
        let clock = Clock::virtual_at("2026-01-31T00:00:00Z".parse().unwrap());
        assert_eq!(clock.advance_span("P1M".parse().unwrap()).unwrap().to_string(), "2026-02-28T00:00:00Z");
    }

    #[test]
    fn a_real_clock_cannot_be_moved() {
        let clock = Clock::real();
        assert!(!clock.is_virtual());
        assert_eq!(clock.set(noon()), Err(ClockError::Real));
        assert!(clock.now() > noon() - SignedDuration::from_hours(24 * 365 * 5));
    }

    #[test]
    fn out_of_range_is_told_and_leaves_the_time_alone() {
        let clock = Clock::virtual_at(noon());
        let error = clock.advance(SignedDuration::from_hours(24 * 366 * 8000)).unwrap_err();
        assert!(error.to_string().starts_with("cannot move the clock from 2026-09-01T12:00:00Z"), "{error}");
        assert_eq!(clock.now(), noon());
    }
}
