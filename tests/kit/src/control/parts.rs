//! The parts that every double has.

use crate::faults::Faults;
use crate::{Clock, Journal};

/// What the control API steers besides the double's own state; all of it shared with the double.
#[derive(Clone, Debug)]
pub struct ControlParts {
    /// The double's clock.
    pub clock: Clock,
    /// The double's journal.
    pub journal: Journal,
    /// The double's faults.
    pub faults: Faults,
}
