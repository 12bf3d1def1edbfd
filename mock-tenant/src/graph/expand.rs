//! `$expand`: one relationship of each object, with its first objects.
//! Source: microsoft-graph-docs, concepts/query-parameters.md ("only one relationship", "a maximum of 20 items").

use serde_json::{Map, Value as Json};

use super::call::Call;
use super::error::GraphError;
use super::mixed::Mixed;
use super::model::{Content, Navigation, Relation};
use super::place::Place;
use super::relation::related;
use crate::odata::{Expand, QueryOptions};
use crate::tenant::{DirectoryObject, Tenant, View};

/// Most objects of an expanded relationship.
const EXPANDED_MAX: usize = 20;

/// What is expanded, if anything is.
pub(super) struct Expansion(Option<Expanded>);

struct Expanded {
    navigation: &'static Navigation,
    relation: Relation,
    mixed: Mixed,
}

impl Expanded {
    fn of(navigation: &'static Navigation, mixed: Mixed) -> Option<Self> {
        match navigation.content {
            Content::Related(relation) => Some(Self { navigation, relation, mixed }),
            _ => None,
        }
    }
}

impl Expansion {
    /// Reads `$expand` on objects of the type that the place leads to.
    pub(super) fn of(call: &Call<'_>, options: &QueryOptions, place: &Place) -> Result<Self, GraphError> {
        let Some(text) = options.expand.as_deref() else { return Ok(Self(None)) };
        let Some(of) = place.target() else { return Err(GraphError::not_by_double("$expand here")) };
        let name = text.split('(').next().unwrap_or(text).trim();
        if of.knows(name) {
            return Err(GraphError::not_by_double(&format!("$expand={name}")));
        }
        let names: Vec<&'static str> = of.navigations.iter().map(|navigation| navigation.name).collect();
        let expand = Expand::parse(text, &names, &format!("microsoft.graph.{}", of.name))?;
        if expand.levels.is_some() {
            return Err(GraphError::not_by_double("$levels of $expand"));
        }
        let mixed = Mixed::select(call, expand.select.as_deref())?;
        let navigation = of.navigations.iter().find(|navigation| navigation.name == expand.navigation);
        Ok(Self(navigation.and_then(|navigation| Expanded::of(navigation, mixed))))
    }

    /// `manager()` in the context of the answer.
    pub(super) fn context(&self) -> Option<String> {
        self.0.as_ref().map(|expanded| format!("{}()", expanded.navigation.name))
    }

    /// Adds the relationship to an object. A single one that is not there is left out.
    pub(super) fn add_to(
        &self,
        body: &mut Map<String, Json>,
        tenant: &Tenant,
        object: &DirectoryObject,
        view: View,
    ) {
        let Some(Expanded { navigation, relation, mixed }) = &self.0 else { return };
        let Some(object) = tenant.get(object.id, view) else { return };
        let found = related(tenant, object, *relation, view);
        let mut found =
            found.into_iter().take(EXPANDED_MAX).map(|object| Json::Object(mixed.members(object)));
        let value = if navigation.many { Some(found.collect()) } else { found.next() };
        body.extend(value.map(|value| (navigation.name.to_owned(), value)));
    }
}
