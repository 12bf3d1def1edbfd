//! `$select`: the properties that an answer has.

use std::sync::Arc;

use super::ODataError;
use super::schema::{EntityType, Found, Property};

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
