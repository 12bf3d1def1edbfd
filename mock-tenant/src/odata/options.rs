//! The query options of a request.

use std::sync::Arc;

use super::schema::{EntityType, Found, Property};
use super::{Filter, ODataError, OrderBy};

/// Objects in a page unless `$top` says otherwise. Source: learn.microsoft.com/graph/api/user-list.
const PAGE_DEFAULT: usize = 100;
/// Most objects in a page.
const PAGE_MAX: usize = 999;

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
            _ => return Err(ODataError::request(format!("'{name}' is not supported by the service."))),
        }
        Ok(())
    }

    /// Objects in a page.
    #[must_use]
    pub fn page_size(&self) -> usize {
        self.top.unwrap_or(PAGE_DEFAULT)
    }

    /// The filter on an entity type.
    ///
    /// # Errors
    /// As [`Filter::parse`].
    pub fn filter<T>(&self, entity: &EntityType<T>, eventual: bool) -> Result<Option<Filter<T>>, ODataError> {
        let advanced = Advanced { eventual, count: self.count };
        self.filter.as_deref().map(|text| Filter::parse(text, entity, advanced)).transpose()
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
        let advanced = Advanced { eventual, count: self.count };
        if self.filter.is_some() && !advanced.is_on() {
            return Err(ODataError::unsupported("Sorting not supported for current query."));
        }
        OrderBy::parse(text, entity, advanced).map(Some)
    }

    /// The options that the real service serves and the double doesn't.
    ///
    /// # Errors
    /// 501 that names the option.
    pub fn check_served(&self) -> Result<(), ODataError> {
        match (&self.expand, &self.search) {
            (Some(_), _) => Err(ODataError::not_by_double("$expand")),
            (_, Some(_)) => Err(ODataError::not_by_double("$search")),
            (None, None) => Ok(()),
        }
    }
}

const KNOWN: &[&str] = &[
    "$select",
    "$filter",
    "$orderby",
    "$top",
    "$count",
    "$skiptoken",
    "$expand",
    "$search",
    "$skip",
    "$format",
    "$deltatoken",
    "$apply",
    "$compute",
];

/// On beta the `$` may be left out. Source: learn.microsoft.com/graph/query-parameters.
fn option_name(name: &str, beta: bool) -> Result<&'static str, ODataError> {
    let dollar = if beta && !name.starts_with('$') { format!("${name}") } else { name.to_owned() };
    let known = KNOWN.iter().find(|known| known.eq_ignore_ascii_case(&dollar));
    known
        .copied()
        .ok_or_else(|| ODataError::request(format!("Unrecognized query argument specified: '{name}'.")))
}

fn page_size(value: &str) -> Result<usize, ODataError> {
    let Ok(size) = value.trim().parse::<u64>() else {
        return Err(ODataError::bad_request(format!(
            "Invalid value '{value}' for $top query option found. The $top query option requires a non-negative integer value."
        )));
    };
    match usize::try_from(size) {
        Ok(size) if (1..=PAGE_MAX).contains(&size) => Ok(size),
        _ => Err(ODataError::request(format!(
            "Invalid page size specified: '{size}'. Must be between 1 and {PAGE_MAX} inclusive."
        ))),
    }
}

fn flag(value: &str) -> Result<bool, ODataError> {
    match value.trim() {
        value if value.eq_ignore_ascii_case("true") => Ok(true),
        value if value.eq_ignore_ascii_case("false") => Ok(false),
        _ => Err(ODataError::bad_request(format!(
            "Invalid value '{value}' for $count query option found. Valid values are 'true' and 'false'."
        ))),
    }
}

/// The properties an answer has.
#[derive(Debug)]
pub struct Select<T: 'static> {
    /// In the order of the type.
    pub properties: Vec<Arc<Property<T>>>,
    /// `(id,mail)` in the context URL; `None` without `$select`.
    pub context: Option<String>,
}

impl<T> Select<T> {
    /// Reads `$select`. Without one: the default set, or all properties on beta.
    ///
    /// # Errors
    /// A property that the type does not have, or that the double has no data for.
    pub fn parse(text: Option<&str>, entity: &EntityType<T>, beta: bool) -> Result<Self, ODataError> {
        let names: Vec<&str> =
            text.unwrap_or("").split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
        if names.is_empty() || names.contains(&"*") {
            let returned =
                |property: &&Arc<Property<T>>| property.default || (beta && property.read.is_some());
            let properties = entity.properties.iter().filter(returned).cloned().collect();
            return Ok(Self { properties, context: None });
        }
        let chosen = names.iter().map(|name| find(entity, name)).collect::<Result<Vec<_>, _>>()?;
        Ok(Self { properties: in_order(entity, chosen), context: Some(names.join(",")) })
    }
}

/// Each once: those of the type in its order, then the extensions in the order of the request.
fn in_order<T>(entity: &EntityType<T>, chosen: Vec<Arc<Property<T>>>) -> Vec<Arc<Property<T>>> {
    let has = |list: &[Arc<Property<T>>], name: &str| list.iter().any(|property| property.name == name);
    let mut properties: Vec<_> =
        entity.properties.iter().filter(|property| has(&chosen, &property.name)).cloned().collect();
    for property in chosen {
        if !has(&properties, &property.name) {
            properties.push(property);
        }
    }
    properties
}

fn find<T>(entity: &EntityType<T>, name: &str) -> Result<Arc<Property<T>>, ODataError> {
    match entity.find(name) {
        Found::Served(property) => Ok(property),
        Found::Unserved(known) => Err(ODataError::not_by_double(&format!("the property '{known}'"))),
        Found::Unknown => Err(ODataError::bad_request(format!(
            "Parsing OData Select and Expand failed: Could not find a property named '{name}' on type '{}'.",
            entity.name
        ))),
    }
}
