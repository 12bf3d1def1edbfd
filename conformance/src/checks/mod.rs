//! Judges the predicates of checks on what was seen.

mod describe;
mod evaluate;
mod find;

pub use evaluate::{Judgement, evaluate};
