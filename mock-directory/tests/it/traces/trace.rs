//! The file of traces.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::Value;

/// One recorded operation.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Trace {
    pub(super) id: String,
    pub(super) area: String,
    pub(super) request: Value,
    pub(super) response: Value,
    pub(super) windows: Option<String>,
    pub(super) scenario: Option<String>,
    pub(super) seq: Option<usize>,
    pub(super) conn: Option<String>,
}

pub(super) fn load() -> Vec<Trace> {
    let text = std::fs::read_to_string("../tests/fixtures/corp-ad/traces.jsonl").unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// `{"t": text}` or `{"b64": octets}`.
pub(super) fn octets(value: &Value) -> Bytes {
    match value["t"].as_str() {
        Some(text) => Bytes::from(text.to_owned()),
        None => base64(value["b64"].as_str().unwrap()),
    }
}

pub(super) fn base64(text: &str) -> Bytes {
    STANDARD.decode(text).unwrap().into()
}
