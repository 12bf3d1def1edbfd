//! Reads, by where the objects come from.

use super::call::{Call, Reply};
use super::error::GraphError;
use super::model::{Act, Content};
use super::place::{Place, Tail};
use super::types::CONTACT;
use super::{deleted, directory, get, list};
use crate::odata::EntityType;
use crate::tenant::{DirectoryObject, Kind, Tenant};

/// Answers a read at a place.
pub(super) fn answer(tenant: &Tenant, call: &Call<'_>, place: &Place, act: Act) -> Result<Reply, GraphError> {
    match place.content() {
        Content::Objects(kind) => objects(tenant, call, place, act, kind),
        Content::Deleted => recycle_bin(tenant, call, place, act),
        Content::Organization => directory::organization(tenant, call, place, act),
        Content::Synchronization => directory::synchronization(tenant, call, place, act),
        Content::Nothing => Err(GraphError::method_not_allowed()),
    }
}

fn objects(
    tenant: &Tenant,
    call: &Call<'_>,
    place: &Place,
    act: Act,
    kind: Kind,
) -> Result<Reply, GraphError> {
    let entity = entity(call, kind)?;
    match act {
        Act::List => list::live(tenant, call, kind, entity, place),
        Act::Count => list::count(tenant, call, kind, false, entity),
        _ => {
            let key = place.key();
            let found = tenant.lookup(kind, key, call.view(tenant));
            get::answer(call, place, found.ok_or_else(|| GraphError::not_found(key))?, entity)
        }
    }
}

fn recycle_bin(tenant: &Tenant, call: &Call<'_>, place: &Place, act: Act) -> Result<Reply, GraphError> {
    match (place.cast.is_some(), act) {
        (true, Act::List) => deleted::list(tenant, call, place),
        (true, Act::Count) => list::count(tenant, call, Kind::User, true, call.user_type()),
        (_, Act::Get) => deleted::get(tenant, call, place.key()),
        _ => Err(GraphError::not_by_double(&format!("{} {}", call.method, place.template()))),
    }
}

/// The type whose properties are read.
fn entity(call: &Call<'_>, kind: Kind) -> Result<&'static EntityType<DirectoryObject>, GraphError> {
    match kind {
        Kind::User => Ok(call.user_type()),
        Kind::Contact => Ok(&CONTACT),
        Kind::Group | Kind::Device => Err(GraphError::not_by_double(kind.name())),
    }
}

impl Place {
    /// The property that the path ends in, and whether it is wanted raw.
    pub(super) fn property(&self) -> Option<(&str, bool)> {
        match &self.tail {
            Tail::Property(name) => Some((name, false)),
            Tail::RawProperty(name) => Some((name, true)),
            _ => None,
        }
    }
}
