//! Collections: filter, order, pages.

use serde_json::{Map, Value as Json};

use super::call::{Call, Play, Reply};
use super::candidates::candidates;
use super::error::GraphError;
use super::get::{context, members};
use super::place::Place;
use crate::odata::{EntityType, Filter, OrderBy, Place as Position, QueryOptions, Select};
use crate::tenant::{DirectoryObject, Kind, Tenant, View};

type Object = DirectoryObject;
/// Rows of a page, and where the next one begins.
type Page<'t> = (Vec<&'t Object>, Option<Position>);

/// `GET /users` and the like.
pub(super) fn live(
    tenant: &Tenant,
    call: &Call<'_>,
    kind: Kind,
    entity: &'static EntityType<Object>,
    place: &Place,
) -> Result<Reply, GraphError> {
    let source = Source { tenant, kind, view: call.view(tenant), deleted: false };
    listed(call, &source, entity, place)
}

/// `GET /users/$count`.
pub(super) fn count(
    tenant: &Tenant,
    call: &Call<'_>,
    kind: Kind,
    deleted: bool,
    entity: &'static EntityType<Object>,
) -> Result<Reply, GraphError> {
    if !call.eventual {
        return Err(GraphError::new(400, "Request_BadRequest", "$count is not currently supported."));
    }
    let mut options = QueryOptions::parse(call.query, call.is_beta())?;
    options.check_served()?;
    options.count = true;
    let filter = options.filter(entity, call.eventual)?;
    let source = Source { tenant, kind, view: call.view(tenant), deleted };
    let number = source.rows(0, filter.as_ref()).count();
    Ok(Reply::plain("text/plain", number.to_string()))
}

/// Answers a list call over any source.
pub(super) fn listed(
    call: &Call<'_>,
    source: &Source<'_>,
    entity: &'static EntityType<Object>,
    place: &Place,
) -> Result<Reply, GraphError> {
    let options = QueryOptions::parse(call.query, call.is_beta())?;
    options.check_served()?;
    let select = Select::parse(options.select.as_deref(), entity, call.is_beta())?;
    let filter = options.filter(entity, call.eventual)?;
    let orderby = options.orderby(entity, call.eventual)?;
    let query = Fingerprint::of(call, place);
    let start = query.place(call, options.skiptoken.as_deref())?;
    let page = match &orderby {
        Some(order) => ordered(source, filter.as_ref(), order, start, options.page_size()),
        None => sequential(source, filter.as_ref(), start, options.page_size()),
    };
    let (rows, next) = played(call.play, page, start, orderby.is_some(), source);
    let mut body = Map::new();
    body.insert("@odata.context".to_owned(), context(call, &place.set(), &select).into());
    if options.tells_count(call.eventual) {
        body.insert("@odata.count".to_owned(), source.rows(0, filter.as_ref()).count().into());
    }
    if let Some(next) = next {
        body.insert("@odata.nextLink".to_owned(), query.link(call, next).into());
    }
    let value: Vec<Json> = rows.iter().map(|row| members(*row, &select).into()).collect();
    body.insert("value".to_owned(), value.into());
    Ok(Reply::ok(body.into()))
}

/// Where the rows come from.
pub(super) struct Source<'t> {
    pub(super) tenant: &'t Tenant,
    pub(super) kind: Kind,
    pub(super) view: View,
    pub(super) deleted: bool,
}

impl<'t> Source<'t> {
    /// Rows that pass, in the order of creation, from a place on; from a look-up table if there is one for the filter.
    fn rows<'f>(
        &self,
        after: Position,
        filter: Option<&'f Filter<Object>>,
    ) -> Box<dyn Iterator<Item = (Position, &'t Object)> + 'f>
    where
        't: 'f,
    {
        let rows: Box<dyn Iterator<Item = (Position, &'t Object)> + 't> = match self.candidates(filter) {
            Some(found) => Box::new(found.into_iter().filter(move |(place, _)| *place > after)),
            None if self.deleted => Box::new(self.tenant.deleted_objects(self.kind, after, self.view)),
            None => Box::new(self.tenant.objects(self.kind, after, self.view)),
        };
        Box::new(rows.filter(move |(_, row)| filter.is_none_or(|filter| filter.holds(row))))
    }

    fn candidates(&self, filter: Option<&Filter<Object>>) -> Option<Vec<(Position, &'t Object)>> {
        let filter = filter.filter(|_| !self.deleted)?;
        let mut found = candidates(self.tenant, self.kind, self.view, filter)?;
        found.retain(|(_, row)| row.is_live());
        Some(found)
    }
}

/// Pages in the order of creation: the place is that of the last row, so that a page does not shift when rows go.
fn sequential<'t>(
    source: &Source<'t>,
    filter: Option<&Filter<Object>>,
    start: Position,
    size: usize,
) -> Page<'t> {
    let mut passing = source.rows(start, filter);
    let page: Vec<_> = passing.by_ref().take(size).collect();
    let next = page.last().map(|(place, _)| *place).filter(|_| passing.next().is_some());
    (page.into_iter().map(|(_, row)| row).collect(), next)
}

/// Pages of a sorted answer: the place counts rows.
fn ordered<'t>(
    source: &Source<'t>,
    filter: Option<&Filter<Object>>,
    order: &OrderBy<Object>,
    start: Position,
    size: usize,
) -> Page<'t> {
    let mut rows: Vec<&Object> = source.rows(0, filter).map(|(_, row)| row).collect();
    rows.sort_by(|a, b| order.compare(a, b));
    let skip = usize::try_from(start).unwrap_or(usize::MAX).min(rows.len());
    let page: Vec<_> = rows[skip..].iter().copied().take(size).collect();
    let end = skip + page.len();
    let next = (end < rows.len()).then(|| Position::try_from(end).unwrap_or(Position::MAX));
    (page, next)
}

/// The page as the faults want it.
fn played<'t>(play: Play, page: Page<'t>, start: Position, counted: bool, source: &Source<'t>) -> Page<'t> {
    let (mut rows, mut next) = page;
    if play.partial && !rows.is_empty() {
        rows.truncate(rows.len().div_ceil(2));
        next = if counted {
            Some(start + rows.len() as Position)
        } else {
            place_of(source, start, rows.last().copied())
        };
    }
    if play.duplicate {
        next = Some(start);
    }
    if play.reorder {
        rows.reverse();
    }
    (rows, next)
}

fn place_of(source: &Source<'_>, start: Position, last: Option<&Object>) -> Option<Position> {
    let id = last?.id;
    source.rows(start, None).find(|(_, row)| row.id == id).map(|(place, _)| place)
}

/// What a page token is bound to: the path and every option but the token itself.
struct Fingerprint {
    text: String,
    path: String,
}

impl Fingerprint {
    fn of(call: &Call<'_>, place: &Place) -> Self {
        let path = format!("{}/{}", call.version.segment(), place.path());
        let options = call.query.iter().filter(|(name, _)| !is_token(name));
        let text = options.fold(path.clone(), |text, (name, value)| format!("{text}&{name}={value}"));
        Self { text, path }
    }

    fn place(&self, call: &Call<'_>, token: Option<&str>) -> Result<Position, GraphError> {
        token.map_or(Ok(0), |token| Ok(call.pages.open(token, &self.text, call.eventual)?))
    }

    /// The same call with the token of the next page.
    fn link(&self, call: &Call<'_>, next: Position) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(call.query.iter().filter(|(name, _)| !is_token(name)));
        query.append_pair("$skiptoken", &call.pages.issue(next, &self.text, call.eventual));
        let query = query.finish().replace("%24", "$").replace('+', "%20");
        format!("{}/{}?{query}", call.endpoint.origin(), self.path)
    }
}

fn is_token(name: &str) -> bool {
    name.trim_start_matches('$').eq_ignore_ascii_case("skiptoken")
}
