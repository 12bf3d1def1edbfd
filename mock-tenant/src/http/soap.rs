//! SOAP answers on the wire.

use axum::body::Body;
use axum::response::Response;
use http::{HeaderName, HeaderValue, StatusCode};

use super::headers::put;
use super::request::Incoming;
use crate::soap::SoapReply;

/// The answer with its headers and the request's ids.
pub(super) fn rendered(reply: SoapReply, incoming: &Incoming) -> Response {
    let mut response = Response::new(Body::from(reply.body));
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    put(headers, "content-type", reply.content_type);
    put(headers, "request-id", &incoming.ids.request_id.to_string());
    put(headers, "client-request-id", &incoming.ids.client_request_id);
    for (name, value) in reply.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_str(&value)) {
            headers.append(name, value);
        }
    }
    response
}
