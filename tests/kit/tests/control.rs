//! The control API as a client sees it, over a socket.

#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::sync::{Arc, Mutex};

use kit::control::{ControlError, ControlParts, ControlPlane, Route, Snapshot, router};
use kit::faults::{Effect, Faults};
use kit::journal::Event;
use kit::server::{Listener, ServerHandle, serve_http};
use kit::{Clock, Journal};
use reqwest::{Client, Method, Response, StatusCode};
use serde_json::{Value, json};

/// A double whose whole state is one JSON value.
#[derive(Default)]
struct Slate(Mutex<Value>);

impl ControlPlane for Slate {
    fn service(&self) -> &'static str {
        "slate"
    }

    fn state(&self) -> Value {
        self.0.lock().unwrap().clone()
    }

    fn put_state(&self, state: Value) -> Result<(), ControlError> {
        if state.is_number() {
            return Err(ControlError::bad_request("bad_state", "a number is no state"));
        }
        *self.0.lock().unwrap() = state;
        Ok(())
    }

    fn load_world(&self, text: &str) -> Result<(), ControlError> {
        *self.0.lock().unwrap() = json!({"world": text});
        Ok(())
    }

    fn reset(&self) -> Result<(), ControlError> {
        *self.0.lock().unwrap() = Value::Null;
        Ok(())
    }

    fn snapshot(&self) -> Snapshot {
        Arc::new(self.state())
    }

    fn restore(&self, snapshot: &Snapshot) {
        *self.0.lock().unwrap() = snapshot.downcast_ref::<Value>().expect("our own snapshot").clone();
    }

    fn extra_routes(self: Arc<Self>) -> Vec<Route> {
        let handler = axum::routing::get(|| async { "extra" });
        vec![Route::new(Method::GET, "/extra", "something of its own", handler)]
    }
}

struct Bench {
    base: String,
    client: Client,
    parts: ControlParts,
    _server: ServerHandle,
}

impl Bench {
    async fn start(clock: Clock) -> Self {
        let journal = Journal::new(clock.clone());
        let parts = ControlParts { clock, journal, faults: Faults::new(1, &["a.read", "a.write"]) };
        let listener = Listener::bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let base = format!("http://{}", listener.addr());
        let server = serve_http(listener, router(&Arc::new(Slate::default()), parts.clone()));
        Self { base, client: Client::new(), parts, _server: server }
    }

    async fn send(&self, method: Method, path: &str, body: &str) -> Response {
        let request = self.client.request(method, format!("{}{path}", self.base)).body(body.to_owned());
        request.send().await.unwrap()
    }

    async fn ok(&self, method: Method, path: &str, body: &str) -> Value {
        let response = self.send(method, path, body).await;
        assert!(response.status().is_success(), "{path}: {}", response.status());
        serde_json::from_str(&response.text().await.unwrap()).unwrap_or_default()
    }

    async fn refused(&self, method: Method, path: &str, body: &str) -> (u16, String, String) {
        let response = self.send(method, path, body).await;
        let status = response.status().as_u16();
        let error: Value = response.json().await.unwrap();
        let text = |name: &str| error["error"][name].as_str().unwrap_or_else(|| panic!("{error}")).to_owned();
        (status, text("code"), text("message"))
    }
}

fn virtual_clock() -> Clock {
    Clock::virtual_at("2026-09-01T00:00:00Z".parse().unwrap())
}

#[tokio::test]
async fn state_is_put_kept_restored_and_reset() {
    let bench = Bench::start(virtual_clock()).await;
    assert_eq!(bench.ok(Method::GET, "/healthz", "").await["service"], "slate");
    bench.ok(Method::PUT, "/state", r#"{"a":1}"#).await;
    let id = bench.ok(Method::POST, "/snapshots", "").await["id"].as_str().unwrap().to_owned();
    bench.ok(Method::POST, "/world", "users: []").await;
    assert_eq!(bench.ok(Method::GET, "/state", "").await, json!({"world": "users: []"}));
    bench.ok(Method::POST, &format!("/snapshots/{id}/restore"), "").await;
    assert_eq!(bench.ok(Method::GET, "/state", "").await, json!({"a": 1}));
    bench.parts.journal.record(Event::new("a.read"));
    bench.ok(Method::POST, "/reset", "").await;
    assert_eq!(bench.ok(Method::GET, "/state", "").await, Value::Null);
    assert!(bench.parts.journal.since(0).is_empty());
    let gone = bench.refused(Method::POST, &format!("/snapshots/{id}/restore"), "").await;
    assert_eq!((gone.0, gone.1.as_str()), (404, "not_found"));
}

#[tokio::test]
async fn errors_are_in_the_envelope_and_say_where() {
    let bench = Bench::start(virtual_clock()).await;
    assert_eq!(
        bench.refused(Method::PUT, "/state", "7").await,
        (400, "bad_state".into(), "a number is no state".into())
    );
    let syntax = bench.refused(Method::PUT, "/state", "{\n\"a\" 1}").await;
    assert_eq!((syntax.0, syntax.1.as_str()), (400, "bad_body"));
    assert!(syntax.2.contains("line 2 column 5"), "{}", syntax.2);
    assert_eq!(bench.refused(Method::GET, "/nothing", "").await.0, 404);
    assert_eq!(bench.refused(Method::DELETE, "/state", "").await.1, "method_not_allowed");
    assert_eq!(bench.refused(Method::GET, "/journal?since=x", "").await.1, "bad_query");
}

#[tokio::test]
async fn the_journal_comes_as_lines() {
    let bench = Bench::start(virtual_clock()).await;
    for target in ["x", "y"] {
        bench.parts.journal.record(Event::new("a.write").target(target));
    }
    let response = bench.send(Method::GET, "/journal?since=1", "").await;
    assert_eq!(response.headers()["journal-dropped"], "0");
    let text = response.text().await.unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((lines.len(), &lines[0]["target"], text.ends_with('\n')), (1, &json!("y"), true));
}

#[tokio::test]
async fn faults_are_put_read_and_deleted() {
    let bench = Bench::start(virtual_clock()).await;
    let plan = r#"{"rules":[{"when":{"op":"a.*"},"then":[{"busy":{}}]}]}"#;
    bench.ok(Method::PUT, "/faults", plan).await;
    assert_eq!(bench.parts.faults.decide("a.read", ""), [Effect::Busy {}]);
    assert_eq!(bench.ok(Method::GET, "/faults", "").await, serde_json::from_str::<Value>(plan).unwrap());
    let wrong = bench.refused(Method::PUT, "/faults", &plan.replace("a.*", "b.*")).await;
    assert_eq!((wrong.0, wrong.1.as_str()), (400, "bad_fault_plan"));
    assert!(wrong.2.contains("known: a.read, a.write"), "{}", wrong.2);
    bench.ok(Method::DELETE, "/faults", "").await;
    assert!(bench.parts.faults.get().rules.is_empty());
}

#[tokio::test]
async fn a_virtual_clock_moves_and_a_real_one_does_not() {
    let bench = Bench::start(virtual_clock()).await;
    let moved = bench.ok(Method::POST, "/clock", r#"{"advance":"PT1H"}"#).await;
    assert_eq!(moved, json!({"now": "2026-09-01T01:00:00Z", "virtual": true}));
    bench.ok(Method::POST, "/clock", r#"{"advance":"P1DT1M"}"#).await;
    assert_eq!(bench.parts.clock.now().to_string(), "2026-09-02T01:01:00Z");
    bench.ok(Method::POST, "/clock", r#"{"set":"2027-01-01T00:00:00Z"}"#).await;
    assert_eq!(bench.ok(Method::GET, "/clock", "").await["now"], "2027-01-01T00:00:00Z");
    assert_eq!(bench.refused(Method::POST, "/clock", r#"{"set":"noon"}"#).await.0, 400);

    let real = Bench::start(Clock::real()).await;
    let refused = real.refused(Method::POST, "/clock", r#"{"advance":"PT1H"}"#).await;
    assert_eq!((refused.0, refused.1.as_str()), (409, "real_clock"));
}

#[tokio::test]
async fn expectations_count_from_when_they_are_stated() {
    let bench = Bench::start(virtual_clock()).await;
    bench.parts.journal.record(Event::new("a.write").target("x"));
    let stated = r#"[{"op":"a.write","times":1},{"op":"a.*","target":"y","times":{"max":0}},{"op":"a.read","times":{"min":1,"max":2}}]"#;
    bench.ok(Method::POST, "/expectations", stated).await;
    bench.parts.journal.record(Event::new("a.write").target("y"));
    let verdict = bench.ok(Method::POST, "/verify", "").await;
    assert_eq!(verdict["ok"], false);
    let messages: Vec<_> =
        verdict["failures"].as_array().unwrap().iter().map(|failure| &failure["message"]).collect();
    assert_eq!(messages, ["expected a.* on y at most 0 times, saw 1", "expected a.read 1 to 2 times, saw 0"]);
    assert_eq!(verdict["failures"][0]["entries"], json!([2]));

    bench.ok(Method::DELETE, "/expectations", "").await;
    bench.ok(Method::POST, "/expectations", r#"{"op":"a.write","times":0}"#).await;
    assert_eq!(bench.ok(Method::POST, "/verify", "").await, json!({"ok": true, "failures": []}));
    assert_eq!(
        bench.refused(Method::POST, "/expectations", r#"[{"op":"a.write","times":"often"}]"#).await.0,
        400
    );
}

#[tokio::test]
async fn pages_from_elsewhere_are_refused() {
    let bench = Bench::start(virtual_clock()).await;
    let url = format!("{}/state", bench.base);
    for (name, value, expected) in [
        ("host", "rebound.example.test", StatusCode::FORBIDDEN),
        ("origin", "https://example.test", StatusCode::FORBIDDEN),
        ("origin", "null", StatusCode::FORBIDDEN),
        ("host", "localhost:1", StatusCode::OK),
        ("origin", "http://localhost:3000", StatusCode::OK),
    ] {
        let response = bench.client.get(&url).header(name, value).send().await.unwrap();
        assert_eq!(response.status(), expected, "{name}: {value}");
    }
}

#[tokio::test]
async fn the_description_lists_every_route_once() {
    let bench = Bench::start(virtual_clock()).await;
    let document = bench.ok(Method::GET, "/openapi.json", "").await;
    let paths = document["paths"].as_object().unwrap();
    for path in ["/healthz", "/state", "/snapshots/{id}/restore", "/verify", "/openapi.json", "/extra"] {
        assert!(paths.contains_key(path), "{path}");
    }
    assert_eq!(paths["/faults"].as_object().unwrap().keys().collect::<Vec<_>>(), ["get", "put", "delete"]);
    let mut ids: Vec<_> = paths
        .values()
        .flat_map(|path| path.as_object().unwrap().values())
        .map(|operation| operation["operationId"].as_str().unwrap())
        .collect();
    ids.sort_unstable();
    let count = ids.len();
    ids.dedup();
    assert_eq!(ids.len(), count);
    assert_eq!(paths["/snapshots/{id}/restore"]["post"]["parameters"][0]["name"], "id");
}
