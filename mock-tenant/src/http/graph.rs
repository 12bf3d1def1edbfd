//! Microsoft Graph on the wire.

use axum::body::Body;
use axum::response::Response;
use kit::faults::Effect;
use serde_json::{Value as Json, json};

use super::headers::put;
use super::request::{Account, Incoming, TooLarge, closes_before, json_response};
use crate::graph::{self, Call, GraphError, Op, Play, Reply, Route, Version};
use crate::server::Service;
use crate::signin::{Claims, TokenCheck};

/// Largest body of a Graph request. Source: learn.microsoft.com/graph/throttling, "4 MB".
const BODY_LIMIT: usize = 4 * 1024 * 1024;

const JSON_TYPE: &str =
    "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8";

/// Audiences of Graph besides the host under which it is called.
const AUDIENCES: &[&str] = &["https://graph.microsoft.com", "00000003-0000-0000-c000-000000000000"];

/// Answers one request.
pub(super) async fn serve(service: &Service, mut incoming: Incoming) -> Response {
    let body = incoming.body(BODY_LIMIT).await;
    let asked = Asked::read(&incoming);
    let op = asked.op();
    let effects = service.faults.decide(op, asked.route.target());
    if closes_before(&effects) {
        asked.account(op, "", "closed", &effects, &incoming, 0).record(service);
        return incoming.end(&effects, Response::new(Body::empty()));
    }
    let claims = authorize(service, &incoming);
    let principal = claims.as_ref().map(|claims| claims.appid.clone()).unwrap_or_default();
    let answer = answer(service, &incoming, &asked, body, claims, &effects);
    let (outcome, status) = match &answer {
        Ok(reply) => ("ok", reply.status),
        Err(error) => (error.code.as_str(), error.status),
    };
    asked.account(op, &principal, outcome, &effects, &incoming, status).record(service);
    let response = render(service, &incoming, &answer);
    incoming.end(&effects, response)
}

/// The request's path, read.
struct Asked {
    version: Result<Version, GraphError>,
    route: Route,
    op: Result<Op, GraphError>,
}

impl Asked {
    fn read(incoming: &Incoming) -> Self {
        let path = incoming.path().trim_start_matches('/');
        let (version, rest) = path.split_once('/').unwrap_or((path, ""));
        let route = Route::parse(rest);
        let version = match version.to_ascii_lowercase().as_str() {
            "v1.0" => Ok(Version::V1),
            "beta" => Ok(Version::Beta),
            other => Err(GraphError::new(400, "BadRequest", format!("Invalid version: {other}"))),
        };
        Self { op: route.op(&incoming.method), version, route }
    }

    fn op(&self) -> &'static str {
        self.op.as_ref().map_or("graph.unserved", |op| op.name)
    }

    fn account<'a>(
        &'a self,
        op: &'a str,
        principal: &'a str,
        outcome: &'a str,
        effects: &'a [Effect],
        incoming: &Incoming,
        status: u16,
    ) -> Account<'a> {
        let detail = json!({
            "method": incoming.method.as_str(), "path": incoming.path(), "status": status,
            "query": incoming.query().into_iter().filter(|(name, _)| !name.contains("token")).map(|(name, value)| (name, Json::from(value))).collect::<serde_json::Map<_, _>>(),
            "request_id": incoming.ids.request_id.to_string(), "client_request_id": incoming.ids.client_request_id,
        });
        Account { op, target: self.route.target(), principal, outcome, effects, detail }
    }
}

fn authorize(service: &Service, incoming: &Incoming) -> Result<Claims, GraphError> {
    let check = TokenCheck {
        authority: &service.authority,
        audiences: AUDIENCES,
        own_host: Some(incoming.host()),
        now: incoming.now(),
    };
    Ok(check.header(incoming.header("authorization"))?)
}

fn answer(
    service: &Service,
    incoming: &Incoming,
    asked: &Asked,
    body: Result<axum::body::Bytes, TooLarge>,
    claims: Result<Claims, GraphError>,
    effects: &[Effect],
) -> Result<Reply, GraphError> {
    let body = body.map_err(|TooLarge| {
        GraphError::new(413, "RequestEntityTooLarge", "The request size is too large.")
    })?;
    let query = incoming.query();
    for effect in effects {
        refusal(effect, asked, &query).map_or(Ok(()), Err)?;
    }
    let claims = claims?;
    let version = asked.version.clone()?;
    let op = asked.op.clone()?;
    graph::check_roles(op, &claims.roles)?;
    if op.writes {
        service.spend(1, incoming.now()).map_err(|wait| GraphError::throttled(Some(wait)))?;
    }
    let call = Call {
        version,
        method: &incoming.method,
        route: &asked.route,
        query: &query,
        eventual: incoming
            .header("consistencylevel")
            .is_some_and(|level| level.eq_ignore_ascii_case("eventual")),
        body: &body,
        endpoint: &incoming.endpoint,
        now: incoming.now(),
        play: play(effects),
        certificates: service.certificates,
        pages: &service.pages,
    };
    if op.writes {
        graph::write(&mut service.tenant_mut(), &call)
    } else {
        graph::handle(&service.tenant_at(call.now), &call)
    }
}

/// A fault that refuses the call, in Graph's terms.
fn refusal(effect: &Effect, asked: &Asked, query: &[(String, String)]) -> Option<GraphError> {
    let has_token = || query.iter().any(|(name, _)| name.eq_ignore_ascii_case("$skiptoken"));
    match effect {
        Effect::Throttle { retry_after_s } => Some(GraphError::throttled(*retry_after_s)),
        Effect::Busy {} => Some(GraphError::unavailable("serviceNotAvailable", None)),
        Effect::Unavailable {} => Some(GraphError::unavailable("ServiceUnavailable", None)),
        Effect::AuthExpired {} => Some(crate::signin::Refused::Expired.into()),
        Effect::Forbidden {} => Some(GraphError::denied()),
        Effect::Conflict {} if asked.op.as_ref().is_ok_and(|op| op.writes) => {
            Some(crate::tenant::MutationError::Conflict("userPrincipalName".to_owned()).into())
        }
        Effect::CursorExpired {} if has_token() => {
            let message =
                "The specified page token value has expired and can no longer be included in your request.";
            Some(GraphError::new(400, "Directory_ExpiredPageToken", message))
        }
        _ => None,
    }
}

/// The faults that change an answer.
fn play(effects: &[Effect]) -> Play {
    let has = |wanted: &Effect| effects.contains(wanted);
    Play {
        stale: has(&Effect::StaleRead {}),
        partial: has(&Effect::PartialPage {}),
        duplicate: has(&Effect::DuplicatePage {}),
        reorder: has(&Effect::Reorder {}),
    }
}

fn render(service: &Service, incoming: &Incoming, answer: &Result<Reply, GraphError>) -> Response {
    let mut response = match answer {
        Ok(Reply { status, body: Some(body), .. }) => json_response(*status, JSON_TYPE, body),
        Ok(reply) => plain(reply),
        Err(error) => json_response(error.status, "application/json", &error.body(&incoming.ids)),
    };
    let headers = response.headers_mut();
    put(headers, "request-id", &incoming.ids.request_id.to_string());
    put(headers, "client-request-id", &incoming.ids.client_request_id);
    put(headers, "odata-version", "4.0");
    put(headers, "cache-control", "no-cache");
    put(headers, "strict-transport-security", "max-age=31536000");
    put(headers, "x-ms-ags-diagnostic", DIAGNOSTIC);
    if service.certificates {
        put(headers, "x-mock-tenant-extension", "graph-certificates: Microsoft Graph has no such properties");
    }
    match answer {
        Ok(Reply { location: Some(location), .. }) => put(headers, "location", location),
        Ok(_) => {}
        Err(error) => refuse_headers(service, headers, error),
    }
    response
}

fn plain(reply: &Reply) -> Response {
    let mut response = Response::new(Body::from(reply.text.clone().unwrap_or_default()));
    *response.status_mut() = http::StatusCode::from_u16(reply.status).unwrap_or_default();
    if reply.text.is_some() {
        put(response.headers_mut(), "content-type", "text/plain");
    }
    response
}

fn refuse_headers(service: &Service, headers: &mut http::HeaderMap, error: &GraphError) {
    if let Some(seconds) = error.retry_after {
        put(headers, "retry-after", &seconds.to_string());
    }
    match error.status {
        401 => put(headers, "www-authenticate", CHALLENGE),
        429 => {
            let app = service.authority.apps.first().map(|app| app.client_id).unwrap_or_default();
            let scope = format!("Tenant_Application/ReadWrite/{app}/{}", service.authority.tenant_id);
            put(headers, "x-ms-throttle-scope", &scope);
            put(headers, "x-ms-throttle-information", "WriteLimitExceeded");
        }
        _ => {}
    }
}

const DIAGNOSTIC: &str = r#"{"ServerInfo":{"DataCenter":"mock-tenant","Slice":"E","Ring":"5","ScaleUnit":"000","RoleInstance":"MT00000000"}}"#;

const CHALLENGE: &str = r#"Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", client_id="00000003-0000-0000-c000-000000000000""#;
