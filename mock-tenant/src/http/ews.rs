//! Exchange Web Services on the wire.

use axum::body::{Body, Bytes};
use axum::response::Response;
use base64::prelude::*;
use kit::journal::Event;

use super::headers::put;
use super::request::{Incoming, TooLarge};
use super::soap::rendered;
use crate::ews::handle;
use crate::server::Service;
use crate::signin::{Refused, TokenCheck};

/// Largest message: a look-up is small.
const BODY_LIMIT: usize = 4 * 1024 * 1024;

const AUDIENCES: &[&str] =
    &["https://outlook.office365.com", "https://outlook.office.com", "00000002-0000-0ff1-ce00-000000000000"];

/// The application role for EWS. Source: "Authenticate an EWS application by using OAuth".
const ROLE: &str = "full_access_as_app";

/// Who asks, or why nobody may.
enum Caller {
    Known(String),
    Unknown(Refused),
    Denied,
}

/// Answers one request.
pub(super) async fn serve(service: &Service, mut incoming: Incoming) -> Response {
    let body = match incoming.body(BODY_LIMIT).await {
        Ok(body) => body,
        Err(TooLarge) => return incoming.end(&[], status_only(413)),
    };
    let lenient = !service.tenant_at(incoming.now()).settings().strict;
    match caller(service, &incoming, lenient) {
        Caller::Known(principal) => look_up(service, &incoming, &principal, &body),
        Caller::Unknown(refused) => {
            record(service, "Unauthorized");
            incoming.end(&[], challenge(refused, lenient))
        }
        Caller::Denied => {
            record(service, "Forbidden");
            incoming.end(&[], status_only(403))
        }
    }
}

fn look_up(service: &Service, incoming: &Incoming, principal: &str, body: &Bytes) -> Response {
    let tenant = service.tenant_at(incoming.now());
    let reply = handle(body, principal, &tenant, incoming.now(), &mut service.watch(principal));
    let effects = reply.transport.clone();
    incoming.end(&effects, rendered(reply, incoming))
}

/// Exchange Online takes tokens only since 2022; a lenient tenant takes any Basic credentials, for clients that have
/// nothing else.
fn caller(service: &Service, incoming: &Incoming, lenient: bool) -> Caller {
    let authorization = incoming.header("authorization");
    if lenient && let Some(user) = authorization.and_then(basic_user) {
        return Caller::Known(user);
    }
    let check = TokenCheck {
        authority: &service.authority,
        audiences: AUDIENCES,
        own_host: None,
        now: incoming.now(),
    };
    match check.header(authorization) {
        Err(refused) => Caller::Unknown(refused),
        Ok(claims) if claims.roles.iter().any(|role| role == ROLE) => Caller::Known(claims.appid),
        Ok(_) => Caller::Denied,
    }
}

fn basic_user(header: &str) -> Option<String> {
    let text = String::from_utf8(BASE64_STANDARD.decode(header.strip_prefix("Basic ")?.trim()).ok()?).ok()?;
    text.split_once(':').map(|(user, _)| user.to_owned()).filter(|user| !user.is_empty())
}

fn record(service: &Service, outcome: &str) {
    service.journal.record(Event::new("ews.resolve_names").outcome(outcome));
}

fn status_only(status: u16) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = http::StatusCode::from_u16(status).unwrap_or_default();
    response
}

/// Source: the header Exchange Online sends, as MS-XOAUTH describes it.
fn challenge(refused: Refused, lenient: bool) -> Response {
    let mut response = status_only(401);
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
