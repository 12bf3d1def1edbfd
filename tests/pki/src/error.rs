//! What can be wrong with a recipe.

/// A recipe that can't be carried out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("recipe `{name}`: {message}")]
pub struct PkiError {
    /// Name of the recipe.
    pub name: String,
    /// What is wrong with it.
    pub message: String,
}
