//! What the service says about a filter that it does not answer.
//!
//! Sources: learn.microsoft.com/graph/aad-advanced-queries, "Error handling" (not indexed, unsupported query);
//! microsoft-graph-docs issues 22101 (`ne`), 14144 (a property of advanced queries in a plain one), 13942 and
//! msgraph-sdk-javascript issue 355 (complex query), microsoft-graph-docs-contrib pull request 9437 (a property of plain
//! queries in an advanced one). The texts for `not`, `$count`, `has` and `all` are assumed, and that for `contains`: issue 2919 of
//! microsoft-graph-docs-contrib has it in the wording of 2021, which `ne` had then too.

use crate::odata::{ODataError, Support};

/// What was tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tried {
    /// `eq`, `in`, `startsWith`, `ge` …: told by the property.
    Plain,
    /// `ne`
    Ne,
    /// `contains`
    Contains,
    /// `endsWith`, `has`, `/$count`, `all`, `any()`: told as a whole.
    Whole,
}

/// Why `tried` on `property` of `resource` is refused in a plain or an advanced query.
pub(super) fn closed(
    tried: Tried,
    support: Support,
    advanced: bool,
    property: &str,
    resource: &str,
) -> ODataError {
    match (support, advanced, tried) {
        (_, _, Tried::Contains) => operator("Contains"),
        (Support::Never, true, _) => {
            ODataError::unsupported("The request uses a filter property that is not indexed")
        }
        (Support::Advanced, false, Tried::Ne) => operator("NotEqualsMatch"),
        (_, false, Tried::Whole) => ODataError::unsupported("Unsupported Query."),
        _ => ODataError::unsupported(format!(
            "Unsupported or invalid query filter clause specified for property '{property}' of resource '{resource}'."
        )),
    }
}

/// An operator that needs an advanced query.
pub(super) fn operator(name: &str) -> ODataError {
    ODataError::unsupported(format!("Filter operator '{name}' is not supported."))
}

/// Conditions on elements that need an advanced query.
pub(super) fn complex(property: &str) -> ODataError {
    ODataError::unsupported(format!("Complex query on property {property} is not supported."))
}

/// What ODataLib refuses.
pub(super) fn clause(why: &str) -> ODataError {
    ODataError::bad_request(format!("Invalid filter clause: {why}"))
}

/// A name that the type does not have.
pub(super) fn unknown(name: &str, type_name: &str) -> ODataError {
    clause(&format!("Could not find a property named '{name}' on type '{type_name}'."))
}
