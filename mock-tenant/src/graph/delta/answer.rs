//! One call of a delta query.

use serde_json::{Map, Value as Json};

use super::entry::Entries;
use super::query::{Query, Start};
use super::token::Token;
use crate::graph::call::{Call, Reply};
use crate::graph::error::GraphError;
use crate::graph::get::context;
use crate::graph::place::Place;
use crate::tenant::{CursorGone, DeltaItem, DeltaPage, Kind, Tenant, View};

/// Objects in a page. Source: microsoft-graph-docs issue 5566 (200 for users).
const PAGE: usize = 200;

/// `GET /users/delta` and the like.
pub(in crate::graph) fn answer(
    tenant: &Tenant,
    call: &Call<'_>,
    place: &Place,
    kind: Kind,
) -> Result<Reply, GraphError> {
    let link = format!("{}/{}/delta", call.root(), place.path());
    let view = call.view(tenant);
    let (query, start) = Query::of(call, kind, &link)?;
    let page =
        page(tenant, &query, kind, view, start).map_err(|_| GraphError::gone(&link, "resyncRequired"))?;
    let since = match start {
        Start::After(cursor) if !cursor.is_first_read() => Some(cursor),
        _ => None,
    };
    let entries = Entries::new(call, &query, kind, view, since)?;
    let value: Vec<Json> = page.items.iter().filter_map(|item| entries.entry(tenant, item)).collect();
    let mut body = Map::new();
    let context = context(call, &place.set(), query.select.as_deref(), None);
    body.insert("@odata.context".to_owned(), context.into());
    let (name, next) = next(call, &query, &page, &link);
    body.insert(name.to_owned(), next.into());
    body.insert("value".to_owned(), value.into());
    Ok(Reply::ok(body.into()))
}

/// A filter on ids is answered from the ids, whatever the tenant holds besides.
fn page<'t>(
    tenant: &'t Tenant,
    query: &Query,
    kind: Kind,
    view: View,
    start: Start,
) -> Result<DeltaPage<'t>, CursorGone> {
    let from_now = |items| Ok(DeltaPage { items, next: tenant.delta_position(view), more: false });
    match start {
        Start::Latest => from_now(Vec::new()),
        Start::Anew if query.ids.is_empty() => tenant.delta(kind, tenant.delta_start(view), view, PAGE),
        Start::Anew => {
            let found = query.ids.iter().filter_map(|id| tenant.get(*id, view));
            let found = found.filter(|object| object.is_live() && object.kind() == kind);
            from_now(found.map(DeltaItem::Live).collect())
        }
        Start::After(cursor) => tenant.delta(kind, cursor, view, PAGE),
    }
}

/// The link of the next page, or of the next round.
fn next(call: &Call<'_>, query: &Query, page: &DeltaPage<'_>, link: &str) -> (&'static str, String) {
    let token = Token { cursor: page.next, issued: call.now, query: query.write() };
    let token = token.seal(call.pages, link);
    if page.more {
        ("@odata.nextLink", format!("{link}?$skiptoken={token}"))
    } else {
        ("@odata.deltaLink", format!("{link}?$deltatoken={token}"))
    }
}
