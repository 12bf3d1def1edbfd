//! `$orderby`.

use std::cmp::Ordering;
use std::sync::Arc;

use super::ODataError;
use super::options::Advanced;
use super::schema::{EntityType, Found, Property};

/// An order of rows by properties.
#[derive(Debug)]
pub struct OrderBy<T: 'static>(Vec<(Arc<Property<T>>, bool)>);

impl<T> OrderBy<T> {
    /// Reads `displayName desc,id`.
    ///
    /// # Errors
    /// An unknown property, one that can't be sorted by, a direction other than `asc` and `desc`.
    pub fn parse(text: &str, entity: &EntityType<T>, advanced: Advanced) -> Result<Self, ODataError> {
        text.split(',').map(|item| key(item, entity, advanced)).collect::<Result<_, _>>().map(Self)
    }

    /// How two rows stand to each other.
    #[must_use]
    pub fn compare(&self, a: &T, b: &T) -> Ordering {
        let by_key = |(property, descending): &(Arc<Property<T>>, bool)| {
            let order = property.of(a).order(&property.of(b));
            if *descending { order.reverse() } else { order }
        };
        self.0.iter().map(by_key).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    }
}

fn key<T>(
    item: &str,
    entity: &EntityType<T>,
    advanced: Advanced,
) -> Result<(Arc<Property<T>>, bool), ODataError> {
    let mut words = item.split_whitespace();
    let name = words.next().unwrap_or("");
    let descending = match (words.next(), words.next()) {
        (None, None) => false,
        (Some(word), None) if word.eq_ignore_ascii_case("asc") => false,
        (Some(word), None) if word.eq_ignore_ascii_case("desc") => true,
        _ => {
            return Err(ODataError::bad_request(format!(
                "Invalid orderby clause: Syntax error in '{item}'."
            )));
        }
    };
    match entity.find(name) {
        Found::Served(property) if property.ops.order.is_open(advanced.is_on()) => Ok((property, descending)),
        Found::Served(_) | Found::Unserved(_) => {
            Err(ODataError::unsupported("Sorting not supported for current query."))
        }
        Found::Unknown => Err(ODataError::bad_request(format!(
            "Invalid orderby clause: Could not find a property named '{name}' on type '{}'.",
            entity.name
        ))),
    }
}
