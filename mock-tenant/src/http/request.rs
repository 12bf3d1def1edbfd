//! What every face needs of a request, and how it ends.

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::response::Response;
use http::{HeaderMap, Method, StatusCode};
use http_body_util::{BodyExt, Limited};
use jiff::Timestamp;
use kit::faults::Effect;
use kit::journal::Event;
use kit::transport::ConnHandle;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::dispatch::Shell;
use super::face::without_port;
use super::headers::{http_date, put, text};
use crate::graph::RequestIds;
use crate::server::Service;
use crate::signin::Endpoint;

/// Every operation that the double journals, for the check of fault plans.
pub(crate) const OPS: &[&str] = &[
    "oauth.token",
    "oauth.discovery",
    "oauth.keys",
    "oauth.instance",
    "oauth.unserved",
    "graph.users.list",
    "graph.users.count",
    "graph.users.get",
    "graph.users.create",
    "graph.users.patch",
    "graph.users.delete",
    "graph.contacts.list",
    "graph.contacts.get",
    "graph.organization.list",
    "graph.organization.get",
    "graph.on_premises_synchronization.list",
    "graph.on_premises_synchronization.get",
    "graph.on_premises_synchronization.patch",
    "graph.deleted_items.list",
    "graph.deleted_items.get",
    "graph.deleted_items.delete",
    "graph.deleted_items.restore",
    "graph.unserved",
    "provisioning.capabilities",
    "provisioning.get_company_configuration",
    "provisioning.get_device_configuration",
    "provisioning.set_company_dirsync_features",
    "provisioning.set",
    "provisioning.add",
    "provisioning.delete",
    "provisioning.read_back",
    "provisioning.finalize_export",
    "provisioning.provision_credentials",
    "provisioning.unknown",
    "ews.resolve_names",
    "exchange.invoke_command",
    "http.unknown",
];

/// Longest client-request-id that is echoed.
const CLIENT_ID_MAX: usize = 128;

/// A request with what the shell knows about it.
pub(super) struct Incoming {
    pub(super) method: Method,
    pub(super) uri: http::Uri,
    pub(super) headers: HeaderMap,
    pub(super) endpoint: Endpoint,
    pub(super) ids: RequestIds,
    connection: ConnHandle,
    body: Body,
}

/// A request whose body was longer than the face takes, or did not arrive whole.
pub(super) struct TooLarge;

impl Incoming {
    pub(super) fn new(shell: &Shell, request: Request) -> Self {
        let (parts, body) = request.into_parts();
        let host = parts.uri.authority().map(|authority| authority.as_str().to_owned());
        let host = host.or_else(|| text(&parts.headers, "host").map(str::to_owned));
        let request_id = shell.service.next_id("request");
        let client_id = text(&parts.headers, "client-request-id").filter(|id| id.len() <= CLIENT_ID_MAX);
        let client_request_id = client_id.map_or_else(|| request_id.to_string(), str::to_owned);
        Self {
            endpoint: Endpoint { scheme: shell.scheme, host: host.unwrap_or_else(|| "localhost".to_owned()) },
            ids: RequestIds { request_id, client_request_id, now: shell.service.clock.now() },
            connection: parts.extensions.get::<ConnHandle>().cloned().unwrap_or_default(),
            method: parts.method,
            uri: parts.uri,
            headers: parts.headers,
            body,
        }
    }

    pub(super) fn path(&self) -> &str {
        self.uri.path()
    }

    pub(super) fn now(&self) -> Timestamp {
        self.ids.now
    }

    /// The host without port, as an audience may name it.
    pub(super) fn host(&self) -> &str {
        without_port(&self.endpoint.host)
    }

    /// Decoded query pairs in order.
    pub(super) fn query(&self) -> Vec<(String, String)> {
        url::form_urlencoded::parse(self.uri.query().unwrap_or("").as_bytes()).into_owned().collect()
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        text(&self.headers, name)
    }

    /// Takes the body, up to `limit` bytes.
    pub(super) async fn body(&mut self, limit: usize) -> Result<Bytes, TooLarge> {
        let body = std::mem::take(&mut self.body);
        Limited::new(body, limit)
            .collect()
            .await
            .map(http_body_util::Collected::to_bytes)
            .map_err(|_| TooLarge)
    }

    /// The client's own id as the correlation id of sign-in, if it is a UUID.
    pub(super) fn correlation_id(&self) -> Uuid {
        self.ids.client_request_id.parse().unwrap_or(self.ids.request_id)
    }

    /// Lets the connection misbehave as ordered. Called when the answer is ready: ending the connection ends its handler.
    pub(super) fn end(&self, effects: &[Effect], mut response: Response) -> Response {
        put(response.headers_mut(), "date", &http_date(self.now()));
        self.connection.apply(effects);
        response
    }
}

/// Whether a connection is to be closed before the operation is carried out.
pub(super) fn closes_before(effects: &[Effect]) -> bool {
    effects.iter().any(|effect| matches!(effect, Effect::CloseBefore {}))
}

/// What one request leaves in the journal.
pub(super) struct Account<'a> {
    pub(super) op: &'a str,
    pub(super) target: &'a str,
    pub(super) principal: &'a str,
    pub(super) outcome: &'a str,
    pub(super) effects: &'a [Effect],
    pub(super) detail: Json,
}

impl Account<'_> {
    pub(super) fn record(self, service: &Service) {
        let event = Event::new(self.op)
            .target(self.target)
            .principal(self.principal)
            .outcome(self.outcome)
            .fault(Effect::names(self.effects))
            .detail(self.detail);
        service.journal.record(event);
    }
}

/// A JSON answer.
pub(super) fn json_response(status: u16, content_type: &str, body: &Json) -> Response {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    put(response.headers_mut(), "content-type", content_type);
    response
}

/// A path that no face has.
pub(super) async fn not_found(service: &Service, incoming: Incoming) -> Response {
    let message = format!(
        "mock-tenant serves /v1.0, /beta, /TENANT/oauth2, /provisioningservice.svc, /EWS/Exchange.asmx and /adminapi; '{}' is none of them",
        incoming.path()
    );
    let detail = json!({"method": incoming.method.as_str(), "host": incoming.endpoint.host});
    let account = Account {
        op: "http.unknown",
        target: incoming.path(),
        principal: "",
        outcome: "NotFound",
        effects: &[],
        detail,
    };
    account.record(service);
    let body = json!({"error": {"code": "NotFound", "message": message}});
    incoming.end(&[], json_response(404, "application/json", &body))
}

/// The answer after a panic.
pub(super) fn crashed() -> Response {
    let body = json!({"error": {"code": "generalException", "message": "mock-tenant failed on this request; see its log"}});
    json_response(500, "application/json", &body)
}
