//! The time a cycle runs at.

use jiff::Timestamp;

/// Real time, or the instant that `SYNC_NOW` names. A named instant stands still: the whole cycle happens at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Clock {
    /// The machine's clock.
    #[default]
    Real,
    /// This instant.
    At(Timestamp),
}

impl Clock {
    /// The current time.
    #[must_use]
    pub fn now(self) -> Timestamp {
        match self {
            Self::At(instant) => instant,
            #[expect(
                clippy::disallowed_methods,
                reason = "the one place where the syncer asks the machine for the time"
            )]
            Self::Real => Timestamp::now(),
        }
    }
}
