//! Collections of a few rows that are no objects of the store: organization, domains, service principals.

use serde_json::{Map, Value as Json};

use super::call::{Call, Reply};
use super::error::GraphError;
use super::get::{self, context, members};
use super::model::Act;
use super::path::Key;
use super::place::Place;
use crate::odata::{EntityType, QueryOptions, Select};

/// Answers a read. `has` tells whether a row has that key.
pub(super) fn answer<T>(
    call: &Call<'_>,
    place: &Place,
    act: Act,
    rows: &[T],
    entity: &'static EntityType<T>,
    has: impl Fn(&T, &Key) -> bool,
) -> Result<Reply, GraphError> {
    if act == Act::List {
        return list(call, place, rows, entity);
    }
    let Some(key) = place.last_key() else { return Err(place.unserved(call.method)) };
    let found = rows.iter().find(|row| has(row, key));
    get::answer(call, place, found.ok_or_else(|| GraphError::not_found(&key.value))?, entity)
}

/// All rows that pass the filter, in one page.
fn list<T>(
    call: &Call<'_>,
    place: &Place,
    rows: &[T],
    entity: &'static EntityType<T>,
) -> Result<Reply, GraphError> {
    let options = QueryOptions::parse(call.query, call.is_beta())?;
    options.check_served()?;
    let select = Select::parse(options.select.as_deref(), entity, call.is_beta())?;
    let filter = options.filter(entity, call.eventual)?;
    let rows = rows.iter().filter(|row| filter.as_ref().is_none_or(|filter| filter.holds(row)));
    let value: Vec<Json> = rows.map(|row| members(row, &select).into()).collect();
    let mut body = Map::new();
    body.insert(
        "@odata.context".to_owned(),
        context(call, &place.set(), select.context.as_deref(), None).into(),
    );
    body.insert("value".to_owned(), value.into());
    Ok(Reply::ok(body.into()))
}
