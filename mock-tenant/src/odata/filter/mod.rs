//! `$filter`: grammar, meaning on an entity type, evaluation.

mod ast;
mod bind;
mod eval;
mod parse;

#[cfg(test)]
mod tests;

pub use ast::{Clause, CompareOp, Lambda, Literal, Path, Quantifier, StringFunction, Test, Tree};
pub use bind::Filter;
pub use parse::parse_filter;
