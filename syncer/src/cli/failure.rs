//! How a command ends when it doesn't end well.

use crate::{config::ConfigError, store::StoreError};

/// An exit code and one line (several, if there are several mistakes).
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) code: u8,
    pub(super) message: String,
}

impl Failure {
    /// Bad configuration, flag or file.
    pub(super) fn bad(message: impl Into<String>) -> Self {
        Self { code: 2, message: message.into() }
    }

    /// Anything else.
    pub(super) fn other(message: impl Into<String>) -> Self {
        Self { code: 1, message: message.into() }
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::bad(error.to_string())
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::other(error.to_string())
    }
}

impl From<std::io::Error> for Failure {
    /// Only output is written with `?`.
    fn from(error: std::io::Error) -> Self {
        Self::other(format!("cannot write the output: {error}"))
    }
}
