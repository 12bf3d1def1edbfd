//! Entra Connect's declarative provisioning expression language: text → [`Expr`] → [`Value`].
//!
//! Facts: Microsoft's "Understanding Declarative Provisioning Expressions" and "Functions Reference"; where both are
//! silent, what the out-of-box rules need. Evaluation is total and bounded: depth, text size and list sizes have
//! limits, an error is a value of type [`EvalError`], nothing panics.

mod ast;
mod dates;
mod eval;
mod functions;
mod lexer;
mod parse;
mod value;

pub use ast::Expr;
pub use eval::{AttributeSource, Context, EvalError};
pub use functions::{Function, table};
pub use parse::ParseError;
pub use value::Value;

#[cfg(test)]
mod tests;
