//! What should go wrong, and when: one vocabulary for both doubles, the API, the command line and the cases.

mod effect;
mod pattern;
mod plan;
mod state;

pub use effect::Effect;
pub use pattern::matches;
pub use plan::{FaultError, FaultPlan, Rule, When};
pub use state::Faults;
