//! An answer as a value: the transport writes it.

use bytes::Bytes;
use http::StatusCode;
use kit::faults::Effect;
use serde_json::Value as Json;

use super::put;

/// Status, headers, body; what the transport shall do with it is among the extensions, see [`effects_of`].
pub(crate) type Response = http::Response<Bytes>;

/// What the transport shall do.
#[derive(Debug, Clone)]
struct Effects(Vec<Effect>);

/// An answer without a body.
pub(crate) fn empty(status: u16) -> Response {
    with_body(status, Bytes::new())
}

/// A JSON answer.
pub(crate) fn json(status: u16, content_type: &str, body: &Json) -> Response {
    let mut response = with_body(status, body.to_string().into());
    put(response.headers_mut(), "content-type", content_type);
    response
}

/// A page for a person. No other page may frame it.
pub(crate) fn html(status: u16, page: String) -> Response {
    let mut response = with_body(status, page.into());
    put(response.headers_mut(), "content-type", "text/html; charset=utf-8");
    put(response.headers_mut(), "x-frame-options", "DENY");
    response
}

fn with_body(status: u16, body: Bytes) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response
}

/// Adds what the transport shall do.
pub(crate) fn with_effects(mut response: Response, effects: &[Effect]) -> Response {
    if !effects.is_empty() {
        response.extensions_mut().insert(Effects(effects.to_vec()));
    }
    response
}

/// What the transport shall do with this answer.
pub(crate) fn effects_of(response: &Response) -> &[Effect] {
    response.extensions().get::<Effects>().map_or(&[], |effects| &effects.0)
}
