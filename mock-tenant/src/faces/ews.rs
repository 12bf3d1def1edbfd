//! Exchange Web Services.

use base64::prelude::*;
use serde_json::json;

use super::soap::rendered;
use crate::ews::handle;
use crate::ops::{self, Op};
use crate::pipeline::{Caller, Face, Operation, Payload, Request, Response, empty, put};
use crate::server::Service;
use crate::signin::Refused;

/// Exchange Web Services. Largest message: a look-up is small.
/// Source of the media type: MS-OXWSCORE transport; SOAP 1.1 over HTTP.
pub(super) static FACE: Face =
    Face { name: "ews", body_limit: 4 * 1024 * 1024, media: &["text/xml"], authenticate, answer };

const RESOLVE_NAMES: &Op = ops::known("ews.resolve_names");

const AUDIENCES: &[&str] =
    &["https://outlook.office365.com", "https://outlook.office.com", "00000002-0000-0ff1-ce00-000000000000"];

fn is_lenient(service: &Service, request: &Request) -> bool {
    !service.tenant_at(request.now()).settings().strict
}

/// Exchange Online takes tokens only since 2022; a lenient tenant takes any Basic credentials, for clients that have
/// nothing else.
fn authenticate(service: &Service, request: &Request) -> Caller {
    let user = request.header("authorization").and_then(basic_user);
    match user.filter(|_| is_lenient(service, request)) {
        Some(user) => Caller::Named(user),
        None => Caller::by_header(service, request, AUDIENCES, None),
    }
}

fn answer(service: &Service, request: &Request, caller: &Caller) -> Response {
    let refuse = |outcome: &str, response: Response| {
        let operation = Operation::new(service, RESOLVE_NAMES, "", caller.principal());
        let status = response.status().as_u16();
        let effects = operation.end(outcome, json!({"method": request.method.as_str(), "status": status}));
        request.end(&effects, response)
    };
    match (caller, &request.payload) {
        (Caller::Refused(refused), _) => {
            refuse("Unauthorized", challenge(*refused, is_lenient(service, request)))
        }
        (Caller::Token(claims), _) if !RESOLVE_NAMES.admits(claims.principal()) => {
            refuse("Forbidden", empty(403))
        }
        (_, Payload::WrongType) => refuse("UnsupportedMediaType", wrong_type(request)),
        (_, Payload::TooLarge) => refuse("RequestEntityTooLarge", empty(413)),
        (_, Payload::Broken) => refuse("RequestTimeout", empty(408)),
        _ => look_up(service, request, caller.principal()),
    }
}

fn look_up(service: &Service, request: &Request, principal: &str) -> Response {
    let tenant = service.tenant_at(request.now());
    let reply = handle(request.body(), principal, &tenant, request.now(), &mut service.watch(principal));
    drop(tenant);
    let effects = reply.transport.clone();
    request.end(&effects, rendered(reply, request))
}

/// What WCF says to a content type that its encoder does not read.
fn wrong_type(request: &Request) -> Response {
    let given = request.header("content-type").unwrap_or_default();
    let message = format!(
        "Cannot process the message because the content type '{given}' was not the expected type 'text/xml; charset=utf-8'."
    );
    let mut response = empty(415);
    *response.body_mut() = message.into();
    response
}

fn basic_user(header: &str) -> Option<String> {
    let text = String::from_utf8(BASE64_STANDARD.decode(header.strip_prefix("Basic ")?.trim()).ok()?).ok()?;
    text.split_once(':').map(|(user, _)| user.to_owned()).filter(|user| !user.is_empty())
}

/// Source: the header Exchange Online sends, as MS-XOAUTH describes it.
fn challenge(refused: Refused, lenient: bool) -> Response {
    let mut response = empty(401);
    let error = match refused {
        Refused::Missing => "",
        _ => r#", error="invalid_token""#,
    };
    let bearer = format!(
        r#"Bearer client_id="00000002-0000-0ff1-ce00-000000000000", trusted_issuers="00000001-0000-0000-c000-000000000000@*", token_types="app_asserted_user_v1 service_asserted_app_v1", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize"{error}"#
    );
    put(response.headers_mut(), "www-authenticate", &bearer);
    if lenient {
        response
            .headers_mut()
            .append("www-authenticate", http::HeaderValue::from_static(r#"Basic Realm="""#));
    }
    response
}
