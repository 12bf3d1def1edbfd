//! Reads, by where the objects come from.

use uuid::Uuid;

use super::call::{Call, Reply};
use super::error::GraphError;
use super::expand::Expansion;
use super::list::{self, Rows};
use super::mixed::{Mixed, entity_of};
use super::model::{Act, Content, Relation, is};
use super::place::{Place, Step};
use super::relation::related;
use super::source::{Scope, Source};
use super::types::{
    DOMAIN, Domain, ORGANIZATION, Organization, RELATED, SERVICE_PRINCIPAL, ServicePrincipal,
};
use super::{delta, directory, few, get, links, membership, sync_behavior};
use crate::odata::{QueryOptions, Select};
use crate::tenant::{DirectoryObject, Kind, Probe, Tenant, View};

/// Answers a read at a place.
pub(super) fn answer(tenant: &Tenant, call: &Call<'_>, place: &Place, act: Act) -> Result<Reply, GraphError> {
    match (place.content(), act) {
        (Content::Organization, _) => {
            let rows = [Organization::of(tenant)];
            let id = tenant.settings().tenant_id.to_string();
            few::answer(call, place, act, &rows, &ORGANIZATION, |_, key| key.is(&id, None))
        }
        (Content::Domains, _) => {
            few::answer(call, place, act, &Domain::of(tenant), &DOMAIN, |domain, key| {
                key.is(domain.name(), None)
            })
        }
        (Content::ServicePrincipals, _) => {
            let rows = ServicePrincipal::of(call.authority);
            few::answer(call, place, act, &rows, &SERVICE_PRINCIPAL, |app, key| {
                key.is(&app.id(), Some(("appId", app.app_id())))
            })
        }
        (Content::SyncBehavior, _) => sync_behavior::get(tenant, call, place),
        (Content::Photo, _) => owner(tenant, call, place).and_then(|_| Err(GraphError::no_photo())),
        (Content::Synchronization, _) => directory::synchronization(tenant, call, place, act),
        (Content::Objects(kind), Act::Delta) => delta::answer(tenant, call, place, kind),
        (_, Act::GetByIds) => membership::by_ids(tenant, call),
        (_, Act::CheckMembers) => membership::check(tenant, call, object(tenant, call, place)?),
        (_, Act::GetMembers) => membership::all(tenant, call, object(tenant, call, place)?),
        (_, Act::List | Act::Count | Act::Links) if place.is_collection() => {
            collection(tenant, call, place, act)
        }
        (_, Act::Links) => Ok(links::one(tenant, call, object(tenant, call, place)?)),
        _ => one(tenant, call, place),
    }
}

fn collection(tenant: &Tenant, call: &Call<'_>, place: &Place, act: Act) -> Result<Reply, GraphError> {
    let view = call.view(tenant);
    let (scope, rows) = match place.content() {
        Content::Objects(kind) => (Scope::Live(kind), Rows::Of(entity_of(call, kind))),
        Content::Deleted => {
            let kind = place.cast_kind().ok_or_else(|| place.unserved(call.method))?;
            (Scope::Deleted(kind), Rows::Of(entity_of(call, kind)))
        }
        Content::Related(relation) => {
            let found = related(tenant, owner(tenant, call, place)?, relation, view);
            match place.cast_kind() {
                Some(kind) => (Scope::Rows(of_kind(found, kind)), Rows::Of(entity_of(call, kind))),
                None => (Scope::Rows(found), Rows::Mixed(&RELATED)),
            }
        }
        _ => return Err(place.unserved(call.method)),
    };
    match (act, &scope) {
        (Act::Links, Scope::Rows(found)) => return Ok(links::list(tenant, call, found)),
        (Act::Links, _) => return Err(place.unserved(call.method)),
        _ => {}
    }
    let source = Source { tenant, view, scope };
    if act == Act::Count {
        list::count(call, &source, &rows)
    } else {
        list::page(call, &source, &rows, place)
    }
}

fn of_kind(found: Vec<&DirectoryObject>, kind: Kind) -> Vec<&DirectoryObject> {
    found.into_iter().filter(|object| object.kind() == kind).collect()
}

/// One object, or what the path says of it.
fn one(tenant: &Tenant, call: &Call<'_>, place: &Place) -> Result<Reply, GraphError> {
    let object = object(tenant, call, place)?;
    if !place.is_mixed() {
        let entity = entity_of(call, object.kind());
        if place.property().is_some() {
            return get::answer(call, place, object, entity);
        }
        let options = QueryOptions::parse(call.query, call.is_beta())?;
        let expansion = Expansion::of(call, &options, place)?;
        let select = Select::parse(options.select.as_deref(), entity, call.is_beta())?;
        let mut body = get::single(call, &place.set(), object, &select, expansion.context().as_deref());
        expansion.add_to(&mut body, tenant, object, call.view(tenant));
        return Ok(Reply::ok(body.into()));
    }
    let options = QueryOptions::parse(call.query, call.is_beta())?;
    options.check_served()?;
    let mixed = Mixed::select(call, options.select.as_deref())?;
    let mut body = serde_json::Map::new();
    let context = format!("{}/$metadata#directoryObjects/$entity", call.root());
    body.insert("@odata.context".to_owned(), context.into());
    body.extend(mixed.members(object));
    Ok(Reply::ok(body.into()))
}

/// The object that the path ends at.
pub(super) fn object<'t>(
    tenant: &'t Tenant,
    call: &Call<'_>,
    place: &Place,
) -> Result<&'t DirectoryObject, GraphError> {
    let Some(step) = place.steps.last() else { return Err(place.unserved(call.method)) };
    match step.navigation.content {
        Content::Related(relation) if step.key.is_none() => {
            single(tenant, call, place, relation, step.navigation.name)
        }
        _ => at(tenant, call, place, step),
    }
}

/// What a single-valued relationship leads to.
/// The error names the relationship. Source: microsoft-graph-docs, api/user-list-manager.md and its issues.
fn single<'t>(
    tenant: &'t Tenant,
    call: &Call<'_>,
    place: &Place,
    relation: Relation,
    name: &str,
) -> Result<&'t DirectoryObject, GraphError> {
    let found = related(tenant, owner(tenant, call, place)?, relation, call.view(tenant));
    found.into_iter().next().ok_or_else(|| GraphError::not_found(name))
}

/// The object that a relationship starts from: the one before the last navigation.
pub(super) fn owner<'t>(
    tenant: &'t Tenant,
    call: &Call<'_>,
    place: &Place,
) -> Result<&'t DirectoryObject, GraphError> {
    match place.steps.as_slice() {
        [.., owner, _] => at(tenant, call, place, owner),
        _ => Err(place.unserved(call.method)),
    }
}

fn at<'t>(
    tenant: &'t Tenant,
    call: &Call<'_>,
    place: &Place,
    step: &Step,
) -> Result<&'t DirectoryObject, GraphError> {
    let view = call.view(tenant);
    let key = step.key.as_ref().map_or("", |key| key.value.as_str());
    if let Some(property) = step.key.as_ref().and_then(|key| key.property.as_deref()) {
        return by_alternate_key(tenant, step, property, key, view);
    }
    let by_id = || Uuid::try_parse(key).ok().and_then(|id| tenant.get(id, view));
    let found = match step.navigation.content {
        Content::Objects(kind) => tenant.lookup(kind, key, view),
        Content::AnyObject => by_id().filter(|object| object.is_live()),
        Content::Deleted => by_id().filter(|object| !object.is_live()),
        Content::Me => return me(tenant, call),
        _ => return Err(place.unserved(call.method)),
    };
    found.ok_or_else(|| GraphError::not_found(key))
}

/// `devices(deviceId='…')`. Source: microsoft-graph-docs, api/device-get.md.
fn by_alternate_key<'t>(
    tenant: &'t Tenant,
    step: &Step,
    property: &str,
    value: &str,
    view: View,
) -> Result<&'t DirectoryObject, GraphError> {
    if step.navigation.content != Content::Objects(Kind::Device) || !is(property, "deviceId") {
        let message = format!("'{property}' is not a key of '{}'.", step.navigation.name);
        return Err(GraphError::new(400, "BadRequest", message));
    }
    let found = tenant.probed(Kind::Device, "deviceId", Probe::Equals(value), view).unwrap_or_default();
    let mut live = found.into_iter().map(|(_, device)| device).filter(|device| device.is_live());
    let has_it = |device: &&DirectoryObject| {
        device.device().and_then(|device| device.device_id.as_deref()).is_some_and(|id| is(id, value))
    };
    live.find(has_it).ok_or_else(|| GraphError::not_found(value))
}

/// The signed-in person.
/// Source of the text: msgraph-sdk-php issue 1163.
fn me<'t>(tenant: &'t Tenant, call: &Call<'_>) -> Result<&'t DirectoryObject, GraphError> {
    let Some(id) = call.person else {
        let message = "/me request is only valid with delegated authentication flow.";
        return Err(GraphError::new(400, "BadRequest", message));
    };
    let person = tenant.get(id, call.view(tenant)).filter(|object| object.is_live());
    person.ok_or_else(|| GraphError::not_found(&id.to_string()))
}
