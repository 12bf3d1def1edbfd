//! What is wrong with an LDIF, and where.

/// A fault in an LDIF: `file:line: reason`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {reason}")]
pub struct LdifError {
    /// Name of the file (or what the text was called by who gave it).
    pub file: String,
    /// 1-based number of the first physical line of what is wrong.
    pub line: usize,
    /// What was found and what was expected.
    pub reason: String,
}

impl LdifError {
    /// An error at a line of a file.
    pub fn new(file: &str, line: usize, reason: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line, reason: reason.into() }
    }
}
