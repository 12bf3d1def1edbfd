//! Bodies that are too large, too slow, unwanted or too many.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::Body;
use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use http::{Request, StatusCode};
use http_body_util::BodyExt;
use jiff::Timestamp;
use kit::Clock;
use tower::ServiceExt;

use super::{Memory, router};
use crate::MockTenant;
use crate::server::Service;

const SERVICE: &str = "http://localhost/provisioningservice.svc";
const SOAP: &str = "application/soap+xml";
const CHUNK: usize = 64 * 1024;

fn service() -> Arc<Service> {
    let noon: Timestamp = "2026-09-01T12:00:00Z".parse().unwrap();
    Arc::new(MockTenant::builder().clock(Clock::virtual_at(noon)).service().unwrap())
}

/// A good token for the provisioning service.
fn bearer(service: &Service) -> String {
    let app = &service.authority.apps[0];
    let secret = app.secrets().next().unwrap().reveal();
    let form = format!(
        "client_id={}&client_secret={secret}&grant_type=client_credentials&resource=https%3A%2F%2Fgraph.windows.net",
        app.client_id
    );
    let path = format!("/{}/oauth2/token", service.authority.tenant_id);
    let face = crate::faces::face_of("localhost", &path);
    let endpoint = crate::signin::Endpoint { scheme: "http", host: "localhost".to_owned() };
    let (method, uri) = (http::Method::POST, path.parse().unwrap());
    let mut request = crate::pipeline::Request::new(service, endpoint, method, uri, http::HeaderMap::new());
    request.payload = crate::pipeline::Payload::Whole(form.into());
    let answer = face.serve(service, &request);
    let answer: serde_json::Value = serde_json::from_slice(answer.body()).unwrap();
    format!("Bearer {}", answer["access_token"].as_str().unwrap())
}

/// Chunks of a body, and how many of them were taken.
fn chunks(count: usize) -> (impl Stream<Item = Result<Bytes, Infallible>>, Arc<AtomicUsize>) {
    let taken = Arc::new(AtomicUsize::new(0));
    let counter = taken.clone();
    let chunk = Bytes::from(vec![b' '; CHUNK]);
    let chunks = stream::iter(0..count).map(move |_| {
        counter.fetch_add(1, Ordering::Relaxed);
        Ok(chunk.clone())
    });
    (chunks, taken)
}

async fn send(service: &Arc<Service>, request: Request<Body>) -> (StatusCode, String) {
    let answer = router(service.clone(), Memory::default(), "http").oneshot(request).await.unwrap();
    let status = answer.status();
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8_lossy(&body).into_owned())
}

fn outcomes(service: &Service) -> Vec<(String, String)> {
    service.journal.since(0).into_iter().map(|entry| (entry.op, entry.outcome)).collect()
}

#[tokio::test]
async fn without_a_token_a_body_is_not_read() {
    let service = service();
    for (url, content_type, status, op, outcome) in [
        (
            "http://localhost/v1.0/users",
            "application/json",
            401,
            "graph.users.create",
            "InvalidAuthenticationToken",
        ),
        ("http://localhost/EWS/Exchange.asmx", "text/xml", 401, "ews.resolve_names", "Unauthorized"),
        (SERVICE, SOAP, 500, "provisioning.unknown", "AuthenticationFailed"),
    ] {
        let (chunks, taken) = chunks(500);
        let request =
            Request::post(url).header("content-type", content_type).body(Body::from_stream(chunks)).unwrap();
        let (got, _) = send(&service, request).await;
        let read = taken.load(Ordering::Relaxed);
        assert!(got == status && read <= 2, "{url}: {got}, {read} chunks read");
        assert_eq!(outcomes(&service).pop().unwrap(), (op.to_owned(), outcome.to_owned()));
    }
}

#[tokio::test]
async fn a_length_that_is_too_large_is_refused_before_a_byte_is_read() {
    let service = service();
    let request = Request::post(SERVICE)
        .header("authorization", bearer(&service))
        .header("content-type", SOAP)
        .header("content-length", "10000000000")
        .body(Body::from_stream(stream::pending::<Result<Bytes, Infallible>>()))
        .unwrap();
    let (status, body) = send(&service, request).await;
    assert_eq!(status, 500);
    assert!(body.contains("maximum message size quota"), "{body}");
}

#[tokio::test]
async fn a_length_that_was_not_told_ends_in_the_same_fault() {
    let service = service();
    let (chunks, taken) = chunks(70 * 1024 * 1024 / CHUNK);
    let request = Request::post(SERVICE)
        .header("authorization", bearer(&service))
        .header("content-type", SOAP)
        .body(Body::from_stream(chunks))
        .unwrap();
    let (status, body) = send(&service, request).await;
    assert_eq!(status, 500);
    assert!(body.contains("maximum message size quota"), "{body}");
    assert!(taken.load(Ordering::Relaxed) <= 64 * 1024 * 1024 / CHUNK + 1);
}

#[tokio::test(start_paused = true)]
async fn a_body_that_does_not_come_is_given_up() {
    let service = service();
    let start = tokio::time::Instant::now();
    let endless = stream::iter([Ok::<_, Infallible>(Bytes::from_static(b"{"))]).chain(stream::pending());
    let path = format!("http://localhost/{}/oauth2/token", service.authority.tenant_id);
    let (status, _) = send(&service, Request::post(path).body(Body::from_stream(endless)).unwrap()).await;
    assert_eq!((status.as_u16(), start.elapsed()), (408, super::body::PATIENCE));
}

#[tokio::test]
async fn a_media_type_that_no_encoding_has_is_415() {
    let service = service();
    let graph_token = bearer(&service);
    let (status, body) = send(
        &service,
        Request::post(SERVICE)
            .header("authorization", &graph_token)
            .header("content-type", "application/json")
            .body(Body::from("{}"))
            .unwrap(),
    )
    .await;
    assert_eq!(status, 415);
    assert!(body.contains("application/json"), "{body}");
}

#[tokio::test]
async fn big_bodies_wait_for_the_memory_that_others_hold() {
    let (service, memory) = (service(), Memory::default());
    let held = memory.share(super::memory::CAPACITY).await;
    let (chunks, taken) = chunks(16);
    let request = Request::post(SERVICE)
        .header("authorization", bearer(&service))
        .header("content-type", SOAP)
        .header("content-length", (16 * CHUNK).to_string())
        .body(Body::from_stream(chunks))
        .unwrap();
    let router = router(service.clone(), memory.clone(), "http");
    let answer = tokio::spawn(router.oneshot(request));
    while taken.load(Ordering::Relaxed) < 1 {
        tokio::task::yield_now().await;
    }
    for _ in 0..50 {
        tokio::task::yield_now().await;
    }
    assert!(!answer.is_finished() && taken.load(Ordering::Relaxed) <= 2);
    drop(held);
    assert_eq!(answer.await.unwrap().unwrap().status(), 500, "sixteen chunks of white space are no message");
    assert_eq!(memory.free(), super::memory::CAPACITY);
}
