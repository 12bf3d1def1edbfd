//! What a filter may not have as a whole.

use super::ast::{Clause, Lambda, Test, Tree};
use super::refusal::operator;
use crate::odata::{Advanced, ODataError};

/// Most alternatives in one filter (`or` and `in`).
/// Source: learn.microsoft.com/graph/filter-query-parameter and the service's error text.
const ALTERNATIVES_MAX: usize = 15;

/// The number of alternatives, and `not`, which needs an advanced query.
pub(super) fn check_limits(tree: &Tree<Clause>, advanced: Advanced) -> Result<(), ODataError> {
    let alternatives = alternatives(tree);
    if alternatives > ALTERNATIVES_MAX {
        return Err(ODataError::unsupported(format!(
            "Too many child clauses specified in search filter expression containing 'OR' operators: {alternatives}. Max allowed: {ALTERNATIVES_MAX}."
        )));
    }
    if has_not(tree) && !advanced.is_on() { Err(operator("Not")) } else { Ok(()) }
}

fn alternatives(tree: &Tree<Clause>) -> usize {
    match tree {
        Tree::Or(parts) => parts.iter().map(|part| alternatives(part).max(1)).sum(),
        Tree::And(parts) => parts.iter().map(alternatives).max().unwrap_or(0),
        Tree::Not(inner) => alternatives(inner),
        Tree::Leaf(Clause::Test(_, Test::In(list))) => list.len(),
        Tree::Leaf(Clause::Lambda(_, Lambda { body: Some((_, body)), .. })) => alternatives(body),
        Tree::Leaf(_) => 0,
    }
}

fn has_not(tree: &Tree<Clause>) -> bool {
    match tree {
        Tree::Not(_) => true,
        Tree::And(parts) | Tree::Or(parts) => parts.iter().any(has_not),
        Tree::Leaf(Clause::Lambda(_, Lambda { body: Some((_, body)), .. })) => has_not(body),
        Tree::Leaf(_) => false,
    }
}
