//! `$filter`: grammar, meaning on an entity type, refusals, evaluation, what an index can answer.

mod ast;
mod bind;
mod bound;
mod eval;
mod limits;
mod literal;
mod parse;
mod probe;
mod refusal;
mod subject;
mod syntax;
mod types;
mod write;

#[cfg(test)]
mod tests;

pub use ast::{Clause, CompareOp, Lambda, Literal, Path, Quantifier, StringFunction, Test, Tree};
pub use bound::Filter;
pub(super) use bound::Leaf;
pub use parse::parse_filter;
pub use probe::{Probe, Sought};
