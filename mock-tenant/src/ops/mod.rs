//! The operations of every face as one table: what the journal calls them, who may, what they cost, whether they write.
//!
//! Fault plans are checked against it, permissions and budgets are read from it, and every line of the journal carries
//! one of its names. A face adds rows to its own part and nothing else.

mod exchange;
mod graph;
mod op;
mod provisioning;
mod signin;
mod table;

pub use op::{Access, Op};
pub use table::{all, find, known, names};
