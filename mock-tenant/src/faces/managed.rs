//! Managed identities, on a listener of their own: a program asks its machine, not Entra.

use serde_json::json;

use crate::ops::{self, Op};
use crate::pipeline::{Caller, Face, Operation, Request, Response, empty, json as json_response};
use crate::server::Service;
use crate::signin::{Identities, IdentityCall};

const TOKEN: &Op = ops::known("oauth.managed_identity");

/// The identities of the machine that the double stands for.
pub(crate) static FACE: Face =
    Face { name: "managed_identity", body_limit: 0, media: &[], authenticate: |_, _| Caller::Anyone, answer };

fn answer(service: &Service, request: &Request, _caller: &Caller) -> Response {
    let query = request.query();
    let field =
        |name: &str| query.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str());
    let mut operation = Operation::new(service, TOKEN, field("resource"), field("client_id"));
    operation.meet_faults();
    let detail = json!({"method": request.method.as_str(), "path": request.path()});
    if operation.closes_before() {
        let effects = operation.end("closed", detail);
        return request.end(&effects, empty(200));
    }
    let (status, body) = asked(service, request, &query);
    let outcome = if status == 200 { "ok" } else { body["error"].as_str().unwrap_or("forbidden") };
    let effects = operation.end(outcome, detail);
    request.end(&effects, json_response(status, "application/json; charset=utf-8", &body))
}

fn asked(service: &Service, request: &Request, query: &[(String, String)]) -> (u16, serde_json::Value) {
    let call = IdentityCall {
        path: request.path(),
        query,
        metadata: request.header("metadata"),
        secret: request.header("x-identity-header"),
    };
    let authority = service.authority_with_domains();
    let (header, uti) = (service.identity_header(), service.next_id("uti"));
    Identities { authority: &authority, header: &header, uti, now: request.now() }.answer(&call)
}
