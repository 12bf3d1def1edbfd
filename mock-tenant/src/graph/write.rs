//! Changes of directory objects: the body becomes a change of the tenant, the tenant decides.

use uuid::Uuid;

use super::call::{Call, Reply};
use super::change::Change;
use super::error::GraphError;
use super::get::{self, single};
use super::links;
use super::mixed::entity_of;
use super::model::{Act, Content, Relation};
use super::place::Place;
use super::read;
use crate::odata::Select;
use crate::tenant::{Kind, MutationError, Tenant, View};

/// What a new object must have. Sources: microsoft-graph-docs, api/user-post-users.md, api/group-post-groups.md.
const REQUIRED: &[(Kind, &[&str])] = &[
    (Kind::User, &["accountEnabled", "displayName", "mailNickname", "passwordProfile", "userPrincipalName"]),
    (Kind::Group, &["displayName", "mailEnabled", "mailNickname", "securityEnabled"]),
];

/// Carries out a change of an object or of its relationships. Nothing is changed if any part of it is refused.
pub(super) fn answer(
    tenant: &mut Tenant,
    call: &Call<'_>,
    place: &Place,
    act: Act,
) -> Result<Reply, GraphError> {
    let before = tenant.clone();
    let answer = changed(tenant, call, place, act);
    if answer.is_err() {
        *tenant = before;
    }
    answer
}

fn changed(tenant: &mut Tenant, call: &Call<'_>, place: &Place, act: Act) -> Result<Reply, GraphError> {
    match (place.content(), act) {
        (Content::Objects(kind), Act::Create) => create(tenant, call, place, kind),
        (Content::Related(relation), Act::AddLink | Act::RemoveLink | Act::SetLink) => {
            link(tenant, call, place, relation, act)
        }
        (_, Act::Patch) => patch(tenant, call, place),
        (_, Act::Delete) => {
            let id = read::object(tenant, call, place)?.id;
            tenant.delete(id, call.now)?;
            Ok(Reply::no_content())
        }
        _ => Err(place.unserved(call.method)),
    }
}

fn create(tenant: &mut Tenant, call: &Call<'_>, place: &Place, kind: Kind) -> Result<Reply, GraphError> {
    let change = Change::read(tenant, call, kind)?;
    let required = REQUIRED.iter().find(|(of, _)| *of == kind).map_or(&[][..], |(_, names)| names);
    if let Some(property) = required.iter().find(|name| !change.gives(name)) {
        return Err(MutationError::Required { property, resource: kind.name() }.into());
    }
    let id = tenant.create(kind, change.properties, call.now)?;
    bind(tenant, call, id, &change.links)?;
    let object = tenant.get(id, View::Committed).ok_or_else(|| GraphError::not_found(&id.to_string()))?;
    let location = Some(links::location(tenant, object));
    if call.prefer.minimal {
        return Ok(Reply { location, ..Reply::no_content().applied("return=minimal") });
    }
    let select = Select::parse(None, entity_of(call, kind), call.is_beta())?;
    let body = single(call, &place.set(), object, &select, None);
    Ok(Reply { status: 201, location, ..Reply::ok(body.into()) })
}

fn patch(tenant: &mut Tenant, call: &Call<'_>, place: &Place) -> Result<Reply, GraphError> {
    let (id, kind) = {
        let object = read::object(tenant, call, place)?;
        (object.id, object.kind())
    };
    let change = Change::read(tenant, call, kind)?;
    if !change.properties.is_empty() || change.links.is_empty() {
        tenant.patch(id, change.properties, call.now)?;
    }
    bind(tenant, call, id, &change.links)?;
    if !call.prefer.representation {
        return Ok(Reply::no_content());
    }
    let object = tenant.get(id, View::Committed).ok_or_else(|| GraphError::not_found(&id.to_string()))?;
    let select = get::selected(call, entity_of(call, kind))?;
    let body = single(call, &place.set(), object, &select, None);
    Ok(Reply::ok(body.into()).applied("return=representation"))
}

/// `members@odata.bind` and the like.
fn bind(
    tenant: &mut Tenant,
    call: &Call<'_>,
    of: Uuid,
    links: &[(Relation, Uuid)],
) -> Result<(), GraphError> {
    for (relation, to) in links {
        match relation {
            Relation::Members => tenant.add_member(of, *to, call.now)?,
            Relation::Owners => tenant.add_owner(of, *to, call.now)?,
            _ => tenant.set_manager(of, Some(*to), call.now)?,
        }
    }
    Ok(())
}

fn link(
    tenant: &mut Tenant,
    call: &Call<'_>,
    place: &Place,
    relation: Relation,
    act: Act,
) -> Result<Reply, GraphError> {
    let of = read::owner(tenant, call, place)?.id;
    links::change(tenant, call, of, relation, act, place.key())
}
