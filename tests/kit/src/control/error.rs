//! Errors of the control API: `{"error":{"code","message"}}`.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::json;

use crate::clock::ClockError;
use crate::faults::FaultError;

/// An answer that says what is wrong with the request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct ControlError {
    /// HTTP status, 4xx or 5xx.
    pub status: StatusCode,
    /// Stable name of the error, in lower case with underscores.
    pub code: &'static str,
    /// What is wrong, and where.
    pub message: String,
}

impl ControlError {
    /// 400: the request can't be understood or is not allowed to say this.
    pub fn bad_request(code: &'static str, message: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, code, message: message.into() }
    }

    /// 404: there is no such thing.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self { status: StatusCode::NOT_FOUND, code: "not_found", message: message.into() }
    }

    /// 409: not in the present state.
    pub fn conflict(code: &'static str, message: impl Into<String>) -> Self {
        Self { status: StatusCode::CONFLICT, code, message: message.into() }
    }

    pub(super) fn forbidden(code: &'static str, message: impl Into<String>) -> Self {
        Self { status: StatusCode::FORBIDDEN, code, message: message.into() }
    }
}

impl IntoResponse for ControlError {
    fn into_response(self) -> Response {
        let body = json!({"error": {"code": self.code, "message": self.message}});
        (self.status, Json(body)).into_response()
    }
}

impl From<ClockError> for ControlError {
    fn from(error: ClockError) -> Self {
        match error {
            ClockError::Real => Self::conflict("real_clock", error.to_string()),
            ClockError::OutOfRange { .. } => Self::bad_request("out_of_range", error.to_string()),
        }
    }
}

impl From<FaultError> for ControlError {
    fn from(error: FaultError) -> Self {
        Self::bad_request("bad_fault_plan", error.to_string())
    }
}
