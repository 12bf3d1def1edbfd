//! How directory objects stand to each other.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::model::Relation;
use crate::tenant::{DirectoryObject, Kind, Link, Tenant, View};

type Object = DirectoryObject;

/// The objects that `of` stands in that relation to; for a single-valued one, none or one.
pub(super) fn related<'t>(
    tenant: &'t Tenant,
    of: &'t Object,
    relation: Relation,
    view: View,
) -> Vec<&'t Object> {
    match relation {
        Relation::Members => live(tenant, of.links(Link::Member), view),
        Relation::Owners => live(tenant, of.links(Link::Owner), view),
        Relation::TransitiveMembers => transitive_members(tenant, of, view),
        Relation::MemberOf => tenant.groups_of(of.id, view).collect(),
        Relation::TransitiveMemberOf => tenant.transitive_groups_of(of.id, view),
        Relation::Manager => live(tenant, of.links(Link::Manager), view),
        Relation::DirectReports => reports(tenant, of.id, view),
    }
}

fn live(tenant: &Tenant, ids: Vec<Uuid>, view: View) -> Vec<&Object> {
    ids.into_iter().filter_map(|id| tenant.get(id, view)).filter(|object| object.is_live()).collect()
}

/// Members of members, each once, in the order in which they are met. Groups may contain each other.
fn transitive_members<'t>(tenant: &'t Tenant, group: &'t Object, view: View) -> Vec<&'t Object> {
    let mut seen = BTreeSet::from([group.id]);
    let mut found = Vec::new();
    let mut next = live(tenant, group.links(Link::Member), view);
    while let Some(object) = next.pop() {
        if seen.insert(object.id) {
            found.push(object);
            next.extend(live(tenant, object.links(Link::Member), view));
        }
    }
    found.sort_by_key(|object| object.id);
    found
}

fn reports(tenant: &Tenant, manager: Uuid, view: View) -> Vec<&Object> {
    let of = |kind| tenant.objects(kind, 0, view).map(|(_, object)| object);
    of(Kind::User).chain(of(Kind::Contact)).filter(|object| object.manager == Some(manager)).collect()
}
