//! A refused query.

/// What is wrong with a query, with the code and text the service gives.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct ODataError {
    /// HTTP status.
    pub status: u16,
    /// `error.code`.
    pub code: &'static str,
    /// `error.message`.
    pub message: String,
}

impl ODataError {
    /// What the URL parser refuses.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self { status: 400, code: "BadRequest", message: message.into() }
    }

    /// What the directory service refuses.
    pub fn request(message: impl Into<String>) -> Self {
        Self { status: 400, code: "Request_BadRequest", message: message.into() }
    }

    /// A query that is well formed and not supported by the service.
    pub fn unsupported(message: impl Into<String>) -> Self {
        Self { status: 400, code: "Request_UnsupportedQuery", message: message.into() }
    }

    /// A query that the service supports and the double doesn't.
    #[must_use]
    pub fn not_by_double(what: &str) -> Self {
        let message = format!("mock-tenant does not serve {what}; the real service does.");
        Self { status: 501, code: "NotSupportedByDouble", message }
    }
}
