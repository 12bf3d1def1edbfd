//! `/directory/deletedItems`: the recycle bin.

use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::call::{Call, Reply};
use super::error::GraphError;
use super::get::{members, selected};
use super::list::{Source, listed};
use super::place::Place;
use crate::odata::Select;
use crate::tenant::{DirectoryObject, Kind, Tenant, View};

/// `GET /directory/deletedItems/microsoft.graph.user`.
pub(super) fn list(tenant: &Tenant, call: &Call<'_>, place: &Place) -> Result<Reply, GraphError> {
    let source = Source { tenant, kind: Kind::User, view: call.view(tenant), deleted: true };
    listed(call, &source, call.user_type(), place)
}

/// `GET /directory/deletedItems/{id}`.
pub(super) fn get(tenant: &Tenant, call: &Call<'_>, id: &str) -> Result<Reply, GraphError> {
    let select = selected(call, call.user_type())?;
    let object = binned(tenant, call.view(tenant), id)?;
    Ok(Reply::ok(typed(call, object, &select)))
}

/// `POST /directory/deletedItems/{id}/restore`.
pub(super) fn restore(tenant: &mut Tenant, call: &Call<'_>, id: &str) -> Result<Reply, GraphError> {
    let found = binned(tenant, View::Committed, id)?.id;
    tenant.restore(found, call.now)?;
    let object = tenant.get(found, View::Committed).ok_or_else(|| GraphError::not_found(id))?;
    let select = Select::parse(None, call.user_type(), call.is_beta())?;
    Ok(Reply::ok(typed(call, object, &select)))
}

/// `DELETE /directory/deletedItems/{id}`.
pub(super) fn purge(tenant: &mut Tenant, call: &Call<'_>, id: &str) -> Result<Reply, GraphError> {
    let found = binned(tenant, View::Committed, id)?.id;
    tenant.purge(found, call.now)?;
    Ok(Reply::no_content())
}

fn binned<'t>(tenant: &'t Tenant, view: View, id: &str) -> Result<&'t DirectoryObject, GraphError> {
    let object = Uuid::try_parse(id).ok().and_then(|id| tenant.get(id, view));
    object.filter(|object| !object.is_live()).ok_or_else(|| GraphError::not_found(id))
}

/// The set holds objects of any type, so each says which one it is.
fn typed(call: &Call<'_>, object: &DirectoryObject, select: &Select<DirectoryObject>) -> Json {
    let mut body = Map::new();
    let context = format!("{}/$metadata#directoryObjects/$entity", call.root());
    body.insert("@odata.context".to_owned(), context.into());
    body.insert("@odata.type".to_owned(), "#microsoft.graph.user".into());
    body.extend(members(object, select));
    body.into()
}
