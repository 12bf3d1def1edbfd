//! Rules: the expression language and, around it, the rule sets as data.

mod check;
mod convert;
mod evaluate;
mod file;
pub mod lang;
mod merge;
mod model;
pub mod schema;
mod scope;
pub mod suggest;

#[cfg(test)]
mod tests;

pub(crate) use evaluate::class_of;
pub use evaluate::{Desired, Projection, RuleError, Source};
pub use file::{Mistake, RuleFileError};
pub use model::{Flow, FlowSource, LinkType, MergeType, Rule, RuleSet};
pub use scope::{Clause, Operator};
