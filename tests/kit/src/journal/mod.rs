//! What was asked of a double, in order: the ground on which tests and verdicts stand.

mod entry;
mod log;

pub use entry::{Entry, Event};
pub use log::Journal;
