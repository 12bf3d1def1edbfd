//! Which groups an object is in: the members of groups, the other way round.

use std::sync::Arc;

use imbl::OrdSet;
use uuid::Uuid;

use super::super::model::DirectoryObject;
use super::store::Seq;

/// Members with the groups that have them in any version that is kept.
#[derive(Debug, Clone, Default)]
pub(super) struct Memberships(OrdSet<(Uuid, Seq)>);

impl Memberships {
    /// Enters the members that the previous version of the group did not have.
    pub(super) fn enter(&mut self, group: Seq, object: &DirectoryObject, previous: Option<&DirectoryObject>) {
        let had = |member: &Uuid| previous.is_some_and(|previous| has(previous, member));
        for member in members(object).filter(|member| !had(member)) {
            self.0.insert((*member, group));
        }
    }

    /// Strikes the members of a version that is not kept, unless a version that is kept has them.
    pub(super) fn strike(&mut self, group: Seq, object: &DirectoryObject, held: &[Arc<DirectoryObject>]) {
        for member in members(object).filter(|member| !held.iter().any(|held| has(held, member))) {
            self.0.remove(&(*member, group));
        }
    }

    /// Groups that have or had the member, in the order of creation.
    pub(super) fn of(&self, member: Uuid) -> impl Iterator<Item = Seq> {
        self.0.range((member, Seq::MIN)..=(member, Seq::MAX)).map(|(_, group)| *group)
    }
}

fn members(object: &DirectoryObject) -> impl Iterator<Item = &Uuid> {
    object.group().into_iter().flat_map(|group| &group.members)
}

fn has(object: &DirectoryObject, member: &Uuid) -> bool {
    object.group().is_some_and(|group| group.members.contains(member))
}
