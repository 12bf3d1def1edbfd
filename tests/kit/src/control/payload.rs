//! Request bodies, whatever their content type says: `curl -d` sends JSON as a form.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use serde::de::DeserializeOwned;

use super::ControlError;

/// A JSON body.
pub(super) struct Payload<T>(pub(super) T);

/// A text body.
pub(super) struct Text(pub(super) String);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Payload<T> {
    type Rejection = ControlError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ControlError> {
        let bytes = bytes(request, state).await?;
        serde_json::from_slice(&bytes)
            .map(Self)
            .map_err(|error| ControlError::bad_request("bad_body", error.to_string()))
    }
}

impl<S: Send + Sync> FromRequest<S> for Text {
    type Rejection = ControlError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ControlError> {
        let bytes = bytes(request, state).await?;
        String::from_utf8(bytes.into())
            .map(Self)
            .map_err(|error| ControlError::bad_request("bad_body", error.to_string()))
    }
}

async fn bytes<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, ControlError> {
    let read = Bytes::from_request(request, state).await;
    read.map_err(|error| ControlError {
        status: error.status(),
        code: "bad_body",
        message: error.body_text(),
    })
}
