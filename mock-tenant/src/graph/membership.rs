//! Questions about membership, and objects by their ids.
//! Sources: microsoft-graph-docs, api/directoryobject-checkmembergroups.md, -getmembergroups.md, -getbyids.md.

use serde::Deserialize;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::body;
use super::call::{Call, Reply};
use super::error::GraphError;
use super::mixed::{Mixed, graph_name};
use super::model::Relation;
use super::relation::related;
use crate::tenant::{DirectoryObject, Kind, Tenant};

/// Most ids in one `checkMemberGroups`.
const CHECKED_MAX: usize = 20;
/// Most ids in one `getByIds`.
const IDS_MAX: usize = 1000;

#[derive(Deserialize)]
struct Checked {
    #[serde(alias = "groupIds")]
    ids: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Filtered {
    #[serde(default)]
    security_enabled_only: bool,
}

#[derive(Deserialize)]
struct Wanted {
    ids: Vec<String>,
    #[serde(default)]
    types: Vec<String>,
}

/// `checkMemberGroups`, `checkMemberObjects`: which of these has the object as a member, directly or not?
pub(super) fn check(tenant: &Tenant, call: &Call<'_>, of: &DirectoryObject) -> Result<Reply, GraphError> {
    let asked: Checked = body::typed(call)?;
    if asked.ids.len() > CHECKED_MAX {
        return Err(too_many(asked.ids.len(), CHECKED_MAX));
    }
    let groups = groups(tenant, call, of);
    let is_asked =
        |group: &&DirectoryObject| asked.ids.iter().any(|id| id.eq_ignore_ascii_case(&group.id.to_string()));
    Ok(ids(call, groups.into_iter().filter(is_asked)))
}

/// `getMemberGroups`, `getMemberObjects`: every group that has the object as a member, directly or not.
pub(super) fn all(tenant: &Tenant, call: &Call<'_>, of: &DirectoryObject) -> Result<Reply, GraphError> {
    let wanted: Filtered = body::typed(call)?;
    let passes = |group: &&DirectoryObject| {
        !wanted.security_enabled_only || group.group().is_some_and(|group| group.security_enabled)
    };
    Ok(ids(call, groups(tenant, call, of).into_iter().filter(passes)))
}

/// `POST /directoryObjects/getByIds`: those that there are; the others are passed over.
pub(super) fn by_ids(tenant: &Tenant, call: &Call<'_>) -> Result<Reply, GraphError> {
    let wanted: Wanted = body::typed(call)?;
    if wanted.ids.len() > IDS_MAX {
        return Err(too_many(wanted.ids.len(), IDS_MAX));
    }
    let view = call.view(tenant);
    let mixed = Mixed::select(call, None)?;
    let found = wanted.ids.iter().filter_map(|id| tenant.get(Uuid::try_parse(id).ok()?, view));
    let found = found.filter(|object| object.is_live() && is_of(&wanted.types, object.kind()));
    let value: Vec<Json> = found.map(|object| mixed.members(object).into()).collect();
    let context = format!("{}/$metadata#directoryObjects", call.root());
    Ok(Reply::ok(json!({"@odata.context": context, "value": value})))
}

fn is_of(types: &[String], kind: Kind) -> bool {
    let names = [graph_name(kind), "directoryObject"];
    types.is_empty() || types.iter().any(|of| names.iter().any(|name| of.eq_ignore_ascii_case(name)))
}

fn groups<'t>(tenant: &'t Tenant, call: &Call<'_>, of: &'t DirectoryObject) -> Vec<&'t DirectoryObject> {
    related(tenant, of, Relation::TransitiveMemberOf, call.view(tenant))
}

fn ids<'t>(call: &Call<'_>, groups: impl Iterator<Item = &'t DirectoryObject>) -> Reply {
    let value: Vec<Json> = groups.map(|group| group.id.to_string().into()).collect();
    let context = format!("{}/$metadata#Collection(Edm.String)", call.root());
    Reply::ok(json!({"@odata.context": context, "value": value}))
}

fn too_many(given: usize, max: usize) -> GraphError {
    let message = format!("Too many ids specified: {given}. The maximum is {max}.");
    GraphError::new(400, "Request_BadRequest", message)
}
