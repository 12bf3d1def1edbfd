//! Delta queries: all objects once, then what has changed.
//! Source: microsoft-graph-docs, concepts/delta-query-overview.md, delta-query-users.md, delta-query-groups.md.

mod answer;
mod entry;
mod query;
mod token;

pub(super) use answer::answer;
