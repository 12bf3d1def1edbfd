//! Pages of directory objects: filter, order, links to the next one.

use serde_json::{Map, Value as Json};

use super::call::{Call, Play, Reply};
use super::error::GraphError;
use super::expand::Expansion;
use super::get::{context, members};
use super::mixed::Mixed;
use super::place::Place;
use super::source::Source;
use crate::odata::{EntityType, Filter, OrderBy, Place as Position, QueryOptions, Select};
use crate::tenant::DirectoryObject;

type Object = DirectoryObject;
/// Rows of a page, and where the next one begins.
type Page<'t> = (Vec<&'t Object>, Option<Position>);

/// What the rows of a collection are.
pub(super) enum Rows {
    /// All of one type.
    Of(&'static EntityType<Object>),
    /// Of several types; queries know what these have in common.
    Mixed(&'static EntityType<Object>),
}

impl Rows {
    const fn entity(&self) -> &'static EntityType<Object> {
        match self {
            Self::Of(entity) | Self::Mixed(entity) => entity,
        }
    }

    fn telling(&self, call: &Call<'_>, select: Option<&str>) -> Result<Telling, GraphError> {
        Ok(match self {
            Self::Of(entity) => Telling::Plain(Select::parse(select, entity, call.is_beta())?),
            Self::Mixed(_) => Telling::Mixed(Mixed::select(call, select)?, select.map(str::to_owned)),
        })
    }
}

/// What is told of each row.
enum Telling {
    Plain(Select<Object>),
    Mixed(Mixed, Option<String>),
}

impl Telling {
    fn select(&self) -> Option<&str> {
        match self {
            Self::Plain(select) => select.context.as_deref(),
            Self::Mixed(_, names) => names.as_deref(),
        }
    }

    fn members(&self, row: &Object) -> Map<String, Json> {
        match self {
            Self::Plain(select) => members(row, select),
            Self::Mixed(mixed, _) => mixed.members(row),
        }
    }
}

/// `…/$count`.
pub(super) fn count(call: &Call<'_>, source: &Source<'_>, rows: &Rows) -> Result<Reply, GraphError> {
    if !call.eventual {
        return Err(GraphError::new(400, "Request_BadRequest", "$count is not currently supported."));
    }
    let mut options = QueryOptions::parse(call.query, call.is_beta())?;
    options.check_served()?;
    options.count = true;
    let filter = options.filter(rows.entity(), call.eventual)?;
    Ok(Reply::plain("text/plain", source.passing(filter.as_ref(), 0).count().to_string()))
}

/// One page.
pub(super) fn page(
    call: &Call<'_>,
    source: &Source<'_>,
    rows: &Rows,
    place: &Place,
) -> Result<Reply, GraphError> {
    let options = QueryOptions::parse(call.query, call.is_beta())?;
    let expansion = Expansion::of(call, &options, place)?;
    let telling = rows.telling(call, options.select.as_deref())?;
    let filter = options.filter(rows.entity(), call.eventual)?;
    let orderby = options.orderby(rows.entity(), call.eventual)?;
    let query = Fingerprint::of(call, place, source.tenant.epoch());
    let start = query.place(call, options.skiptoken.as_deref())?;
    let page = match &orderby {
        Some(order) => ordered(source, filter.as_ref(), order, start, options.page_size()),
        None => sequential(source, filter.as_ref(), start, options.page_size()),
    };
    let (found, next) = played(call.play, page, start, orderby.is_some(), source);
    let mut body = Map::new();
    body.insert(
        "@odata.context".to_owned(),
        context(call, &place.set(), telling.select(), expansion.context().as_deref()).into(),
    );
    if options.tells_count(call.eventual) {
        body.insert("@odata.count".to_owned(), source.passing(filter.as_ref(), 0).count().into());
    }
    if let Some(next) = next {
        body.insert("@odata.nextLink".to_owned(), query.link(call, next).into());
    }
    let entry = |row: &&Object| {
        let mut entry = telling.members(row);
        expansion.add_to(&mut entry, source.tenant, row, source.view);
        Json::Object(entry)
    };
    body.insert("value".to_owned(), found.iter().map(entry).collect());
    Ok(Reply::ok(body.into()))
}

/// Pages in the order of creation: the place is that of the last row, so that a page does not shift when rows go.
fn sequential<'t>(
    source: &Source<'t>,
    filter: Option<&Filter<Object>>,
    start: Position,
    size: usize,
) -> Page<'t> {
    let mut passing = source.passing(filter, start);
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
    let mut rows: Vec<&Object> = source.passing(filter, 0).map(|(_, row)| row).collect();
    rows.sort_by(|a, b| order.compare(a, b));
    let skip = usize::try_from(start).unwrap_or(usize::MAX).min(rows.len());
    let page: Vec<_> = rows.iter().copied().skip(skip).take(size).collect();
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
    source.rows(start).find(|(_, row)| row.id == id).map(|(place, _)| place)
}

/// What a page token is bound to: the path and every option but the token itself.
struct Fingerprint {
    text: String,
    path: String,
}

impl Fingerprint {
    /// Places mean nothing in another state than theirs: a page link of before a reset or a restore is refused.
    fn of(call: &Call<'_>, place: &Place, epoch: u64) -> Self {
        let path = format!("{}/{}", call.version.segment(), place.path());
        let options = call.query.iter().filter(|(name, _)| !is_token(name));
        let begun = format!("{epoch}/{path}");
        let text = options.fold(begun, |text, (name, value)| format!("{text}&{name}={value}"));
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
