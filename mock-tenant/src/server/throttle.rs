//! The write budget.

use std::str::FromStr;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

/// `--throttle off|entra|N/PERIOD`: how many writes fit in a period of the double's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Throttle {
    /// No limit.
    #[default]
    Off,
    /// So many writes in each period.
    Budget {
        /// Writes.
        writes: u64,
        /// Period.
        period: SignedDuration,
    },
}

/// Text that is no throttle.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected off, entra, or N/PERIOD such as 100/10s or 3000/PT150S")]
pub struct BadThrottle;

impl Throttle {
    /// What Entra grants an application in a tenant: 3,000 writes in 150 seconds.
    /// Source: learn.microsoft.com/graph/throttling-limits, "Identity and access service limits".
    pub const ENTRA: Self = Self::Budget { writes: 3_000, period: SignedDuration::from_secs(150) };
}

impl FromStr for Throttle {
    type Err = BadThrottle;

    fn from_str(text: &str) -> Result<Self, BadThrottle> {
        match text {
            "off" => Ok(Self::Off),
            "entra" => Ok(Self::ENTRA),
            _ => {
                let (writes, period) = text.split_once('/').ok_or(BadThrottle)?;
                let writes = writes.trim().parse().map_err(|_| BadThrottle)?;
                let period: SignedDuration = period.trim().parse().map_err(|_| BadThrottle)?;
                if period <= SignedDuration::ZERO {
                    Err(BadThrottle)
                } else {
                    Ok(Self::Budget { writes, period })
                }
            }
        }
    }
}

/// A budget with what was spent of it.
#[derive(Debug)]
pub(super) struct Meter {
    throttle: Throttle,
    window: Mutex<Option<Window>>,
}

#[derive(Debug, Clone, Copy)]
struct Window {
    ends: Timestamp,
    spent: u64,
}

impl Meter {
    pub(super) fn new(throttle: Throttle) -> Self {
        Self { throttle, window: Mutex::default() }
    }

    /// Spends some writes; if a period's budget is used up, gives the whole seconds until it ends. A request that begins
    /// within the budget goes through as a whole.
    pub(super) fn spend(&self, writes: u64, now: Timestamp) -> Result<(), u64> {
        let Throttle::Budget { writes: budget, period } = self.throttle else { return Ok(()) };
        let mut window = self.window.lock().unwrap_or_else(PoisonError::into_inner);
        let ends = now.checked_add(period).unwrap_or(Timestamp::MAX);
        let current = window.filter(|window| now < window.ends && window.ends <= ends);
        let mut current = current.unwrap_or(Window { ends, spent: 0 });
        if current.spent >= budget {
            *window = Some(current);
            return Err(wait(current.ends, now));
        }
        current.spent = current.spent.saturating_add(writes);
        *window = Some(current);
        Ok(())
    }

    /// Forgets what was spent.
    pub(super) fn reset(&self) {
        *self.window.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

fn wait(ends: Timestamp, now: Timestamp) -> u64 {
    let left = ends.duration_since(now);
    let whole = u64::try_from(left.as_secs()).unwrap_or(0);
    (whole + u64::from(left.subsec_nanos() > 0)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    #[test]
    fn texts_are_read_or_refused() {
        assert_eq!("off".parse(), Ok(Throttle::Off));
        assert_eq!("entra".parse(), Ok(Throttle::ENTRA));
        let ten = Throttle::Budget { writes: 10, period: SignedDuration::from_secs(60) };
        assert_eq!("10/60s".parse(), Ok(ten));
        assert_eq!("10/PT1M".parse(), Ok(ten));
        for bad in ["", "10", "x/10s", "10/", "10/-5s", "10/0s"] {
            assert_eq!(bad.parse::<Throttle>(), Err(BadThrottle), "{bad}");
        }
    }

    #[test]
    fn a_period_has_its_budget_and_says_when_it_ends() {
        let meter = Meter::new("2/10s".parse().unwrap());
        assert_eq!(meter.spend(1, at(0)), Ok(()));
        assert_eq!(meter.spend(1, at(3)), Ok(()));
        assert_eq!(meter.spend(1, at(4)), Err(6));
        assert_eq!(meter.spend(1, at(10)), Ok(()));
        assert_eq!(meter.spend(5, at(11)), Ok(()));
        assert_eq!(meter.spend(1, at(12)), Err(8));
        meter.reset();
        assert_eq!(meter.spend(1, at(12)), Ok(()));
    }

    #[test]
    fn a_clock_that_was_set_back_does_not_lock_the_tenant() {
        let meter = Meter::new("1/10s".parse().unwrap());
        assert_eq!(meter.spend(1, at(1000)), Ok(()));
        assert_eq!(meter.spend(1, at(0)), Ok(()));
    }
}
