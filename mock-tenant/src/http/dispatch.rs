//! From a request on the wire to its face, and back.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request as WireRequest, State};
use axum::response::Response as WireResponse;
use kit::transport::ConnHandle;
use serde_json::json;
use tower_http::catch_panic::CatchPanicLayer;

use super::body::receive;
use super::memory::Memory;
use crate::faces::{MANAGED_IDENTITY, face_of};
use crate::pipeline::{self, Caller, Face, Request, Response, effects_of, text};
use crate::server::Service;
use crate::signin::Endpoint;

/// Bytes of a body from which on its answer has a thread of its own.
const LARGE: usize = 1024 * 1024;

/// A listener's view of the service: links must lead back by the same scheme.
#[derive(Clone)]
struct Shell {
    service: Arc<Service>,
    memory: Memory,
    scheme: &'static str,
    which: Which,
}

/// From host and path to a face.
type Which = fn(&str, &str) -> &'static Face;

/// Everything the tenant serves, by path and by Host header. A panic ends one request with a 500 and nothing else.
/// Listeners of one tenant share the memory of their bodies.
pub(crate) fn router(service: Arc<Service>, memory: Memory, scheme: &'static str) -> Router {
    shell(Shell { service, memory, scheme, which: face_of })
}

/// The identities of a machine, and nothing else.
pub(crate) fn managed_identity(service: Arc<Service>, memory: Memory) -> Router {
    shell(Shell { service, memory, scheme: "http", which: |_, _| &MANAGED_IDENTITY })
}

fn shell(shell: Shell) -> Router {
    Router::new()
        .fallback(dispatch)
        .with_state(shell)
        .layer(CatchPanicLayer::custom(|_panic| written(crashed())))
}

async fn dispatch(State(shell): State<Shell>, request: WireRequest) -> WireResponse {
    let (parts, body) = request.into_parts();
    let connection = parts.extensions.get::<ConnHandle>().cloned().unwrap_or_default();
    let endpoint = endpoint(&parts, shell.scheme);
    let service = &shell.service;
    let mut request = Request::new(service, endpoint, parts.method, parts.uri, parts.headers);
    let face = (shell.which)(&request.endpoint.host, request.path());
    let (caller, share) = receive(service, face, &mut request, body, &shell.memory).await;
    let response = answered(service.clone(), face, request, caller).await;
    drop(share);
    // the answer is ready: ending the connection before would end this handler
    connection.apply(effects_of(&response));
    written(response)
}

/// The face's answer. What takes long to read is read where it does not hold up the others.
async fn answered(service: Arc<Service>, face: &'static Face, request: Request, caller: Caller) -> Response {
    if request.body().len() <= LARGE {
        return (face.answer)(&service, &request, &caller);
    }
    let work = tokio::task::spawn_blocking(move || (face.answer)(&service, &request, &caller));
    work.await.unwrap_or_else(|_| crashed())
}

/// How the double was reached: HTTP/2 tells the host in the URI, HTTP/1.1 in a header.
fn endpoint(parts: &http::request::Parts, scheme: &'static str) -> Endpoint {
    let host = parts.uri.authority().map(|authority| authority.as_str().to_owned());
    let host = host.or_else(|| text(&parts.headers, "host").map(str::to_owned));
    Endpoint { scheme, host: host.unwrap_or_else(|| "localhost".to_owned()) }
}

fn written(response: Response) -> WireResponse {
    response.map(Body::from)
}

/// The answer after a panic.
fn crashed() -> Response {
    let body = json!({"error": {"code": "generalException", "message": "mock-tenant failed on this request; see its log"}});
    pipeline::json(500, "application/json", &body)
}
