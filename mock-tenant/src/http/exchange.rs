//! Exchange's admin API on the wire: known, not served.

use axum::response::Response;
use serde_json::json;

use super::request::{Account, Incoming, json_response};
use crate::server::Service;

/// `POST /adminapi/beta/{tenant}/InvokeCommand`: the real service runs cmdlets there.
pub(super) async fn admin_api(service: &Service, incoming: Incoming) -> Response {
    let op = "exchange.invoke_command";
    let effects = service.faults.decide(op, incoming.path());
    let detail = json!({"method": incoming.method.as_str(), "status": 501});
    let outcome = "NotSupportedByDouble";
    Account { op, target: incoming.path(), principal: "", outcome, effects: &effects, detail }
        .record(service);
    let message =
        format!("mock-tenant does not serve {} {}; the real service does.", incoming.method, incoming.path());
    let body = json!({"error": {"code": outcome, "message": message}});
    incoming.end(&effects, json_response(501, "application/json; charset=utf-8", &body))
}
