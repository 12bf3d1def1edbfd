//! Autodiscover version 2: where a mailbox's protocols are.
//!
//! Sources: answers of a live service quoted in public repositories (200 with Protocol and Url; 302 for an address without
//! a mailbox; 400 InvalidProtocol and MandatoryParameterMissing). Nobody signs in for it.

use http::Method;
use percent_encoding::percent_decode_str;
use serde_json::{Value as Json, json};

use crate::exchange::recipient::{RecipientType, with_address};
use crate::ops::{self, Op};
use crate::pipeline::{Caller, Face, Operation, Request, Response, empty, json as answer_json, put};
use crate::server::Service;

const AUTODISCOVER: &Op = ops::known("exchange.autodiscover");

/// `GET /autodiscover/autodiscover.json/v1.0/{address}?Protocol=…`, or `?Email=…&Protocol=…`.
pub(super) static FACE: Face =
    Face { name: "autodiscover", body_limit: 0, media: &[], authenticate: |_, _| Caller::Anyone, answer };

/// Protocols with their paths.
const PROTOCOLS: &[(&str, &str)] =
    &[("ActiveSync", "/Microsoft-Server-ActiveSync"), ("Ews", "/EWS/Exchange.asmx")];

fn answer(service: &Service, request: &Request, caller: &Caller) -> Response {
    let address = address(request);
    let mut operation =
        Operation::new(service, AUTODISCOVER, address.as_deref().unwrap_or_default(), caller.principal());
    operation.meet_faults();
    let (outcome, response) = found(service, request, address.as_deref());
    let detail = json!({ "path": request.path(), "status": response.status().as_u16() });
    let effects = operation.end(outcome, detail);
    request.end(&effects, response)
}

fn found(service: &Service, request: &Request, address: Option<&str>) -> (&'static str, Response) {
    let path = request.path().to_ascii_lowercase();
    if !path.starts_with("/autodiscover/autodiscover.json") || request.method != Method::GET {
        let message = format!("mock-tenant does not serve {} {path}; the real service does.", request.method);
        return failed(501, "NotSupportedByDouble", &message);
    }
    let Some(address) = address.filter(|address| address.contains('@')) else {
        return failed(400, "MandatoryParameterMissing", "A valid email address must be provided");
    };
    let Some(protocol) = parameter(request, "Protocol") else {
        let message = "A valid value must be provided for the query parameter 'Protocol'";
        return failed(400, "MandatoryParameterMissing", message);
    };
    let known = PROTOCOLS.iter().find(|(name, _)| name.eq_ignore_ascii_case(&protocol));
    let Some((name, path)) = known else {
        let names: Vec<&str> = PROTOCOLS.iter().map(|(name, _)| *name).collect();
        let message = format!(
            "The given protocol value '{protocol}' is invalid. Supported values are '{}'",
            names.join(",")
        );
        return failed(400, "InvalidProtocol", &message);
    };
    if !has_mailbox(service, request, address) {
        return ("Redirect", elsewhere(address, &protocol));
    }
    let url = format!("{}://{}{path}", request.endpoint.scheme, request.endpoint.host);
    ("ok", answer_json(200, JSON_TYPE, &json!({ "Protocol": name, "Url": url })))
}

const JSON_TYPE: &str = "application/json; charset=utf-8";

fn failed(status: u16, code: &'static str, message: &str) -> (&'static str, Response) {
    let body: Json = json!({ "ErrorCode": code, "ErrorMessage": message });
    (code, answer_json(status, JSON_TYPE, &body))
}

/// Behind the path, or as `Email`.
fn address(request: &Request) -> Option<String> {
    let behind = request.path().split('/').filter(|segment| !segment.is_empty()).nth(3);
    let behind = behind.map(|segment| percent_decode_str(segment).decode_utf8_lossy().into_owned());
    behind.or_else(|| parameter(request, "Email"))
}

fn parameter(request: &Request, name: &str) -> Option<String> {
    let found = request.query().into_iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value).filter(|value| !value.is_empty())
}

fn has_mailbox(service: &Service, request: &Request, address: &str) -> bool {
    let tenant = service.tenant_at(request.now());
    let found = with_address(&tenant, address, tenant.exchange_view(request.now()));
    found.iter().any(|recipient| recipient.kind == RecipientType::UserMailbox)
}

/// Whoever has no mailbox here is looked for at their own domain. Where the service sends them exactly is assumed.
fn elsewhere(address: &str, protocol: &str) -> Response {
    let domain = address.rsplit_once('@').map_or(address, |(_, domain)| domain);
    let mut response = empty(302);
    let location = format!(
        "https://autodiscover.{domain}/autodiscover/autodiscover.json/v1.0/{address}?Protocol={protocol}"
    );
    put(response.headers_mut(), "location", &location);
    response
}
