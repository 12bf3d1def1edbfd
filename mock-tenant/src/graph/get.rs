//! One object, or one property of it.

use serde_json::{Map, Value as Json, json};

use super::call::{Call, Reply};
use super::error::GraphError;
use super::place::Place;
use crate::odata::{EntityType, QueryOptions, Select};

/// `GET /users/{key}` and the like, or what the path says of it.
pub(super) fn answer<T>(
    call: &Call<'_>,
    place: &Place,
    row: &T,
    entity: &'static EntityType<T>,
) -> Result<Reply, GraphError> {
    match place.property() {
        Some((name, raw)) => Ok(property(call, place, row, entity, name, raw)),
        None => {
            let select = selected(call, entity)?;
            Ok(Reply::ok(single(call, &place.set(), row, &select, None).into()))
        }
    }
}

/// `GET /users/{key}/displayName`: `value` in an envelope, or the text itself after `$value`. Nothing is 204.
/// Source: OData 4.01 part 1, 11.2.4 "Requesting Individual Properties".
fn property<T>(
    call: &Call<'_>,
    place: &Place,
    row: &T,
    entity: &'static EntityType<T>,
    name: &str,
    raw: bool,
) -> Reply {
    let found = entity.properties.iter().find(|property| property.name == name);
    match found.map(|property| property.of(row).into_json()) {
        None | Some(Json::Null) => Reply::no_content(),
        Some(value) if raw => Reply::plain("text/plain", text(value)),
        Some(value) => {
            let context = format!("{}/$metadata#{}('{}')/{name}", call.root(), place.set(), place.key());
            Reply::ok(json!({"@odata.context": context, "value": value}))
        }
    }
}

fn text(value: Json) -> String {
    match value {
        Json::String(text) => text,
        other => other.to_string(),
    }
}

/// The `$select` of a call for one object; other options have no meaning there.
pub(super) fn selected<T>(call: &Call<'_>, entity: &'static EntityType<T>) -> Result<Select<T>, GraphError> {
    let options = QueryOptions::parse(call.query, call.is_beta())?;
    options.check_served()?;
    Ok(Select::parse(options.select.as_deref(), entity, call.is_beta())?)
}

/// An object as an answer of its own, with its context.
pub(super) fn single<T>(
    call: &Call<'_>,
    set: &str,
    row: &T,
    select: &Select<T>,
    expanded: Option<&str>,
) -> Map<String, Json> {
    let mut body = Map::new();
    let context = format!("{}/$entity", context(call, set, select.context.as_deref(), expanded));
    body.insert("@odata.context".to_owned(), context.into());
    body.extend(members(row, select));
    body
}

/// `https://…/v1.0/$metadata#users(id,mail)`
pub(super) fn context(call: &Call<'_>, set: &str, select: Option<&str>, expanded: Option<&str>) -> String {
    let chosen: Vec<&str> = select.into_iter().chain(expanded).collect();
    let chosen = if chosen.is_empty() { String::new() } else { format!("({})", chosen.join(",")) };
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
