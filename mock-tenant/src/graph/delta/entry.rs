//! One object in the answer to a delta query.

use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::query::Query;
use crate::graph::call::Call;
use crate::graph::error::GraphError;
use crate::graph::mixed::{entity_of, odata_type};
use crate::odata::{Property, Select};
use crate::tenant::{Cursor, DeltaItem, DirectoryObject, Kind, Link, Tenant, View, stored_names};

type Object = DirectoryObject;

/// How objects are told.
pub(super) struct Entries<'q> {
    query: &'q Query,
    select: Select<Object>,
    view: View,
    /// The change after which the reader wants to know; `None`: everything.
    since: Option<Cursor>,
    /// `Prefer: return=minimal`: changed properties only.
    minimal: bool,
}

impl<'q> Entries<'q> {
    pub(super) fn new(
        call: &Call<'_>,
        query: &'q Query,
        kind: Kind,
        view: View,
        since: Option<Cursor>,
    ) -> Result<Self, GraphError> {
        let entity = entity_of(call, kind);
        let select = Select::parse(query.select.as_deref(), entity, call.is_beta())?;
        Ok(Self { query, select, view, since, minimal: call.prefer.minimal })
    }

    /// `None`: nothing that the reader asked for has changed.
    pub(super) fn entry(&self, tenant: &Tenant, item: &DeltaItem<'_>) -> Option<Json> {
        let id = item.id();
        if !self.query.ids.is_empty() && !self.query.ids.contains(&id) {
            return None;
        }
        match item {
            DeltaItem::Live(object) => self.live(tenant, object),
            DeltaItem::SoftDeleted(_) => Some(removed(id, "changed")),
            DeltaItem::Gone(_) => Some(removed(id, "deleted")),
        }
    }

    fn live(&self, tenant: &Tenant, object: &Object) -> Option<Json> {
        let since = self.since.filter(|since| !object.history.is_new_since(since.since()));
        let links: Vec<(String, Vec<Json>)> = self
            .query
            .links
            .iter()
            .map(|name| (format!("{name}@delta"), self.links(tenant, object, name, since)))
            .collect();
        let links: Vec<_> = links.into_iter().filter(|(_, list)| !list.is_empty()).collect();
        let properties = || self.select.properties.iter();
        let is_news = |since: Cursor| {
            self.query.select.is_none()
                || !links.is_empty()
                || properties().any(|property| has_changed(object, property, since))
        };
        if since.is_some_and(|since| !is_news(since)) {
            return None;
        }
        let told = properties().filter(|property| self.is_told(object, property, since));
        let mut body: Map<String, Json> =
            told.map(|property| (property.name.to_string(), property.of(object).into_json())).collect();
        body.insert("id".to_owned(), object.id.to_string().into());
        body.extend(links.into_iter().map(|(name, list)| (name, list.into())));
        Some(body.into())
    }

    /// A property that never had a value is left out; one that has not changed is, if the reader prefers it so.
    fn is_told(&self, object: &Object, property: &Property<Object>, since: Option<Cursor>) -> bool {
        match since.filter(|_| self.minimal) {
            Some(since) => has_changed(object, property, since),
            None => {
                let value = property.of(object).into_json();
                let is_set = !value.is_null() && value.as_array().is_none_or(|list| !list.is_empty());
                is_set || sources(property).iter().any(|name| object.history.has_ever_changed(name))
            }
        }
    }

    /// Members come from the store, the other ends from the object's own history.
    fn links(&self, tenant: &Tenant, object: &Object, name: &str, since: Option<Cursor>) -> Vec<Json> {
        let end = |(id, added): (Uuid, bool)| self.end(tenant, id, added);
        match (link(name), since) {
            (None, _) => Vec::new(),
            (Some(Link::Member), Some(since)) => {
                tenant.member_changes(object.id, since, self.view).map(end).collect()
            }
            (Some(link), Some(since)) => object.history.links_since(link, since.since()).map(end).collect(),
            (Some(link), None) => object.links(link).into_iter().map(|id| end((id, true))).collect(),
        }
    }

    /// Source: concepts/delta-query-groups.md: a removed member has the reason `deleted`.
    fn end(&self, tenant: &Tenant, id: Uuid, added: bool) -> Json {
        let kind = tenant.get(id, self.view).map_or(Kind::User, DirectoryObject::kind);
        let mut entry = json!({"@odata.type": odata_type(kind), "id": id.to_string()});
        if !added {
            entry["@removed"] = json!({"reason": "deleted"});
        }
        entry
    }
}

fn link(name: &str) -> Option<Link> {
    match name {
        "members" => Some(Link::Member),
        "owners" => Some(Link::Owner),
        "manager" => Some(Link::Manager),
        _ => None,
    }
}

fn removed(id: Uuid, reason: &str) -> Json {
    json!({"id": id.to_string(), "@removed": {"reason": reason}})
}

fn has_changed(object: &Object, property: &Property<Object>, since: Cursor) -> bool {
    sources(property).iter().any(|name| object.history.has_changed_since(name, since.since()))
}

/// What a property of Graph is made of, by the tenant's names.
fn sources(property: &Property<Object>) -> Vec<String> {
    let numbered = || (1..=15).map(|number| format!("extensionAttribute{number}")).collect();
    match property.name.as_ref() {
        "onPremisesExtensionAttributes" | "extensionAttributes" => numbered(),
        "onPremisesImmutableId" => vec!["sourceAnchor".to_owned()],
        name => {
            let (stored, other) = stored_names(name);
            vec![stored.to_owned(), other.to_owned()]
        }
    }
}
