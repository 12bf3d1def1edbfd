//! The query options of a request.

use super::option::{flag, format, option_name, page_size};
use super::schema::EntityType;
use super::search::parse_search;
use super::{Filter, ODataError, OrderBy};

/// Objects in a page unless `$top` says otherwise. Source: learn.microsoft.com/graph/api/user-list.
const PAGE_DEFAULT: usize = 100;
/// An advanced query has `ConsistencyLevel: eventual` and `$count=true`; some operators need both.
/// Source: learn.microsoft.com/graph/aad-advanced-queries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Advanced {
    /// `ConsistencyLevel: eventual` was sent.
    pub eventual: bool,
    /// `$count=true` was asked for.
    pub count: bool,
}

impl Advanced {
    /// Both are there.
    #[must_use]
    pub const fn is_on(self) -> bool {
        self.eventual && self.count
    }
}

/// Query options as texts, each at most once, known ones only.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct QueryOptions {
    /// `$select`
    pub select: Option<String>,
    /// `$filter`
    pub filter: Option<String>,
    /// `$orderby`
    pub orderby: Option<String>,
    /// `$top`
    pub top: Option<usize>,
    /// `$count`
    pub count: bool,
    /// `$skiptoken`
    pub skiptoken: Option<String>,
    /// `$expand`
    pub expand: Option<String>,
    /// `$search`
    pub search: Option<String>,
}

impl QueryOptions {
    /// Reads the options out of decoded query pairs.
    ///
    /// # Errors
    /// An option that there isn't, one given twice, a value that it can't take.
    pub fn parse(pairs: &[(String, String)], beta: bool) -> Result<Self, ODataError> {
        let mut options = Self::default();
        let mut seen = Vec::new();
        for (name, value) in pairs {
            let known = option_name(name, beta)?;
            if seen.contains(&known) {
                return Err(ODataError::bad_request(format!(
                    "Query option '{known}' was specified more than once, but it must be specified at most once."
                )));
            }
            seen.push(known);
            options.set(known, value)?;
        }
        Ok(options)
    }

    fn set(&mut self, name: &'static str, value: &str) -> Result<(), ODataError> {
        let text = || Some(value.to_owned()).filter(|text| !text.trim().is_empty());
        match name {
            "$select" => self.select = text(),
            "$filter" => self.filter = text(),
            "$orderby" => self.orderby = text(),
            "$expand" => self.expand = text(),
            "$search" => self.search = text(),
            "$skiptoken" => self.skiptoken = text(),
            "$top" => self.top = Some(page_size(value)?),
            "$count" => self.count = flag(value)?,
            "$format" => format(value)?,
            _ => return Err(ODataError::request(format!("'{name}' is not supported by the service."))),
        }
        Ok(())
    }

    /// Objects in a page.
    #[must_use]
    pub fn page_size(&self) -> usize {
        self.top.unwrap_or(PAGE_DEFAULT)
    }

    /// What kind of query it is. With `$expand` beside them the advanced query parameters have no effect.
    /// Source: learn.microsoft.com/graph/aad-advanced-queries ("$expand is not supported with advanced queries") and
    /// microsoft-graph-docs-contrib issues 9095 ($filter) and 2577 ($search), which show what is answered then.
    #[must_use]
    pub const fn advanced(&self, eventual: bool) -> Advanced {
        Advanced { eventual: eventual && self.expand.is_none(), count: self.count }
    }

    /// What `$filter` and `$search` ask of a row.
    ///
    /// # Errors
    /// As [`Filter::parse`]; a search without the header, with bad syntax, or on a property that can't be searched.
    pub fn filter<T>(&self, entity: &EntityType<T>, eventual: bool) -> Result<Option<Filter<T>>, ODataError> {
        let advanced = self.advanced(eventual);
        let filter = self.filter.as_deref().map(|text| Filter::parse(text, entity, advanced)).transpose()?;
        let search = self.search.as_deref();
        let search = search.map(|text| parse_search(text, entity, advanced.eventual)).transpose()?;
        Ok(Filter::both(filter, search))
    }

    /// The order of the answer.
    ///
    /// # Errors
    /// As [`OrderBy::parse`]; with a filter beside it the query must be an advanced one.
    pub fn orderby<T>(
        &self,
        entity: &EntityType<T>,
        eventual: bool,
    ) -> Result<Option<OrderBy<T>>, ODataError> {
        let Some(text) = self.orderby.as_deref() else { return Ok(None) };
        let advanced = self.advanced(eventual);
        if self.filter.is_some() && !advanced.is_on() {
            return Err(ODataError::unsupported("Sorting not supported for current query."));
        }
        OrderBy::parse(text, entity, advanced).map(Some)
    }

    /// Whether the answer tells `@odata.count`: on the first page only, and never without the header.
    /// Source: learn.microsoft.com/graph/query-parameters, skipToken; aad-advanced-queries.
    #[must_use]
    pub const fn tells_count(&self, eventual: bool) -> bool {
        self.count && eventual && self.skiptoken.is_none()
    }

    /// The options that the real service serves and the double doesn't.
    ///
    /// # Errors
    /// 501 that names the option.
    pub fn check_served(&self) -> Result<(), ODataError> {
        if self.expand.is_some() { Err(ODataError::not_by_double("$expand")) } else { Ok(()) }
    }
}
