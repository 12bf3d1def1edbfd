//! `…/onPremisesSyncBehavior`: whether the cloud or the directory masters an object.
//! Source: entra docs, how-to-user-source-of-authority-configure.md.

use serde_json::{Map, Value as Json};

use super::body;
use super::call::{Call, Reply};
use super::error::GraphError;
use super::place::Place;
use super::read::owner;
use crate::tenant::{MutationError, Tenant};

/// `GET`: `isCloudManaged`, and the id unless only that is selected.
pub(super) fn get(tenant: &Tenant, call: &Call<'_>, place: &Place) -> Result<Reply, GraphError> {
    let object = owner(tenant, call, place)?;
    let mut body = Map::new();
    let context = format!("{}/$metadata#{}/$entity", call.root(), place.set());
    body.insert("@odata.context".to_owned(), context.into());
    body.insert("id".to_owned(), object.id.to_string().into());
    body.insert("isCloudManaged".to_owned(), object.cloud_managed.into());
    Ok(Reply::ok(body.into()))
}

/// `PATCH {"isCloudManaged": true}`.
pub(super) fn patch(tenant: &mut Tenant, call: &Call<'_>, place: &Place) -> Result<Reply, GraphError> {
    let id = owner(tenant, call, place)?.id;
    let on = body::object(call)?.get("isCloudManaged").and_then(Json::as_bool).ok_or_else(invalid)?;
    tenant.set_cloud_managed(id, on, call.now)?;
    Ok(Reply::no_content())
}

fn invalid() -> MutationError {
    MutationError::InvalidValue { property: "isCloudManaged".to_owned(), resource: "OnPremisesSyncBehavior" }
}
