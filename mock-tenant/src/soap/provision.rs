//! `ProvisionAzureADSyncObjects` and `…2`: a batch in, one result for each object out.

use bytes::Bytes;
use jiff::Timestamp;
use kit::faults::Effect;
use kit::journal::Event;
use serde_json::json;

use super::commands::result;
use super::company::LINKS_MAX;
use super::contract::{Naming, told};
use super::fault::Refusal;
use super::infoset::{ARRAYS, CONTRACTS, Element, SERVICE};
use super::request::Request;
use super::service::{Outcome, Refused, refusal_of};
use super::values::{self, Given};
use crate::observe::Observer;
use crate::tenant::{Kind, SyncError, SyncObject, SyncOperation, SyncResult, Tenant, Value, attributes};

/// Members of an `AzureADSyncObject`, in their order.
const MEMBERS: [&str; 3] = ["PropertyValues", "SyncObjectType", "SyncOperation"];

/// One object, and what shall go wrong with it.
struct Item {
    object: SyncObject,
    effects: Vec<Effect>,
}

pub(super) fn provision(
    request: &Request,
    naming: Naming,
    tenant: &mut Tenant,
    now: Timestamp,
    observer: &mut dyn Observer,
) -> Result<Outcome, Refused> {
    let objects = match read_batch(&request.body, naming).and_then(within_links) {
        Ok(objects) => objects,
        Err(refusal) => {
            observer.record(Event::new("provisioning.set").outcome(refusal.code()));
            return Err((refusal, Vec::new()));
        }
    };
    let items = decide(objects, observer);
    let transport: Vec<Effect> =
        items.iter().flat_map(|item| &item.effects).filter(|effect| effect.is_transport()).cloned().collect();
    let refusal = items.iter().flat_map(|item| &item.effects).find_map(refusal_of);
    let refusal = refusal.or_else(|| (!tenant.company().dir_sync_enabled).then_some(Refusal::NotActivated));
    if let Some(refusal) = refusal {
        items.iter().for_each(|item| observer.record(event(item, refusal.code())));
        return Err((refusal, transport));
    }
    if transport.contains(&Effect::CloseBefore {}) {
        items.iter().for_each(|item| observer.record(event(item, "closed")));
        return Ok(Outcome { result: Element::new("Closed"), transport });
    }
    let results = items.iter().map(|item| {
        let result = apply(item, tenant, now);
        observer.record(event(item, result.error.as_ref().map_or("ok", SyncError::code)));
        result
    });
    let results: Vec<Element> = results.map(|result| write_result(&result)).collect();
    let results = Element::new("b:SyncObjectResults").children(results);
    Ok(Outcome { result: result(&request.body.name).child(results), transport })
}

fn decide(objects: Vec<SyncObject>, observer: &mut dyn Observer) -> Vec<Item> {
    let decided = objects.into_iter().map(|object| {
        let effects = observer.decide(op(object.operation), object.target());
        Item { object, effects }
    });
    decided.collect()
}

const fn op(operation: SyncOperation) -> &'static str {
    match operation {
        SyncOperation::Add => "provisioning.add",
        SyncOperation::Delete => "provisioning.delete",
        SyncOperation::Set => "provisioning.set",
    }
}

fn event(item: &Item, outcome: &str) -> Event {
    let names = item.object.properties.iter().map(|(name, _)| attributes::canonical(name));
    let names = names.filter(|name| !matches!(name.as_ref(), "sourceAnchor" | "cloudAnchor"));
    let names: Vec<_> =
        names.chain(item.object.references.iter().map(|(name, _)| attributes::canonical(name))).collect();
    Event {
        detail: json!({ "object_type": item.object.kind.name(), "properties": names, "result": result_name(outcome) }),
        ..Event::new(op(item.object.operation))
            .target(item.object.target())
            .outcome(outcome)
            .fault(Effect::names(&item.effects))
    }
}

fn result_name(outcome: &str) -> &str {
    if outcome == "ok" { "Success" } else { outcome }
}

fn apply(item: &Item, tenant: &mut Tenant, now: Timestamp) -> SyncResult {
    let object = &item.object;
    if item.effects.contains(&Effect::Conflict {}) {
        return SyncResult {
            kind: object.kind,
            operation: object.operation,
            source_anchor: object.source_anchor().map(str::to_owned),
            cloud_anchor: object.cloud_anchor().map(str::to_owned),
            error: Some(SyncError::ConcurrencyConflict),
        };
    }
    let corrupt = item.effects.iter().find_map(|effect| match effect {
        Effect::CorruptValue { attribute } => Some(attribute.as_deref().unwrap_or("userCertificate")),
        _ => None,
    });
    match corrupt {
        Some(attribute) => {
            let mut damaged = object.clone();
            for (_, value) in
                damaged.properties.iter_mut().filter(|(name, _)| name.eq_ignore_ascii_case(attribute))
            {
                *value = corrupted(value);
            }
            tenant.provision(&damaged, now)
        }
        None => tenant.provision(object, now),
    }
}

/// The value with its last octet or character changed.
pub(crate) fn corrupted(value: &Value) -> Value {
    let flip = |octets: &Bytes| {
        let mut octets = octets.to_vec();
        match octets.last_mut() {
            Some(last) => *last ^= 1,
            None => octets.push(0),
        }
        Bytes::from(octets)
    };
    match value {
        Value::Text(text) => Value::Text(format!("{text}\u{fffd}")),
        Value::Binary(octets) => Value::Binary(flip(octets)),
        Value::BinaryList(list) => {
            let first = list.iter().take(1).map(flip);
            Value::BinaryList(first.chain(list.iter().skip(1).cloned()).collect())
        }
        Value::TextList(list) => {
            let first = list.iter().take(1).map(|text| format!("{text}\u{fffd}"));
            Value::TextList(first.chain(list.iter().skip(1).cloned()).collect())
        }
        other => other.clone(),
    }
}

fn read_batch(body: &Element, naming: Naming) -> Result<Vec<SyncObject>, Refusal> {
    let objects = naming
        .member(body, SERVICE, "syncRequest")
        .and_then(|request| naming.member(request, CONTRACTS, "SyncObjects"))
        .ok_or_else(|| Refusal::Malformed(format!("{} has no SyncObjects", body.name)))?;
    let elements = naming.items(objects, CONTRACTS, "AzureADSyncObject").enumerate();
    let read = elements.map(|(at, element)| {
        read_object(element, naming)
            .map_err(|problem| Refusal::Malformed(format!("AzureADSyncObject {}: {problem}", at + 1)))
    });
    read.collect()
}

fn read_object(element: &Element, naming: Naming) -> Result<SyncObject, String> {
    let [properties, kind, operation] = naming.members(element, CONTRACTS, MEMBERS);
    let kind = told(kind).ok_or("SyncObjectType is missing")?;
    let kind = Kind::parse(&kind)
        .ok_or_else(|| format!("SyncObjectType {kind:?}: User, Group, Contact or Device is expected"))?;
    let operation = told(operation).ok_or("SyncOperation is missing")?;
    let operation = SyncOperation::parse(&operation)
        .ok_or_else(|| format!("SyncOperation {operation:?}: Add, Set or Delete is expected"))?;
    let mut object = SyncObject { kind, operation, properties: Vec::new(), references: Vec::new() };
    let pairs = properties.into_iter().flat_map(|all| naming.items(all, ARRAYS, "KeyValueOfstringanyType"));
    for pair in pairs {
        let [key, value] = naming.members(pair, ARRAYS, ["Key", "Value"]);
        let key = told(key).ok_or("a property has no Key")?;
        let value = value.ok_or_else(|| format!("property {key} has no Value"))?;
        match values::read(value, naming).map_err(|problem| format!("property {key}: {problem}"))? {
            Given::Value(value) => object.properties.push((key, value)),
            Given::References(changes) => object.references.push((key, changes)),
        }
    }
    Ok(object)
}

/// A batch that changes more references than the service says that it takes is refused as a whole.
fn within_links(objects: Vec<SyncObject>) -> Result<Vec<SyncObject>, Refusal> {
    let links: usize = objects.iter().map(links_of).sum();
    if links > LINKS_MAX {
        return Err(Refusal::TooManyLinks { links, max: LINKS_MAX });
    }
    Ok(objects)
}

fn links_of(object: &SyncObject) -> usize {
    let incremental: usize = object.references.iter().map(|(_, changes)| changes.len()).sum();
    let whole = object.properties.iter().map(|(name, value)| match value {
        Value::TextList(list) if name.eq_ignore_ascii_case("member") => list.len(),
        _ => 0,
    });
    incremental + whole.sum::<usize>()
}

/// Members in the order of a data contract: alphabetical.
fn write_result(result: &SyncResult) -> Element {
    let error = result.error.as_ref();
    let described = error.map(ToString::to_string);
    Element::new("b:AzureADSyncObjectResult")
        .child(Element::new("b:CloudAnchor").text_or_nil(result.cloud_anchor.as_deref()))
        .child(error_details(error))
        .child(Element::new("b:ObjectType").text(result.kind.name()))
        .child(Element::new("b:ResultCode").text(if error.is_some() { "Failure" } else { "Success" }))
        .child(Element::new("b:ResultErrorCode").text_or_nil(error.map(SyncError::code)))
        .child(Element::new("b:ResultErrorDescription").text_or_nil(described.as_deref()))
        .child(Element::new("b:SourceAnchor").text_or_nil(result.source_anchor.as_deref()))
        .child(Element::new("b:SyncOperation").text(result.operation.name()))
}

fn error_details(error: Option<&SyncError>) -> Element {
    let details = Element::new("b:ErrorDetails").declare("c", ARRAYS);
    match error.and_then(SyncError::property) {
        None => details.with("i:nil", "true"),
        Some(property) => details.child(
            Element::new("c:KeyValueOfstringstring")
                .child(Element::new("c:Key").text("AttributeName"))
                .child(Element::new("c:Value").text(property)),
        ),
    }
}
