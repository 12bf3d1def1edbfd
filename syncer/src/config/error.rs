//! What can be wrong with the configuration; always with exit code 2.

/// One line: where, what, and what was expected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{origin}: {message}")]
pub struct ConfigError {
    /// `FILE:LINE`, a variable, a flag.
    pub origin: String,
    /// Key, what is wrong, what was expected.
    pub message: String,
}

impl ConfigError {
    /// An error at a place.
    pub fn new(origin: impl Into<String>, message: impl Into<String>) -> Self {
        Self { origin: origin.into(), message: message.into() }
    }

    /// Something that nothing sets.
    #[must_use]
    pub fn missing(key: &str, variable: &str) -> Self {
        Self::new("configuration", format!("{key} is not set; set it in the file or as {variable}"))
    }
}
