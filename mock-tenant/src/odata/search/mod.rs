//! `$search` on directory objects: grammar, words, meaning on an entity type.
//! Source: learn.microsoft.com/graph/search-query-parameter.

mod bind;
mod grammar;
mod tokens;

pub(super) use bind::{Sought, parse_search};
