//! `$ref`: who is a member, an owner, a manager.
//! Sources: microsoft-graph-docs, api/group-post-members.md, group-delete-members.md, user-post-manager.md.

use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::body;
use super::call::{Call, Reply};
use super::error::GraphError;
use super::model::{Act, Relation};
use super::path::segments;
use crate::tenant::{DirectoryObject, Kind, Tenant};

/// Most references in one `members@odata.bind`. Source: api/group-update.md, "up to 20 members".
pub(super) const BOUND_MAX: usize = 20;

/// `GET …/$ref`: the ids of what is there.
pub(super) fn list(tenant: &Tenant, call: &Call<'_>, found: &[&DirectoryObject]) -> Reply {
    let link = |object: &&DirectoryObject| json!({"@odata.id": location(tenant, object)});
    let value: Vec<Json> = found.iter().map(link).collect();
    let context = format!("{}/$metadata#Collection($ref)", call.root());
    Reply::ok(json!({"@odata.context": context, "value": value}))
}

/// `GET …/manager/$ref`.
pub(super) fn one(tenant: &Tenant, call: &Call<'_>, found: &DirectoryObject) -> Reply {
    let context = format!("{}/$metadata#$ref", call.root());
    Reply::ok(json!({"@odata.context": context, "@odata.id": location(tenant, found)}))
}

/// Where Graph says that an object is.
pub(super) fn location(tenant: &Tenant, object: &DirectoryObject) -> String {
    let (tenant, id) = (tenant.settings().tenant_id, object.id);
    let of = match object.kind() {
        Kind::User => "User",
        Kind::Group => "Group",
        Kind::Contact => "Contact",
        Kind::Device => "Device",
    };
    format!("https://graph.microsoft.com/v2/{tenant}/directoryObjects/{id}/Microsoft.DirectoryServices.{of}")
}

/// `POST`, `PUT` and `DELETE …/$ref` on an object.
pub(super) fn change(
    tenant: &mut Tenant,
    call: &Call<'_>,
    of: Uuid,
    relation: Relation,
    act: Act,
    key: &str,
) -> Result<Reply, GraphError> {
    let now = call.now;
    match (relation, act) {
        (Relation::Members, Act::AddLink) => tenant.add_member(of, given(tenant, call)?, now)?,
        (Relation::Members, Act::RemoveLink) => tenant.remove_member(of, meant(call, key)?, now)?,
        (Relation::Owners, Act::AddLink) => tenant.add_owner(of, given(tenant, call)?, now)?,
        (Relation::Owners, Act::RemoveLink) => tenant.remove_owner(of, meant(call, key)?, now)?,
        (Relation::Manager, Act::SetLink) => tenant.set_manager(of, Some(given(tenant, call)?), now)?,
        (Relation::Manager, Act::RemoveLink) => tenant.set_manager(of, None, now)?,
        _ => return Err(GraphError::method_not_allowed()),
    }
    Ok(Reply::no_content())
}

/// The object that `@odata.id` in the body leads to.
fn given(tenant: &Tenant, call: &Call<'_>) -> Result<Uuid, GraphError> {
    let body = body::object(call)?;
    let url = body.get("@odata.id").and_then(Json::as_str).ok_or_else(invalid)?;
    referred(tenant, call, url)
}

/// The object that a reference leads to.
pub(super) fn referred(tenant: &Tenant, call: &Call<'_>, url: &str) -> Result<Uuid, GraphError> {
    let key = last_key(url).ok_or_else(invalid)?;
    let view = call.view(tenant);
    let by_id = Uuid::try_parse(&key).ok().and_then(|id| tenant.get(id, view));
    let found = by_id.or_else(|| tenant.user(&key, view)).filter(|object| object.is_live());
    found.map(|object| object.id).ok_or_else(|| GraphError::not_found(&key))
}

/// `7` of `https://graph.microsoft.com/v1.0/directoryObjects/7` and of `…/directoryObjects('7')`; the service's own form
/// has the type after it.
fn last_key(url: &str) -> Option<String> {
    let mut found = segments(url.split_once("://").map_or(url, |(_, rest)| rest));
    if found.last().is_some_and(|last| last.name.starts_with("Microsoft.DirectoryServices.")) {
        found.pop();
    }
    let last = found.pop()?;
    Some(last.key.map_or(last.name, |key| key.value))
}

/// The object of `members/{id}/$ref` or of `members/$ref?$id=…`.
fn meant(call: &Call<'_>, key: &str) -> Result<Uuid, GraphError> {
    let id = call
        .query
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("$id"))
        .and_then(|(_, url)| last_key(url));
    let id = if key.is_empty() { id.ok_or_else(invalid)? } else { key.to_owned() };
    Uuid::try_parse(&id).map_err(|_| GraphError::not_found(&id))
}

fn invalid() -> GraphError {
    GraphError::new(400, "Request_BadRequest", "Invalid object identifier or reference.")
}
