//! `$batch`: each part goes through the stages of a call of its own.
//! Source: learn.microsoft.com/graph/json-batching.

use std::collections::BTreeSet;

use base64::prelude::*;
use http::{HeaderMap, HeaderName, Method, Uri};
use kit::faults::Effect;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value as Json, json};

use super::asked::{read_version, split};
use super::faults::refusal;
use super::render::{Metered, render};
use super::stages::{arrived, call, refused, told};
use crate::graph::{BatchPart, GraphError, Reply, is_json, parse_batch};
use crate::ops::{self, Op};
use crate::pipeline::{Caller, Operation, Payload, Request, Response, effects_of, empty, told as journalled};
use crate::server::Service;

const BATCH: &Op = ops::known("graph.batch");

/// Headers of a part's answer that are told, as they are spelt in a batch.
const TOLD: &[(&str, &str)] = &[
    ("location", "Location"),
    ("cache-control", "Cache-Control"),
    ("retry-after", "Retry-After"),
    ("x-ms-resource-unit", "x-ms-resource-unit"),
    ("x-ms-throttle-limit-percentage", "x-ms-throttle-limit-percentage"),
    ("x-ms-throttle-scope", "x-ms-throttle-scope"),
    ("x-ms-throttle-information", "x-ms-throttle-information"),
    ("preference-applied", "Preference-Applied"),
    ("www-authenticate", "WWW-Authenticate"),
    ("odata-version", "OData-Version"),
    ("etag", "ETag"),
    ("content-type", "Content-Type"),
];

/// Headers of the batch that its parts take over.
const INHERITED: &[&str] = &["authorization", "client-request-id"];

/// Whether a path after the version is the batch's.
pub(super) fn is_batch(path: &str) -> bool {
    let path = percent_decode_str(path.trim_end_matches('/')).decode_utf8_lossy();
    path.eq_ignore_ascii_case("$batch")
}

/// Answers a batch: its parts leave their own lines in the journal, then the batch leaves one.
pub(super) fn answer(service: &Service, request: &Request, caller: &Caller) -> Response {
    let mut operation = Operation::new(service, BATCH, "$batch", caller.principal());
    let admitted = admit(request, caller, &mut operation);
    if admitted.is_ok() && operation.closes_before() {
        let effects = operation.end("closed", json!({"status": 0}));
        return request.end(&effects, empty(200));
    }
    let mut effects = Vec::new();
    let answer = admitted.map(|parts| {
        let (responses, of_parts) = run(service, request, caller, parts);
        effects = of_parts;
        Reply::ok(json!({ "responses": responses }))
    });
    let (outcome, status) = told(&answer);
    let of_batch = operation.end(outcome, detail(request, &answer, status));
    effects.extend(of_batch);
    request.end(&effects, render(service, request, caller.principal(), &answer, Metered::default()))
}

fn admit(
    request: &Request,
    caller: &Caller,
    operation: &mut Operation<'_>,
) -> Result<Vec<BatchPart>, GraphError> {
    if !matches!(caller, Caller::Token(_)) {
        return Err(refused(caller).into());
    }
    arrived(&request.payload)?;
    let (version, _) = split(request.path());
    read_version(version)?;
    if request.method != Method::POST {
        let message = "Specified HTTP method is not allowed for the request target.";
        return Err(GraphError::new(405, "Request_BadRequest", message));
    }
    let parts = parse_batch(request.body())?;
    operation.meet_faults();
    let refused = operation.effects().iter().find_map(|effect| refusal(effect, request, BATCH, &[]));
    refused.map_or(Ok(parts), Err)
}

/// What the journal tells of a batch: how each part ended.
fn detail(request: &Request, answer: &Result<Reply, GraphError>, status: u16) -> Json {
    let responses = answer.as_ref().ok().and_then(|reply| reply.body.as_ref()?.get("responses")?.as_array());
    let parts: Vec<Json> = responses
        .into_iter()
        .flatten()
        .map(|part| json!({"id": part["id"], "status": part["status"]}))
        .collect();
    let mut detail = journalled(request, status);
    detail["parts"] = parts.into();
    detail
}

/// Runs the parts in their order; what depends on one that failed is not carried out. A connection that is closed before
/// a part is carried out is closed before the later ones too.
fn run(
    service: &Service,
    request: &Request,
    caller: &Caller,
    parts: Vec<BatchPart>,
) -> (Vec<Json>, Vec<Effect>) {
    let (mut responses, mut effects, mut failed) = (Vec::new(), Vec::new(), BTreeSet::new());
    for part in parts {
        let depends = part.depends_on.iter().any(|id| failed.contains(&id.to_lowercase()));
        let response =
            if depends { failed_dependency(service, request) } else { one(service, request, caller, &part) };
        effects.extend(effects_of(&response).iter().cloned());
        if effects.contains(&Effect::CloseBefore {}) {
            break;
        }
        if response.status().as_u16() >= 400 {
            failed.insert(part.id.to_lowercase());
        }
        responses.push(told_part(&part.id, &response));
    }
    (responses, effects)
}

/// One part through the stages of a call.
fn one(service: &Service, request: &Request, caller: &Caller, part: &BatchPart) -> Response {
    let (version, _) = split(request.path());
    let uri = uri(request, version, &part.url);
    let Some(uri) = uri.filter(|uri| !is_batch(split(uri.path()).1)) else {
        let message = format!("Invalid request URL '{}' in a batch.", part.url);
        return refuse(service, request, GraphError::new(400, "BadRequest", message));
    };
    let mut headers = part.headers.clone();
    inherit(&mut headers, &request.headers);
    let mut inner = Request::new(service, request.endpoint.clone(), part.method.clone(), uri, headers);
    inner.payload = Payload::Whole(part.body.clone());
    call(service, &inner, caller)
}

/// The address of a part below the batch's version. Spaces and quotes come as they are: they are escaped here.
fn uri(request: &Request, version: &str, url: &str) -> Option<Uri> {
    let base = format!("{}/{version}/", request.endpoint.origin());
    let url = url::Url::parse(&format!("{base}{}", url.trim_start_matches('/'))).ok()?;
    let within = url.path().starts_with(&format!("/{version}/"));
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    if within { format!("{}{query}", url.path()).parse().ok() } else { None }
}

fn inherit(headers: &mut HeaderMap, batch: &HeaderMap) {
    for name in INHERITED {
        if let Some(value) = batch.get(*name) {
            headers.entry(HeaderName::from_static(name)).or_insert_with(|| value.clone());
        }
    }
}

fn failed_dependency(service: &Service, request: &Request) -> Response {
    refuse(service, request, GraphError::new(424, "FailedDependency", "Failed Dependency"))
}

/// A part that never became a call.
fn refuse(service: &Service, request: &Request, error: GraphError) -> Response {
    render(service, request, "", &Err(error), Metered::default())
}

/// A part's answer as it stands in the batch's.
fn told_part(id: &str, response: &Response) -> Json {
    let headers: Map<String, Json> = TOLD
        .iter()
        .filter_map(|(name, spelt)| {
            let value = response.headers().get(*name)?.to_str().ok()?;
            Some(((*spelt).to_owned(), value.into()))
        })
        .collect();
    let mut part = json!({"id": id, "status": response.status().as_u16(), "headers": headers});
    if !response.body().is_empty() {
        part["body"] = body_of(response);
    }
    part
}

fn body_of(response: &Response) -> Json {
    let json = is_json(response.headers()).then(|| serde_json::from_slice(response.body()).ok());
    json.flatten().unwrap_or_else(|| BASE64_STANDARD.encode(response.body()).into())
}
