//! The router, and the handlers of the routes that all doubles have.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::{DefaultBodyLimit, Path, Query};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post, put};
use axum::{Json, Router, middleware};
use http::header::CONTENT_TYPE;
use http::{HeaderName, Method, StatusCode};
use jiff::{Span, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};

use super::expectations::Stated;
use super::payload::{Payload, Text};
use super::{
    Body, ControlError, ControlParts, ControlPlane, Expectation, Failure, Route, Snapshot, guard, openapi,
};
use crate::faults::FaultPlan;

/// The largest request body: a dump of a big domain fits.
const BODY_LIMIT: usize = 64 * 1024 * 1024;

/// How many snapshots are kept at once.
const MAX_SNAPSHOTS: usize = 1_000;

/// Tells how many journal lines were dropped because the journal was full.
const DROPPED: HeaderName = HeaderName::from_static("journal-dropped");

type Answer<T = Json<Value>> = Result<T, ControlError>;

/// The whole control API of a double, refusing whoever is not local.
pub fn router<P: ControlPlane>(plane: &Arc<P>, parts: ControlParts) -> Router {
    let api = Arc::new(Api { plane: plane.clone(), parts, book: Mutex::default() });
    let mut routes = common_routes(&api);
    routes.extend(plane.clone().extra_routes());
    let document = openapi::document(plane.service(), &with_openapi(&routes));
    routes.push(openapi_route(document));
    let router =
        routes.into_iter().fold(Router::new(), |router, route| router.route(route.path, route.handler));
    router
        .fallback(|| async { ControlError::not_found("no such path; GET /openapi.json lists them all") })
        .method_not_allowed_fallback(wrong_method)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(middleware::from_fn(guard::only_local))
}

/// What the handlers share.
struct Api<P> {
    plane: Arc<P>,
    parts: ControlParts,
    book: Mutex<Book>,
}

#[derive(Default)]
struct Book {
    snapshots: BTreeMap<u64, Snapshot>,
    last_snapshot: u64,
    expectations: Vec<Stated>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Since {
    #[serde(default)]
    since: u64,
}

/// `{"advance":"PT1H"}` or `{"set":"RFC3339"}`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
enum ClockMove {
    Advance(Span),
    Set(Timestamp),
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a list of expectations, or one")]
enum OneOrMany {
    Many(Vec<Expectation>),
    One(Expectation),
}

impl<P> Api<P> {
    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

type Shared<P> = axum::extract::State<Arc<Api<P>>>;

fn common_routes<P: ControlPlane>(api: &Arc<Api<P>>) -> Vec<Route> {
    let at = |handler: axum::routing::MethodRouter<Arc<Api<P>>>| handler.with_state(api.clone());
    vec![
        Route::new(Method::GET, "/healthz", "whether the double serves", at(get(healthz))).gives(Body::Json),
        Route::new(Method::GET, "/state", "the whole state", at(get(state))).gives(Body::Json),
        Route::new(Method::PUT, "/state", "replaces the whole state", at(put(put_state))).takes(Body::Json),
        Route::new(Method::POST, "/world", "adds a world, YAML or JSON", at(post(world)))
            .takes(Body::Text("application/yaml")),
        Route::new(Method::POST, "/reset", "back to how the double was started", at(post(reset))),
        Route::new(Method::POST, "/snapshots", "keeps the state as it is now", at(post(snapshot)))
            .gives(Body::Json),
        Route::new(Method::POST, "/snapshots/{id}/restore", "back to a kept state", at(post(restore))),
        Route::new(Method::GET, "/journal", "what was asked of the double", at(get(journal)))
            .gives(Body::JsonLines)
            .query(&[("since", "only lines after this number")]),
        Route::new(Method::GET, "/faults", "the fault plan in force", at(get(faults))).gives(Body::Json),
        Route::new(Method::PUT, "/faults", "puts a fault plan in force", at(put(put_faults)))
            .takes(Body::Json),
        Route::new(Method::DELETE, "/faults", "no more faults", at(delete(clear_faults))),
        Route::new(Method::GET, "/clock", "the double's time", at(get(clock))).gives(Body::Json),
        Route::new(Method::POST, "/clock", "moves a virtual clock", at(post(move_clock)))
            .takes(Body::Json)
            .gives(Body::Json),
        Route::new(
            Method::POST,
            "/expectations",
            "states how often operations are to happen from now on",
            at(post(expect)),
        )
        .takes(Body::Json),
        Route::new(Method::DELETE, "/expectations", "forgets all expectations", at(delete(forget))),
        Route::new(Method::POST, "/verify", "judges the expectations on the journal", at(post(verify)))
            .gives(Body::Json),
    ]
}

fn openapi_route(document: Value) -> Route {
    let document = Arc::new(document);
    let handler = get(move || async move { Json(document.as_ref().clone()) });
    Route::new(Method::GET, "/openapi.json", "this description", handler).gives(Body::Json)
}

/// The description lists itself too.
fn with_openapi(routes: &[Route]) -> Vec<Route> {
    routes.iter().cloned().chain([openapi_route(Value::Null)]).collect()
}

async fn wrong_method(method: Method, uri: http::Uri) -> ControlError {
    let message = format!("{} takes no {method}; GET /openapi.json lists what there is", uri.path());
    ControlError { status: StatusCode::METHOD_NOT_ALLOWED, code: "method_not_allowed", message }
}

async fn healthz<P: ControlPlane>(api: Shared<P>) -> Json<Value> {
    Json(json!({"status": "ok", "service": api.plane.service()}))
}

async fn state<P: ControlPlane>(api: Shared<P>) -> Json<Value> {
    Json(api.plane.state())
}

async fn put_state<P: ControlPlane>(api: Shared<P>, Payload(state): Payload<Value>) -> Answer<StatusCode> {
    api.plane.put_state(state)?;
    Ok(StatusCode::NO_CONTENT)
}

async fn world<P: ControlPlane>(api: Shared<P>, Text(text): Text) -> Answer<StatusCode> {
    api.plane.load_world(&text)?;
    Ok(StatusCode::NO_CONTENT)
}

async fn reset<P: ControlPlane>(api: Shared<P>) -> Answer<StatusCode> {
    api.plane.reset()?;
    api.parts.faults.reset();
    api.parts.journal.clear();
    let mut book = api.book();
    *book = Book { last_snapshot: book.last_snapshot, ..Book::default() };
    Ok(StatusCode::NO_CONTENT)
}

async fn snapshot<P: ControlPlane>(api: Shared<P>) -> Answer<(StatusCode, Json<Value>)> {
    let mut book = api.book();
    if book.snapshots.len() >= MAX_SNAPSHOTS {
        let message = format!("{MAX_SNAPSHOTS} snapshots are kept already; POST /reset drops them");
        return Err(ControlError::conflict("too_many_snapshots", message));
    }
    book.last_snapshot += 1;
    let id = book.last_snapshot;
    book.snapshots.insert(id, api.plane.snapshot());
    Ok((StatusCode::CREATED, Json(json!({"id": id.to_string()}))))
}

async fn restore<P: ControlPlane>(api: Shared<P>, Path(id): Path<String>) -> Answer<StatusCode> {
    let kept = id.parse().ok().and_then(|id: u64| api.book().snapshots.get(&id).cloned());
    let Some(kept) = kept else {
        return Err(ControlError::not_found(format!("there is no snapshot {id:?}")));
    };
    api.plane.restore(&kept);
    Ok(StatusCode::NO_CONTENT)
}

async fn journal<P: ControlPlane>(
    api: Shared<P>,
    query: Result<Query<Since>, axum::extract::rejection::QueryRejection>,
) -> Answer<Response> {
    let since = query.map_err(|error| ControlError::bad_request("bad_query", error.body_text()))?.since;
    let journal = &api.parts.journal;
    let lines: Result<Vec<String>, _> = journal.since(since).iter().map(serde_json::to_string).collect();
    let mut lines = lines.map_err(|error| ControlError::bad_request("bad_journal", error.to_string()))?;
    lines.push(String::new());
    let headers = [(CONTENT_TYPE, "application/jsonl".to_owned()), (DROPPED, journal.dropped().to_string())];
    Ok((headers, lines.join("\n")).into_response())
}

async fn faults<P: ControlPlane>(api: Shared<P>) -> Json<FaultPlan> {
    Json(api.parts.faults.get())
}

async fn put_faults<P: ControlPlane>(
    api: Shared<P>,
    Payload(plan): Payload<FaultPlan>,
) -> Answer<StatusCode> {
    api.parts.faults.set(plan)?;
    Ok(StatusCode::NO_CONTENT)
}

async fn clear_faults<P: ControlPlane>(api: Shared<P>) -> StatusCode {
    api.parts.faults.clear();
    StatusCode::NO_CONTENT
}

async fn clock<P: ControlPlane>(api: Shared<P>) -> Json<Value> {
    let clock = &api.parts.clock;
    Json(json!({"now": clock.now(), "virtual": clock.is_virtual()}))
}

async fn move_clock<P: ControlPlane>(api: Shared<P>, Payload(step): Payload<ClockMove>) -> Answer {
    let clock = &api.parts.clock;
    let now = match step {
        ClockMove::Advance(step) => clock.advance_span(step)?,
        ClockMove::Set(to) => clock.set(to)?,
    };
    Ok(Json(json!({"now": now, "virtual": true})))
}

async fn expect<P: ControlPlane>(api: Shared<P>, Payload(stated): Payload<OneOrMany>) -> Answer<StatusCode> {
    let stated = match stated {
        OneOrMany::Many(many) => many,
        OneOrMany::One(one) => vec![one],
    };
    let since = api.parts.journal.last_seq();
    let stated = stated.into_iter().map(|expectation| Stated { expectation, since });
    api.book().expectations.extend(stated);
    Ok(StatusCode::NO_CONTENT)
}

async fn forget<P: ControlPlane>(api: Shared<P>) -> StatusCode {
    api.book().expectations.clear();
    StatusCode::NO_CONTENT
}

async fn verify<P: ControlPlane>(api: Shared<P>) -> Json<Value> {
    let stated = api.book().expectations.clone();
    let failures: Vec<Failure> =
        stated.iter().filter_map(|stated| stated.verify(&api.parts.journal)).collect();
    Json(json!({"ok": failures.is_empty(), "failures": failures}))
}
