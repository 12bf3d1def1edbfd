//! Exchange Web Services.

use base64::prelude::*;
use serde_json::json;

use super::soap::rendered;
use crate::ews::{self, handle};
use crate::exchange::ews_policy;
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

pub(super) fn is_lenient(service: &Service, request: &Request) -> bool {
    !service.tenant_at(request.now()).settings().strict
}

/// Exchange Online takes tokens only since 2022; a lenient tenant takes any Basic credentials, for clients that have
/// nothing else.
pub(super) fn authenticate(service: &Service, request: &Request) -> Caller {
    let user = request.header("authorization").and_then(basic_user);
    match user.filter(|_| is_lenient(service, request)) {
        Some(user) => Caller::Named(user),
        None => Caller::by_header(service, request, AUDIENCES, None),
    }
}

fn answer(service: &Service, request: &Request, caller: &Caller) -> Response {
    let Some((outcome, response)) = refused(service, request, caller) else {
        return look_up(service, request, caller);
    };
    let operation = Operation::new(service, RESOLVE_NAMES, "", caller.principal());
    let status = response.status().as_u16();
    let effects = operation.end(outcome, json!({"method": request.method.as_str(), "status": status}));
    request.end(&effects, response)
}

/// Why the message is not looked at: its caller, the tenant's switches, its form.
fn refused(service: &Service, request: &Request, caller: &Caller) -> Option<(&'static str, Response)> {
    match caller {
        Caller::Refused(refused) => {
            return Some(("Unauthorized", challenge(*refused, is_lenient(service, request))));
        }
        Caller::Token(claims) if !RESOLVE_NAMES.admits(claims.principal()) => {
            return Some(("Forbidden", empty(403)));
        }
        _ => {}
    }
    switched_off(service, request, caller).map(|response| ("EwsPolicy", response)).or_else(|| {
        match request.payload {
            Payload::WrongType => Some(("UnsupportedMediaType", wrong_type(request))),
            Payload::TooLarge => Some(("RequestEntityTooLarge", empty(413))),
            Payload::Broken => Some(("RequestTimeout", empty(408))),
            _ => None,
        }
    })
}

/// The switches are looked at before the message is: a refusal has no body, the header tells why.
/// Source: "Control access to EWS in Exchange", "Understand HTTP 403 responses".
fn switched_off(service: &Service, request: &Request, caller: &Caller) -> Option<Response> {
    let app_id = matches!(caller, Caller::Token(_)).then_some(caller.principal());
    let agent = request.header("user-agent").unwrap_or_default();
    let tenant = service.tenant_at(request.now());
    let refusal = ews_policy::check(&tenant, app_id, agent, request.now()).err()?;
    let mut response = empty(403);
    put(response.headers_mut(), "x-ews-policy-reason", refusal.reason());
    Some(response)
}

fn look_up(service: &Service, request: &Request, caller: &Caller) -> Response {
    let principal = caller.principal();
    let must_impersonate = match caller {
        Caller::Token(claims) if !is_lenient(service, request) => Some(claims.idtyp == "app"),
        _ => None,
    };
    let from = ews::Caller { must_impersonate };
    let tenant = service.tenant_at(request.now());
    let reply = handle(request.body(), &from, &tenant, request.now(), &mut service.watch(principal));
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
pub(super) fn challenge(refused: Refused, lenient: bool) -> Response {
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
