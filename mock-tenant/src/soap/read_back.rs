//! `ReadBackAzureADSyncObjects[2]`: pages of what the directory masters.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kit::faults::Effect;
use serde_json::json;

use super::commands::{Answer, Call};
use super::contract::told;
use super::fault::Refusal;
use super::infoset::{ARRAYS, Atom, Element, SERVICE};
use super::provision::corrupted;
use super::values;
use crate::tenant::{
    Cursor, CursorGone, DirectoryObject, Group, Kind, ReadBackItem, ReadBackPage, Tenant, Value, View,
};

/// Arguments, in the order of the operation.
const ARGUMENTS: [&str; 3] = ["includeLicenseInformation", "inputCookie", "isFullSync"];

/// Where a call starts, and how often its page was told before.
#[derive(Clone, Copy)]
struct Start {
    cursor: Cursor,
    repeat: u32,
}

pub(super) fn read_back(call: &Call<'_>, tenant: &mut Tenant) -> Result<Answer, Refusal> {
    let (tenant, effects) = (&*tenant, call.effects);
    let [_, cookie, full] = call.naming.members(&call.request.body, SERVICE, ARGUMENTS).map(told);
    let full = full.map(|text| values::boolean(&text)).transpose();
    let full = full.map_err(|problem| call.malformed("isFullSync", &problem))?.unwrap_or_default();
    let start = match &cookie {
        Some(cookie) => read_cookie(cookie).ok_or(Refusal::CookieExpired)?,
        // Without a cookie there is nothing to go on from, whatever the client calls it.
        None => Start { cursor: tenant.read_back_start(), repeat: 0 },
    };
    let page = page(tenant, start.cursor, effects).map_err(|_| Refusal::CookieExpired)?;
    let duplicate = effects.contains(&Effect::DuplicatePage {}) && !page.items.is_empty();
    let next = if duplicate {
        Start { repeat: start.repeat.saturating_add(1), ..start }
    } else {
        Start { cursor: page.next, repeat: 0 }
    };
    let more = page.more || duplicate;
    let objects = objects(&page, tenant, effects);
    let detail = json!({ "full": full, "cookie": cookie.is_some(), "objects": objects.len(), "more": more });
    Ok((result(call, objects, next, more), detail))
}

fn page<'a>(tenant: &'a Tenant, from: Cursor, effects: &[Effect]) -> Result<ReadBackPage<'a>, CursorGone> {
    let limit = tenant.settings().read_back_page.max(1);
    let page = tenant.read_back(from, limit)?;
    if effects.contains(&Effect::PartialPage {}) && page.items.len() > 1 {
        return tenant.read_back(from, page.items.len() / 2);
    }
    Ok(page)
}

fn objects(page: &ReadBackPage<'_>, tenant: &Tenant, effects: &[Effect]) -> Vec<Element> {
    let mut objects: Vec<Element> = page.items.iter().map(|item| write_item(item, tenant, effects)).collect();
    if effects.contains(&Effect::Reorder {}) {
        objects.reverse();
    }
    objects
}

fn result(call: &Call<'_>, objects: Vec<Element>, next: Start, more: bool) -> Element {
    let list = Element::new("b:ResultObjects");
    let list = if objects.is_empty() { list.with("i:nil", "true") } else { list.children(objects) };
    call.result()
        .child(Element::new("b:MoreData").atom(Atom::Bool(more)))
        .child(Element::new("b:OutputCookie").text(write_cookie(next)))
        .child(list)
}

fn write_item(item: &ReadBackItem<'_>, tenant: &Tenant, effects: &[Effect]) -> Element {
    match item {
        ReadBackItem::Object(object) => {
            let stale =
                effects.contains(&Effect::StaleRead {}).then(|| tenant.get(object.id, View::Stale)).flatten();
            let object = stale.unwrap_or(object);
            let properties = properties(object, tenant, effects);
            write_object(object.kind(), properties, "Set")
        }
        ReadBackItem::Deleted { kind, id, source_anchor } => {
            let anchors = [
                ("CloudAnchor", Value::Text(format!("{}_{id}", kind.name()))),
                ("SourceAnchor", source_anchor.map_or(Value::Null, Value::from)),
            ];
            write_object(
                *kind,
                anchors.iter().map(|(name, value)| values::write(name, value)).collect(),
                "Delete",
            )
        }
    }
}

fn properties(object: &DirectoryObject, tenant: &Tenant, effects: &[Effect]) -> Vec<Element> {
    let corrupt = effects.iter().find_map(|effect| match effect {
        Effect::CorruptValue { attribute } => Some(attribute.as_deref().unwrap_or("userCertificate")),
        _ => None,
    });
    let damaged = |name: &str, value: Value| {
        if corrupt.is_some_and(|attribute| attribute.eq_ignore_ascii_case(name)) {
            corrupted(&value)
        } else {
            value
        }
    };
    let anchor = object.source_anchor.as_deref().map_or(Value::Null, Value::from);
    let anchors = [("CloudAnchor", Value::Text(object.cloud_anchor())), ("SourceAnchor", anchor)];
    let members = object.group().map(|group| ("member", members(group, tenant)));
    let all = anchors.into_iter().chain(object.written()).chain(members);
    all.map(|(name, value)| values::write(name, &damaged(name, value))).collect()
}

/// Members by source anchor; those that have none, by cloud anchor.
fn members(group: &Group, tenant: &Tenant) -> Value {
    let found = group
        .members
        .iter()
        .filter_map(|id| tenant.get(*id, View::Committed))
        .filter(|object| object.is_live());
    Value::TextList(
        found.map(|object| object.source_anchor.clone().unwrap_or_else(|| object.cloud_anchor())).collect(),
    )
}

fn write_object(kind: Kind, properties: Vec<Element>, operation: &str) -> Element {
    Element::new("b:AzureADSyncObject")
        .child(Element::new("b:PropertyValues").declare("c", ARRAYS).children(properties))
        .child(Element::new("b:SyncObjectType").text(kind.name()))
        .child(Element::new("b:SyncOperation").text(operation))
}

/// Length of a cookie before it is encoded: the cursor, and the count.
const COOKIE: usize = 28;

/// Opaque to the client: where to go on, and how often a page was repeated.
fn write_cookie(start: Start) -> String {
    let octets = [&start.cursor.to_octets()[..], &start.repeat.to_be_bytes()].concat();
    URL_SAFE_NO_PAD.encode(octets)
}

fn read_cookie(cookie: &str) -> Option<Start> {
    let octets: [u8; COOKIE] = URL_SAFE_NO_PAD.decode(cookie).ok()?.try_into().ok()?;
    let (cursor, repeat) = octets.split_first_chunk()?;
    let repeat = u32::from_be_bytes(repeat.try_into().ok()?);
    Some(Start { cursor: Cursor::from_octets(*cursor), repeat })
}
