//! Exchange's admin API: known, not served.

use serde_json::json;

use crate::ops::{self, Op};
use crate::pipeline::{Caller, Face, Operation, Request, Response, json};
use crate::server::Service;

const INVOKE: &Op = ops::known("exchange.invoke_command");

/// `POST /adminapi/beta/{tenant}/InvokeCommand`: the real service runs cmdlets there.
pub(super) static FACE: Face = Face {
    name: "exchange",
    body_limit: 4 * 1024 * 1024,
    media: &[],
    authenticate: |_, _| Caller::Anyone,
    answer,
};

fn answer(service: &Service, request: &Request, caller: &Caller) -> Response {
    let (outcome, path) = ("NotSupportedByDouble", request.path());
    let mut operation = Operation::new(service, INVOKE, path, caller.principal());
    operation.meet_faults();
    let effects = operation.end(outcome, json!({"method": request.method.as_str(), "status": 501}));
    let message = format!("mock-tenant does not serve {} {path}; the real service does.", request.method);
    let body = json!({"error": {"code": outcome, "message": message}});
    request.end(&effects, json(501, "application/json; charset=utf-8", &body))
}
