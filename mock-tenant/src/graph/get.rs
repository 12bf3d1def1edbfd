//! One object.

use serde_json::{Map, Value as Json};

use super::call::{Call, Reply};
use super::error::GraphError;
use crate::odata::{EntityType, QueryOptions, Select};
use crate::tenant::{DirectoryObject, Kind, Tenant};

/// `GET /users/{key}` and the like.
pub(super) fn object(
    tenant: &Tenant,
    call: &Call<'_>,
    kind: Kind,
    key: &str,
    entity: &'static EntityType<DirectoryObject>,
    set: &str,
) -> Result<Reply, GraphError> {
    let select = selected(call, entity)?;
    let found = tenant.lookup(kind, key, call.view(tenant)).ok_or_else(|| GraphError::not_found(key))?;
    Ok(Reply::ok(single(call, set, found, &select)))
}

/// The `$select` of a call for one object; other options have no meaning there.
pub(super) fn selected<T>(call: &Call<'_>, entity: &'static EntityType<T>) -> Result<Select<T>, GraphError> {
    let options = QueryOptions::parse(call.query, call.is_beta())?;
    options.check_served()?;
    Ok(Select::parse(options.select.as_deref(), entity, call.is_beta())?)
}

/// An object as an answer of its own, with its context.
pub(super) fn single<T>(call: &Call<'_>, set: &str, row: &T, select: &Select<T>) -> Json {
    let mut body = Map::new();
    body.insert("@odata.context".to_owned(), format!("{}/$entity", context(call, set, select)).into());
    body.extend(members(row, select));
    body.into()
}

/// `https://…/v1.0/$metadata#users(id,mail)`
pub(super) fn context<T>(call: &Call<'_>, set: &str, select: &Select<T>) -> String {
    let chosen = select.context.as_ref().map(|names| format!("({names})")).unwrap_or_default();
    format!("{}/$metadata#{set}{chosen}", call.root())
}

/// The selected properties; `id` comes with every directory object that is selected from.
pub(super) fn members<T>(row: &T, select: &Select<T>) -> Map<String, Json> {
    select
        .properties
        .iter()
        .map(|property| (property.name.to_string(), property.of(row).into_json()))
        .collect()
}
