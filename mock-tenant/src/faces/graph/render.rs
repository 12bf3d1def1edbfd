//! Answers in Graph's terms.

use bytes::Bytes;
use http::HeaderMap;

use crate::budget::LimitKind;
use crate::graph::{GraphError, Reply};
use crate::pipeline::{Request, Response, json as json_response, put};
use crate::server::Service;

const JSON_TYPE: &str =
    "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8";

/// What a call was worth: its cost, and how much of a limit the caller has used.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Metered {
    pub(super) units: u32,
    pub(super) used: Option<u64>,
}

/// The answer with Graph's headers.
pub(super) fn render(
    service: &Service,
    request: &Request,
    application: &str,
    answer: &Result<Reply, GraphError>,
    metered: Metered,
) -> Response {
    let mut response = match answer {
        Ok(Reply { status, body: Some(body), .. }) => json_response(*status, JSON_TYPE, body),
        Ok(reply) => plain(reply),
        Err(error) => json_response(error.status, "application/json", &error.body(&request.ids)),
    };
    let headers = response.headers_mut();
    put(headers, "request-id", &request.ids.request_id.to_string());
    put(headers, "client-request-id", &request.ids.client_request_id);
    put(headers, "odata-version", "4.0");
    put(headers, "cache-control", "no-cache");
    put(headers, "strict-transport-security", "max-age=31536000");
    put(headers, "x-ms-ags-diagnostic", DIAGNOSTIC);
    if service.certificates {
        put(headers, "x-mock-tenant-extension", "graph-certificates: Microsoft Graph has no such properties");
    }
    match answer {
        Ok(reply) => served_headers(headers, reply, metered),
        Err(error) => refuse_headers(service, headers, application, error),
    }
    response
}

/// Source: throttling-limits, "Additional headers".
fn served_headers(headers: &mut HeaderMap, reply: &Reply, metered: Metered) {
    if let Some(location) = &reply.location {
        put(headers, "location", location);
    }
    if let Some(preference) = reply.applied {
        put(headers, "preference-applied", preference);
    }
    if metered.units > 0 {
        put(headers, "x-ms-resource-unit", &metered.units.to_string());
    }
    if let Some(used) = metered.used {
        put(headers, "x-ms-throttle-limit-percentage", &format!("{}.{:02}", used / 100, used % 100));
    }
}

fn plain(reply: &Reply) -> Response {
    let (content_type, text) = reply.text.clone().unwrap_or_default();
    let mut response = Response::new(Bytes::from(text));
    *response.status_mut() = http::StatusCode::from_u16(reply.status).unwrap_or_default();
    if !content_type.is_empty() {
        put(response.headers_mut(), "content-type", content_type);
    }
    response
}

fn refuse_headers(service: &Service, headers: &mut HeaderMap, application: &str, error: &GraphError) {
    if let Some(location) = &error.location {
        put(headers, "location", location);
    }
    if let Some(seconds) = error.retry_after {
        put(headers, "retry-after", &seconds.to_string());
    }
    match error.status {
        401 => put(headers, "www-authenticate", CHALLENGE),
        429 => throttle_headers(service, headers, application, error.limit),
        _ => {}
    }
}

/// A fault of the plan has no limit: it plays the one that clients meet most.
fn throttle_headers(service: &Service, headers: &mut HeaderMap, application: &str, limit: Option<LimitKind>) {
    let (name, reason) = limit
        .map_or(("Tenant_Application/ReadWrite", "CPULimitExceeded"), |limit| (limit.name(), limit.reason()));
    let scope = format!("{name}/{application}/{}", service.authority.tenant_id);
    put(headers, "x-ms-throttle-scope", &scope);
    put(headers, "x-ms-throttle-information", reason);
}

const DIAGNOSTIC: &str = r#"{"ServerInfo":{"DataCenter":"mock-tenant","Slice":"E","Ring":"5","ScaleUnit":"000","RoleInstance":"MT00000000"}}"#;

const CHALLENGE: &str = r#"Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", client_id="00000003-0000-0000-c000-000000000000""#;
