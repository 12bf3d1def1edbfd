//! The state of the directory as JSON.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::{Map, Value, json};

use crate::directory::{Directory, EntryView};

/// `{"domain", "base_dn", "highest_committed_usn", "entries": [{"dn", "attributes": {name: [text | {"b64"}]}}]}`
pub(crate) fn json(directory: &Directory) -> Value {
    let entries: Vec<Value> = directory.entries().iter().map(entry).collect();
    json!({
        "domain": directory.settings().domain,
        "base_dn": directory.base_dn(),
        "highest_committed_usn": directory.highest_usn(),
        "entries": entries,
    })
}

fn entry(view: &EntryView) -> Value {
    let attributes = view.attributes.iter();
    let attributes: Map<String, Value> =
        attributes.map(|(name, values)| (name.clone(), values.iter().map(value).collect())).collect();
    json!({"dn": view.dn, "attributes": attributes})
}

/// Text as text, other octets in base64, as in worlds.
fn value(octets: &Bytes) -> Value {
    match std::str::from_utf8(octets) {
        Ok(text) if !text.chars().any(char::is_control) => text.into(),
        _ => json!({"b64": STANDARD.encode(octets)}),
    }
}
