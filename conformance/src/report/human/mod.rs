//! The report for a terminal: progress while it runs, then failures by requirement, then a table, then the numbers.

mod failures;
mod sink;
mod style;
mod table;

pub use sink::Human;
