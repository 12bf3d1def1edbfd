//! A path that no face has.

use serde_json::json;

use crate::ops::{self, Op};
use crate::pipeline::{Caller, Face, Operation, Request, Response, json, told};
use crate::server::Service;

const UNKNOWN: &Op = ops::known("http.unknown");

/// Nobody.
pub(super) static FACE: Face =
    Face { name: "nowhere", body_limit: 0, media: &[], authenticate: |_, _| Caller::Anyone, answer };

fn answer(service: &Service, request: &Request, caller: &Caller) -> Response {
    let path = request.path();
    let mut detail = told(request, 404);
    detail["host"] = request.endpoint.host.as_str().into();
    let operation = Operation::new(service, UNKNOWN, path, caller.principal());
    let effects = operation.end("NotFound", detail);
    let message = format!(
        "mock-tenant serves /v1.0, /beta, /TENANT/oauth2, /provisioningservice.svc, /EWS/Exchange.asmx and /adminapi; '{path}' is none of them"
    );
    let body = json!({"error": {"code": "NotFound", "message": message}});
    request.end(&effects, json(404, "application/json", &body))
}
