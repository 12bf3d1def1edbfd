//! Bodies of requests.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value as Json};

use super::call::Call;
use super::error::GraphError;

/// The body as an object.
pub(super) fn object(call: &Call<'_>) -> Result<Map<String, Json>, GraphError> {
    serde_json::from_slice(call.body).map_err(|_| unreadable())
}

/// The body as what an action takes.
pub(super) fn typed<T: DeserializeOwned>(call: &Call<'_>) -> Result<T, GraphError> {
    serde_json::from_slice(call.body).map_err(|_| unreadable())
}

fn unreadable() -> GraphError {
    let message = "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.";
    GraphError::new(400, "BadRequest", message)
}
