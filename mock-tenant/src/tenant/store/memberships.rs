//! Which objects refer to an object: members, owners and managers, the other way round; and when a membership last changed.

use std::sync::Arc;

use imbl::{OrdMap, OrdSet};
use uuid::Uuid;

use super::super::model::DirectoryObject;
use super::store::Seq;

/// References by what they mean, and the last changes of memberships by group.
#[derive(Debug, Clone, Default)]
pub(super) struct Memberships {
    /// Objects with those that refer to them in any version that is kept.
    groups: OrdSet<(Uuid, Seq)>,
    /// Number of the last change of each membership, ended ones too.
    changes: OrdMap<(Seq, Uuid), u64>,
    /// Memberships that ended, by the number of that change.
    ended: OrdSet<(u64, Seq, Uuid)>,
}

impl Memberships {
    /// Enters what a change made of the references of an object.
    pub(super) fn enter(
        &mut self,
        group: Seq,
        object: &DirectoryObject,
        previous: Option<&DirectoryObject>,
        change: u64,
    ) {
        let referred = |to: &Uuid| previous.is_some_and(|previous| refers(previous, to));
        for to in links(object).filter(|to| !referred(to)) {
            self.groups.insert((*to, group));
        }
        let had = |member: &Uuid| previous.is_some_and(|previous| has(previous, member));
        for member in members(object).filter(|member| !had(member)) {
            self.note(group, *member, change);
        }
        let ended = previous.into_iter().flat_map(members).filter(|member| !has(object, member));
        for member in ended {
            self.note(group, *member, change);
            self.ended.insert((change, group, *member));
        }
    }

    fn note(&mut self, group: Seq, member: Uuid, change: u64) {
        if let Some(before) = self.changes.insert((group, member), change) {
            self.ended.remove(&(before, group, member));
        }
    }

    /// Strikes the references of a version that is not kept, unless a version that is kept has them.
    pub(super) fn strike(&mut self, group: Seq, object: &DirectoryObject, held: &[Arc<DirectoryObject>]) {
        let is_held = |to: &Uuid| held.iter().any(|held| refers(held, to));
        for to in links(object).filter(|to| !is_held(to)) {
            self.groups.remove(&(*to, group));
        }
    }

    /// Objects that refer or referred to this one, in the order of creation.
    pub(super) fn of(&self, member: Uuid) -> impl Iterator<Item = Seq> {
        self.groups.range((member, Seq::MIN)..=(member, Seq::MAX)).map(|(_, group)| *group)
    }

    /// Members of a group whose membership began or ended after that change.
    pub(super) fn changed(&self, group: Seq, after: u64) -> impl Iterator<Item = Uuid> {
        let of_group = self.changes.range((group, Uuid::nil())..=(group, Uuid::max()));
        of_group.filter(move |(_, change)| **change > after).map(|((_, member), _)| *member)
    }

    /// Forgets memberships that ended up to that change.
    pub(super) fn forget_up_to(&mut self, horizon: u64) {
        while let Some((change, group, member)) = self.ended.get_min().copied().filter(|end| end.0 <= horizon)
        {
            self.ended.remove(&(change, group, member));
            self.changes.remove(&(group, member));
        }
    }

    /// Forgets a group that is gone for good.
    pub(super) fn forget_group(&mut self, group: Seq) {
        let gone: Vec<((Seq, Uuid), u64)> = self
            .changes
            .range((group, Uuid::nil())..=(group, Uuid::max()))
            .map(|(key, change)| (*key, *change))
            .collect();
        for ((group, member), change) in gone {
            self.changes.remove(&(group, member));
            self.ended.remove(&(change, group, member));
        }
    }
}

fn members(object: &DirectoryObject) -> impl Iterator<Item = &Uuid> {
    object.group().into_iter().flat_map(|group| &group.members)
}

fn has(object: &DirectoryObject, member: &Uuid) -> bool {
    object.group().is_some_and(|group| group.members.contains(member))
}

/// Members, owners and the manager.
fn links(object: &DirectoryObject) -> impl Iterator<Item = &Uuid> {
    let owners = object.group().into_iter().flat_map(|group| &group.owners);
    members(object).chain(owners).chain(&object.manager)
}

fn refers(object: &DirectoryObject, to: &Uuid) -> bool {
    let owned = object.group().is_some_and(|group| group.owners.contains(to));
    has(object, to) || owned || object.manager.as_ref() == Some(to)
}
