//! `/directory/deletedItems`: the recycle bin.
//! Source: microsoft-graph-docs, api/directory-deleteditems-restore.md, directory-deleteditems-delete.md.

use serde_json::{Map, Value as Json};

use super::body;
use super::call::{Call, Reply};
use super::error::GraphError;
use super::mixed::Mixed;
use super::place::Place;
use super::read;
use crate::tenant::{RestoreOptions, Tenant, View};

/// `POST /directory/deletedItems/{id}/restore`.
pub(super) fn restore(tenant: &mut Tenant, call: &Call<'_>, place: &Place) -> Result<Reply, GraphError> {
    let id = read::object(tenant, call, place)?.id;
    let options = if call.body.is_empty() { Map::new() } else { body::object(call)? };
    if options.get("newUserPrincipalName").is_some_and(|name| !name.is_null()) {
        return Err(GraphError::not_by_double("newUserPrincipalName of restore"));
    }
    let reconcile = options.get("autoReconcileProxyConflict").and_then(Json::as_bool).unwrap_or_default();
    tenant.restore_with(id, RestoreOptions { auto_reconcile_proxy_conflict: reconcile }, call.now)?;
    let object = tenant.get(id, View::Committed).ok_or_else(|| GraphError::not_found(&id.to_string()))?;
    let mut body = Map::new();
    let context = format!("{}/$metadata#directoryObjects/$entity", call.root());
    body.insert("@odata.context".to_owned(), context.into());
    body.extend(Mixed::select(call, None)?.members(object));
    Ok(Reply::ok(body.into()))
}

/// `DELETE /directory/deletedItems/{id}`.
pub(super) fn purge(tenant: &mut Tenant, call: &Call<'_>, place: &Place) -> Result<Reply, GraphError> {
    let id = read::object(tenant, call, place)?.id;
    tenant.purge(id, call.now)?;
    Ok(Reply::no_content())
}
