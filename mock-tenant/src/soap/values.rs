//! Typed values of `KeyValueOfstringanyType`.

use base64::Engine as _;
use base64::alphabet::STANDARD as ALPHABET;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use bytes::Bytes;

use super::contract::{Naming, told};
use super::infoset::{ARRAYS, Atom, Element, INSTANCE, Node, SCHEMA, SERVICE};
use crate::tenant::{ReferenceChange, Value};

/// .NET's reader takes base64 with padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &ALPHABET,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::RequireCanonical),
);

/// What a property may be given.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Given {
    /// A value.
    Value(Value),
    /// Incremental changes of a reference.
    References(Vec<ReferenceChange>),
}

/// Reads a `c:Value`.
pub(super) fn read(value: &Element, naming: Naming) -> Result<Given, String> {
    if value.is_nil() {
        return Ok(Given::Value(Value::Null));
    }
    let kind = value.attribute(INSTANCE, "type").ok_or("the value has no i:type")?.trim();
    let local = kind.rsplit_once(':').map_or(kind, |(_, local)| local);
    let value = match local {
        "string" => Value::Text(value.content()),
        "boolean" => Value::Bool(boolean(&value.content())?),
        "long" | "int" | "short" | "unsignedByte" => Value::Long(long(&value.content())?),
        "base64Binary" => Value::Binary(octets(value)?),
        "ArrayOfstring" => Value::TextList(items(value, naming, "string").map(Element::content).collect()),
        "ArrayOfbase64Binary" => {
            Value::BinaryList(items(value, naming, "base64Binary").map(octets).collect::<Result<_, _>>()?)
        }
        "SyncReferenceChangeCollection" => return references(value, naming).map(Given::References),
        _ => return Err(format!("the type {kind:?} is not known")),
    };
    Ok(Given::Value(value))
}

fn items<'a>(value: &'a Element, naming: Naming, name: &'a str) -> impl Iterator<Item = &'a Element> {
    naming.items(value, ARRAYS, name).filter(|item| !item.is_nil())
}

/// `True` and `False` are what .NET clients send.
pub(super) fn boolean(text: &str) -> Result<bool, String> {
    match text.trim() {
        "true" | "True" | "TRUE" | "1" => Ok(true),
        "false" | "False" | "FALSE" | "0" => Ok(false),
        other => Err(format!("{other:?} is not a boolean")),
    }
}

fn long(text: &str) -> Result<i64, String> {
    text.trim().parse().map_err(|_| format!("{:?} is not a long", text.trim()))
}

fn octets(element: &Element) -> Result<Bytes, String> {
    if let [Node::Octets(octets)] = element.children.as_slice() {
        return Ok(octets.clone());
    }
    if let Some(octets) = runs(element) {
        return Ok(octets);
    }
    let mut text = element.content();
    text.retain(|c| !c.is_ascii_whitespace());
    BASE64.decode(&text).map(Bytes::from).map_err(|error| format!("not base64: {error}"))
}

/// Several runs of octets: .NET's writer splits a value where base64 would need padding.
fn runs(element: &Element) -> Option<Bytes> {
    let run = |node: &Node| match node {
        Node::Octets(octets) => Some(octets.clone()),
        Node::Element(_) | Node::Text(_) | Node::Atom(_) => None,
    };
    let runs = element.children.iter().map(run).collect::<Option<Vec<Bytes>>>()?;
    (!runs.is_empty()).then(|| runs.concat().into())
}

/// Source of the names, their namespace and their order: AADInternals, `Set-AADIntAzureADGroupMember`.
fn references(value: &Element, naming: Naming) -> Result<Vec<ReferenceChange>, String> {
    let changes = naming.member(value, SERVICE, "referenceChanges");
    let changes =
        changes.into_iter().flat_map(|changes| naming.items(changes, SERVICE, "SyncReferenceChange"));
    changes.map(|change| reference(change, naming)).collect()
}

fn reference(change: &Element, naming: Naming) -> Result<ReferenceChange, String> {
    let [reference, operation] = naming.members(change, SERVICE, ["Reference", "operationInt"]);
    let anchor = reference.and_then(|reference| naming.member(reference, SERVICE, "Anchor"));
    let anchor = told(anchor).ok_or("a SyncReferenceChange has no Anchor")?;
    match told(operation).as_deref() {
        Some("1") => Ok(ReferenceChange { anchor, add: true }),
        Some("2") => Ok(ReferenceChange { anchor, add: false }),
        other => {
            Err(format!("operationInt {other:?} of a SyncReferenceChange: 1 (Add) or 2 (Remove) is expected"))
        }
    }
}

/// Writes a `c:KeyValueOfstringanyType`.
pub(super) fn write(key: &str, value: &Value) -> Element {
    let element = Element::new("c:Value");
    let element = match value {
        Value::Null => element.with("i:nil", "true"),
        Value::Text(text) => scalar(element, "d:string").text(text.as_str()),
        Value::Bool(flag) => scalar(element, "d:boolean").atom(Atom::Bool(*flag)),
        Value::Long(number) => scalar(element, "d:long").atom(Atom::Integer(*number)),
        Value::Binary(octets) => scalar(element, "d:base64Binary").octets(octets.clone()),
        Value::TextList(list) => element
            .with("i:type", "c:ArrayOfstring")
            .children(list.iter().map(|text| Element::new("c:string").text(text.as_str()))),
        Value::BinaryList(list) => element
            .with("i:type", "c:ArrayOfbase64Binary")
            .children(list.iter().map(|octets| Element::new("c:base64Binary").octets(octets.clone()))),
    };
    Element::new("c:KeyValueOfstringanyType").child(Element::new("c:Key").text(key)).child(element)
}

fn scalar(element: Element, kind: &str) -> Element {
    element.with("i:type", kind).declare("d", SCHEMA)
}
