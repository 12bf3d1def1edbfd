//! The tenant as the oracle sees it: the contract's state document.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use crate::case::{Attribute, ObjectKind};

/// One object.
#[derive(Debug, Clone, PartialEq)]
pub struct TenantObject {
    /// Kind.
    pub kind: ObjectKind,
    /// Everything the state says about it.
    pub properties: Map<String, Value>,
}

/// All objects at one moment, deleted ones too.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TenantView {
    /// In the order of the state document.
    pub objects: Vec<TenantObject>,
}

impl TenantView {
    /// Reads a state document.
    #[must_use]
    pub fn from_state(state: &Value) -> Self {
        let mut objects = Vec::new();
        for (list, kind) in [
            ("users", ObjectKind::User),
            ("contacts", ObjectKind::Contact),
            ("groups", ObjectKind::Group),
            ("devices", ObjectKind::Device),
        ] {
            let found = state.get(list).and_then(Value::as_array).into_iter().flatten();
            objects.extend(
                found.filter_map(Value::as_object).map(|p| TenantObject { kind, properties: p.clone() }),
            );
        }
        Self { objects }
    }

    /// Objects that are not deleted.
    pub fn live(&self) -> impl Iterator<Item = &TenantObject> {
        self.objects.iter().filter(|o| !o.is_deleted())
    }

    /// Object with this id.
    #[must_use]
    pub fn by_id(&self, id: &str) -> Option<&TenantObject> {
        self.objects.iter().find(|o| o.id() == id)
    }
}

impl TenantObject {
    /// A property as text; `""` if it is none.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// A property, by name without regard to case; `null` is none. Properties that the state does not list by
    /// themselves are under `properties`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        let nested = || named(self.properties.get("properties")?.as_object()?, name);
        named(&self.properties, name).or_else(nested).filter(|v| !v.is_null())
    }

    /// Object id.
    #[must_use]
    pub fn id(&self) -> &str {
        self.text("id")
    }

    /// Source anchor; `""`: cloud-only.
    #[must_use]
    pub fn anchor(&self) -> &str {
        self.text("sourceAnchor")
    }

    /// A name for people.
    #[must_use]
    pub fn label(&self) -> &str {
        ["userPrincipalName", "mail", "displayName", "id"]
            .iter()
            .map(|n| self.text(n))
            .find(|t| !t.is_empty())
            .unwrap_or("?")
    }

    /// Soft-deleted.
    #[must_use]
    pub fn is_deleted(&self) -> bool {
        self.get("deletedDateTime").is_some()
    }

    /// Mastered by the sync.
    #[must_use]
    pub fn is_synced(&self) -> bool {
        self.get("onPremisesSyncEnabled").and_then(Value::as_bool).unwrap_or(false)
    }

    /// Certificate values as listed, in order, also those that occur twice.
    #[must_use]
    pub fn certificate_list(&self, attribute: Attribute) -> Vec<Vec<u8>> {
        decode(self.get(attribute.name()))
    }

    /// Certificate values of the address book as listed.
    #[must_use]
    pub fn exchange_list(&self, attribute: Attribute) -> Vec<Vec<u8>> {
        decode(self.get("exchange").and_then(|e| e.get(attribute.name())))
    }

    /// Certificate values as a set.
    #[must_use]
    pub fn certificates(&self, attribute: Attribute) -> BTreeSet<Vec<u8>> {
        self.certificate_list(attribute).into_iter().collect()
    }
}

fn named<'a>(properties: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    properties
        .get(name)
        .or_else(|| properties.iter().find(|(k, _)| k.eq_ignore_ascii_case(name)).map(|(_, v)| v))
}

/// Base64 texts to octets. A text that is none stays as its own octets, so that it can never equal a certificate.
fn decode(value: Option<&Value>) -> Vec<Vec<u8>> {
    let texts = value.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    texts.map(|t| STANDARD.decode(t).unwrap_or_else(|_| t.as_bytes().to_vec())).collect()
}
