//! Microsoft Graph.

use bytes::Bytes;
use kit::faults::Effect;
use serde_json::{Value as Json, json};

use crate::graph::{self, Call, GraphError, Play, Prefer, Reply, Route, Version};
use crate::ops::{self, Op};
use crate::pipeline::{
    Caller, Face, Operation, Payload, Request, Response, empty, json as json_response, put,
};
use crate::server::Service;
use crate::signin::Principal;

/// Microsoft Graph.
/// Source of the body's limit: learn.microsoft.com/graph/throttling, "4 MB".
pub(super) static FACE: Face =
    Face { name: "graph", body_limit: 4 * 1024 * 1024, media: &[], authenticate, answer };

const UNSERVED: &Op = ops::known("graph.unserved");

const JSON_TYPE: &str =
    "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8";

/// Audiences of Graph besides the host under which it is called.
const AUDIENCES: &[&str] = &["https://graph.microsoft.com", "00000003-0000-0000-c000-000000000000"];

fn authenticate(service: &Service, request: &Request) -> Caller {
    Caller::by_header(service, request, AUDIENCES, Some(request.host()))
}

/// The stages of one request.
fn answer(service: &Service, request: &Request, caller: &Caller) -> Response {
    let asked = Asked::read(request);
    let mut operation = Operation::new(service, asked.op(), asked.route.target(), caller.principal());
    let answer = admit(service, request, &asked, caller, &mut operation).and_then(|op| {
        if operation.closes_before() {
            Ok(None)
        } else {
            core(service, request, &asked, op, caller, operation.effects()).map(Some)
        }
    });
    let (outcome, status) = match &answer {
        Ok(None) => ("closed", 0),
        Ok(Some(reply)) => ("ok", reply.status),
        Err(error) => (error.code.as_str(), error.status),
    };
    let effects = operation.end(outcome, asked.detail(request, status));
    let response = match answer {
        Ok(None) => empty(200),
        Ok(Some(reply)) => render(service, request, &Ok(reply)),
        Err(error) => render(service, request, &Err(error)),
    };
    request.end(&effects, response)
}

/// Everything that can keep a call from its core, in order: caller, body, path, permission, budget, faults.
fn admit(
    service: &Service,
    request: &Request,
    asked: &Asked,
    caller: &Caller,
    operation: &mut Operation<'_>,
) -> Result<&'static Op, GraphError> {
    let Caller::Token(claims) = caller else { return Err(refused(caller).into()) };
    arrived(&request.payload)?;
    asked.version.clone()?;
    let op = asked.op.clone()?;
    graph::check_roles(op, claims.principal())?;
    if op.writes() {
        service.spend(1, request.now()).map_err(|wait| GraphError::throttled(Some(wait)))?;
    }
    operation.meet_faults();
    let query = request.query();
    operation.effects().iter().find_map(|effect| refusal(effect, request, asked, &query)).map_or(Ok(op), Err)
}

const fn refused(caller: &Caller) -> crate::signin::Refused {
    match caller {
        Caller::Refused(refused) => *refused,
        _ => crate::signin::Refused::Missing,
    }
}

fn arrived(payload: &Payload) -> Result<(), GraphError> {
    match payload {
        Payload::TooLarge => {
            Err(GraphError::new(413, "RequestEntityTooLarge", "The request size is too large."))
        }
        Payload::Broken => {
            Err(GraphError::new(408, "RequestTimeout", "The request did not come whole in time."))
        }
        _ => Ok(()),
    }
}

/// The request's path, read.
struct Asked {
    version: Result<Version, GraphError>,
    route: Route,
    op: Result<&'static Op, GraphError>,
}

impl Asked {
    fn read(request: &Request) -> Self {
        let path = request.path().trim_start_matches('/');
        let (version, rest) = path.split_once('/').unwrap_or((path, ""));
        let route = Route::parse(rest);
        let version = match version.to_ascii_lowercase().as_str() {
            "v1.0" => Ok(Version::V1),
            "beta" => Ok(Version::Beta),
            other => Err(GraphError::new(400, "BadRequest", format!("Invalid version: {other}"))),
        };
        Self { op: route.op(&request.method), version, route }
    }

    fn op(&self) -> &'static Op {
        self.op.as_ref().map_or(UNSERVED, |op| *op)
    }

    /// What the journal tells besides; a page token is as good as the page, so it is left out.
    fn detail(&self, request: &Request, status: u16) -> Json {
        let query = request.query().into_iter().filter(|(name, _)| !name.contains("token"));
        let query: serde_json::Map<_, _> = query.map(|(name, value)| (name, Json::from(value))).collect();
        json!({
            "method": request.method.as_str(), "path": request.path(), "status": status, "query": query,
            "request_id": request.ids.request_id.to_string(), "client_request_id": request.ids.client_request_id,
        })
    }
}

/// Asks the core: what reads, from a view of the tenant that others may read too.
fn core(
    service: &Service,
    request: &Request,
    asked: &Asked,
    op: &Op,
    caller: &Caller,
    effects: &[Effect],
) -> Result<Reply, GraphError> {
    let query = request.query();
    let eventual = request.header("consistencylevel");
    let call = Call {
        version: asked.version.clone()?,
        method: &request.method,
        route: &asked.route,
        query: &query,
        eventual: eventual.is_some_and(|level| level.eq_ignore_ascii_case("eventual")),
        body: request.body(),
        endpoint: &request.endpoint,
        now: request.now(),
        play: play(effects),
        certificates: service.certificates,
        person: person(caller),
        authority: &service.authority,
        prefer: request.header("prefer").map(Prefer::parse).unwrap_or_default(),
        pages: &service.pages,
    };
    if op.writes() {
        graph::write(&mut service.tenant_mut(), &call)
    } else {
        graph::handle(&service.tenant_at(call.now), &call)
    }
}

/// In whose name an application calls.
fn person(caller: &Caller) -> Option<uuid::Uuid> {
    match caller {
        Caller::Token(claims) if matches!(claims.principal(), Principal::Person { .. }) => {
            claims.oid.parse().ok()
        }
        _ => None,
    }
}

/// A fault that refuses the call, in Graph's terms.
fn refusal(
    effect: &Effect,
    request: &Request,
    asked: &Asked,
    query: &[(String, String)],
) -> Option<GraphError> {
    let has = |token: &str| query.iter().any(|(name, _)| name.eq_ignore_ascii_case(token));
    match effect {
        Effect::Throttle { retry_after_s } => Some(GraphError::throttled(*retry_after_s)),
        Effect::Busy {} => Some(GraphError::unavailable("serviceNotAvailable", None)),
        Effect::Unavailable {} => Some(GraphError::unavailable("ServiceUnavailable", None)),
        Effect::AuthExpired {} => Some(crate::signin::Refused::Expired.into()),
        Effect::Forbidden {} => Some(GraphError::denied()),
        Effect::Conflict {} if asked.op.as_ref().is_ok_and(|op| op.writes()) => {
            Some(crate::tenant::MutationError::Conflict("userPrincipalName".to_owned()).into())
        }
        Effect::CursorExpired {} if has("$deltatoken") => {
            let link = format!("{}{}", request.endpoint.origin(), request.path());
            Some(GraphError::gone(&link, "syncStateNotFound"))
        }
        Effect::CursorExpired {} if has("$skiptoken") => {
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

fn render(service: &Service, request: &Request, answer: &Result<Reply, GraphError>) -> Response {
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
        Ok(reply) => reply_headers(headers, reply),
        Err(error) => refuse_headers(service, headers, error),
    }
    response
}

fn reply_headers(headers: &mut http::HeaderMap, reply: &Reply) {
    if let Some(location) = &reply.location {
        put(headers, "location", location);
    }
    if let Some(preference) = reply.applied {
        put(headers, "preference-applied", preference);
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

fn refuse_headers(service: &Service, headers: &mut http::HeaderMap, error: &GraphError) {
    if let Some(location) = &error.location {
        put(headers, "location", location);
    }
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
