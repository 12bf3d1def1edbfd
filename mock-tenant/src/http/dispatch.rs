//! Which face answers.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::Response;
use tower_http::catch_panic::CatchPanicLayer;

use super::face::{Face, face_of};
use super::request::{Incoming, crashed, not_found};
use super::{ews, exchange, graph, provisioning, signin};
use crate::server::Service;

/// A listener's view of the service: links must lead back by the same scheme.
#[derive(Clone)]
pub(super) struct Shell {
    pub(super) service: Arc<Service>,
    pub(super) scheme: &'static str,
}

/// Everything the tenant serves, by path and by Host header. A panic ends one request with a 500 and nothing else.
pub(crate) fn router(service: Arc<Service>, scheme: &'static str) -> Router {
    Router::new()
        .fallback(dispatch)
        .with_state(Shell { service, scheme })
        .layer(CatchPanicLayer::custom(|_panic| crashed()))
}

async fn dispatch(State(shell): State<Shell>, request: Request) -> Response {
    let incoming = Incoming::new(&shell, request);
    let service = &shell.service;
    match face_of(&incoming.endpoint.host, incoming.path()) {
        Face::Graph => graph::serve(service, incoming).await,
        Face::SignIn => signin::serve(service, incoming).await,
        Face::Provisioning => provisioning::serve(service, incoming).await,
        Face::Ews => ews::serve(service, incoming).await,
        Face::Exchange => exchange::admin_api(service, incoming).await,
        Face::None => not_found(service, incoming).await,
    }
}
