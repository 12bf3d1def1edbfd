//! What a search means on an entity type. The texts for clauses that are no good are assumed.

use std::sync::Arc;

use super::grammar::parse;
use super::tokens;
use crate::odata::filter::{Filter, Leaf};
use crate::odata::schema::{EntityType, Found, Property};
use crate::odata::value::{Value, starts_with};
use crate::odata::{EdmType, ODataError};

/// Properties whose words are searched; others are searched by their beginning.
const TOKENISED: &[&str] = &["displayName", "description"];

/// What a value must have to be found.
#[derive(Debug)]
pub(in crate::odata) enum Sought {
    /// All these words, in any order.
    Words(Vec<String>),
    /// This beginning.
    Beginning(String),
}

/// Reads a search and checks it against the type. `eventual`: `ConsistencyLevel: eventual` was sent.
///
/// # Errors
/// No header, bad syntax, a clause without a property, a property that can't be searched.
pub(in crate::odata) fn parse_search<T>(
    text: &str,
    entity: &EntityType<T>,
    eventual: bool,
) -> Result<Filter<T>, ODataError> {
    if !eventual {
        return Err(ODataError::unsupported(
            "Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'",
        ));
    }
    let tree = parse(text)?;
    Ok(Filter(tree.try_map(&mut |clause: String| bind(&clause, entity))?))
}

impl Sought {
    /// Whether the value, or one of its elements, is found.
    pub(in crate::odata) fn holds(&self, value: &Value<'_>) -> bool {
        match value {
            Value::Text(text) => self.is_in(text),
            Value::Texts(list) => list.iter().any(|text| self.is_in(text)),
            _ => false,
        }
    }

    fn is_in(&self, text: &str) -> bool {
        match self {
            Self::Words(words) => tokens::matches(text, words),
            Self::Beginning(beginning) => starts_with(text, beginning),
        }
    }
}

fn bind<T>(clause: &str, entity: &EntityType<T>) -> Result<Leaf<T>, ODataError> {
    let (name, text) = clause.split_once(':').ok_or_else(|| {
        ODataError::request(format!(
            "Invalid search clause '{clause}': expected '<property>:<text to search>'."
        ))
    })?;
    let property = searchable(name.trim(), entity)?;
    let sought = sought(&property.name, text.trim());
    Ok(Leaf::Search(property, sought))
}

fn sought(name: &str, text: &str) -> Sought {
    if TOKENISED.contains(&name) {
        return Sought::Words(tokens::words(text));
    }
    Sought::Beginning(text.to_owned())
}

/// "Any property that can be used in $filter", of type String.
fn searchable<T>(name: &str, entity: &EntityType<T>) -> Result<Arc<Property<T>>, ODataError> {
    let is_open = |property: &Property<T>| {
        property.edm == EdmType::String
            && (property.ops.eq.is_open(true) || property.ops.starts.is_open(true))
    };
    match entity.find(name) {
        Found::Served(property) if is_open(&property) => Ok(property),
        Found::Served(property) => Err(ODataError::unsupported(format!(
            "Property '{}' of resource '{}' is not searchable.",
            property.name, entity.resource
        ))),
        Found::Unserved(known) => {
            Err(ODataError::not_by_double(&format!("$search on the property '{known}'")))
        }
        Found::Unknown => Err(ODataError::bad_request(format!(
            "Could not find a property named '{name}' on type '{}'.",
            entity.name
        ))),
    }
}
