//! SOAP answers on the wire.

use http::{HeaderName, HeaderValue, StatusCode};

use crate::pipeline::{Request, Response, put};
use crate::soap::SoapReply;

/// The answer with its headers and the request's ids.
pub(super) fn rendered(reply: SoapReply, request: &Request) -> Response {
    let mut response = Response::new(reply.body().into());
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    put(headers, "content-type", reply.content_type());
    put(headers, "request-id", &request.ids.request_id.to_string());
    put(headers, "client-request-id", &request.ids.client_request_id);
    for (name, value) in reply.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_str(&value)) {
            headers.append(name, value);
        }
    }
    response
}
