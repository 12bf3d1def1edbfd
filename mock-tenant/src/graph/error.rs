//! Graph's error envelope.
//! Source: learn.microsoft.com/graph/errors.

use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::budget::{Exceeded, LimitKind};
use crate::odata::ODataError;
use crate::signin::Refused;
use crate::tenant::MutationError;

/// What identifies one request at Graph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestIds {
    /// `request-id`.
    pub request_id: Uuid,
    /// The client's own id as it sent it, or the request id.
    pub client_request_id: String,
    /// When.
    pub now: Timestamp,
}

/// A refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GraphError {
    /// HTTP status.
    pub status: u16,
    /// `error.code`.
    pub code: String,
    /// `error.message`.
    pub message: String,
    /// `error.details`: (code, target).
    pub details: Vec<(&'static str, String)>,
    /// Seconds in Retry-After.
    pub retry_after: Option<u64>,
    /// Where to go instead.
    pub location: Option<String>,
    /// The limit that a 429 is for, if it is one of the budget's.
    pub limit: Option<LimitKind>,
}

impl GraphError {
    /// A refusal without details.
    pub fn new(status: u16, code: &str, message: impl Into<String>) -> Self {
        Self {
            status,
            code: code.to_owned(),
            message: message.into(),
            details: Vec::new(),
            retry_after: None,
            location: None,
            limit: None,
        }
    }

    /// 404 for an object.
    #[must_use]
    pub fn not_found(key: &str) -> Self {
        MutationError::NotFound(key.to_owned()).into()
    }

    /// 501 for what the real service serves and the double doesn't.
    #[must_use]
    pub fn not_by_double(what: &str) -> Self {
        ODataError::not_by_double(what).into()
    }

    /// 400 for a segment that Graph does not have. Source: msgraph-beta-sdk-python issue 764.
    #[must_use]
    pub fn unknown_segment(segment: &str) -> Self {
        Self::new(400, "BadRequest", format!("Resource not found for the segment '{segment}'."))
    }

    /// 405 for a method that a path does not take.
    #[must_use]
    pub fn method_not_allowed() -> Self {
        let message = "Specified HTTP method is not allowed for the request target.";
        Self::new(405, "Request_BadRequest", message)
    }

    /// 410: the state of a delta query is lost, and the client has to begin anew there.
    /// Source: concepts/delta-query-overview.md, "Synchronization reset"; the codes are those of
    /// learn.microsoft.com/graph/errors.
    #[must_use]
    pub fn gone(link: &str, code: &str) -> Self {
        let message = "The state token is no longer valid. Start a new synchronization from the URL in the Location header.";
        Self { location: Some(format!("{link}?$deltatoken=")), ..Self::new(410, code, message) }
    }

    /// 404 for an object without a photo.
    /// Source: ms-identity-dotnetcore-b2c-account-management issue 23 and many others.
    #[must_use]
    pub fn no_photo() -> Self {
        let message =
            "Exception of type 'Microsoft.Fast.Profile.Core.Exception.ImageNotFoundException' was thrown.";
        Self::new(404, "ImageNotFound", message)
    }

    /// 403 for lack of a role.
    #[must_use]
    pub fn denied() -> Self {
        Self::new(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
    }

    /// 429.
    /// Source: learn.microsoft.com/graph/throttling.
    #[must_use]
    pub fn throttled(retry_after: Option<u64>) -> Self {
        let message = "Too many requests. Please retry after the time given in the Retry-After header.";
        Self { retry_after, ..Self::new(429, "TooManyRequests", message) }
    }

    /// 503.
    #[must_use]
    pub fn unavailable(code: &str, retry_after: Option<u64>) -> Self {
        let message = "The service is temporarily unavailable. Please try again later.";
        Self { retry_after, ..Self::new(503, code, message) }
    }

    /// The JSON envelope.
    #[must_use]
    pub fn body(&self, ids: &RequestIds) -> Value {
        let mut error = json!({"code": self.code, "message": self.message});
        if !self.details.is_empty() {
            let detail = |(code, target): &(&str, String)| json!({"code": code, "message": self.message, "target": target});
            error["details"] = self.details.iter().map(detail).collect();
        }
        error["innerError"] = json!({
            "date": ids.now.strftime("%Y-%m-%dT%H:%M:%S").to_string(),
            "request-id": ids.request_id.to_string(),
            "client-request-id": ids.client_request_id,
        });
        json!({"error": error})
    }
}

impl From<Exceeded> for GraphError {
    fn from(exceeded: Exceeded) -> Self {
        Self { limit: Some(exceeded.limit.kind()), ..Self::throttled(Some(exceeded.wait)) }
    }
}

impl From<ODataError> for GraphError {
    fn from(error: ODataError) -> Self {
        Self::new(error.status, error.code, error.message)
    }
}

impl From<Refused> for GraphError {
    fn from(refused: Refused) -> Self {
        Self::new(401, "InvalidAuthenticationToken", refused.to_string())
    }
}

impl From<MutationError> for GraphError {
    fn from(error: MutationError) -> Self {
        let message = error.to_string();
        let details = match &error {
            MutationError::Conflict(property) => vec![("ObjectConflict", property.clone())],
            MutationError::ConflictWith { property, holder } => {
                vec![("ObjectConflict", property.clone()), ("ConflictingObjects", holder.clone())]
            }
            MutationError::InvalidValue { property, .. } => vec![("InvalidValue", property.clone())],
            MutationError::UserPrincipalName | MutationError::Domain => {
                vec![("InvalidValue", "userPrincipalName".to_owned())]
            }
            _ => Vec::new(),
        };
        let (status, code) = match error {
            MutationError::NotFound(_) => (404, "Request_ResourceNotFound"),
            MutationError::NotByDouble(_) => (501, "NotSupportedByDouble"),
            _ => (400, "Request_BadRequest"),
        };
        Self { details, ..Self::new(status, code, message) }
    }
}
