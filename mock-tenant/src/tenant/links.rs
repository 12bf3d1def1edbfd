//! References between objects as the sync writes them: members, owners, managers. What they mean may come later.

use std::collections::BTreeSet;

use jiff::Timestamp;
use uuid::Uuid;

use super::error::SyncError;
use super::model::{DirectoryObject, Kind};
use super::store::View;
use super::sync::ReferenceChange;
use super::tenant::Tenant;
use super::value::Value;

/// A reference from one object to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Link {
    /// A group's member.
    Member,
    /// A group's owner.
    Owner,
    /// Who manages a user or a contact.
    Manager,
}

/// Properties of the sync that refer to other objects. Graph shows who manages an on-premises group as its owner nowhere, so
/// managedBy stays a plain property.
const NAMES: &[(&str, Link)] =
    &[("member", Link::Member), ("owner", Link::Owner), ("manager", Link::Manager)];

impl Link {
    /// The reference that a property of the sync writes.
    pub(super) fn named(name: &str) -> Option<Self> {
        NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, link)| *link)
    }
}

impl DirectoryObject {
    /// Sets a reference; `false` if it is there, or the type has no such one.
    pub(super) fn link(&mut self, link: Link, to: Uuid) -> bool {
        match (link, self.group_mut()) {
            (Link::Member, Some(group)) => group.members.insert(to),
            (Link::Owner, Some(group)) => group.owners.insert(to),
            (Link::Manager, None) => self.manager.replace(to) != Some(to),
            _ => false,
        }
    }

    /// Takes a reference away; `false` if there was none.
    pub(super) fn unlink(&mut self, link: Link, to: Uuid) -> bool {
        match (link, self.group_mut()) {
            (Link::Member, Some(group)) => group.members.remove(&to),
            (Link::Owner, Some(group)) => group.owners.remove(&to),
            (Link::Manager, None) => self.manager.take_if(|manager| *manager == to).is_some(),
            _ => false,
        }
    }

    fn unlink_all(&mut self, link: Link) {
        match (link, self.group_mut()) {
            (Link::Member, Some(group)) => group.members = BTreeSet::new(),
            (Link::Owner, Some(group)) => group.owners = BTreeSet::new(),
            (Link::Manager, None) => self.manager = None,
            _ => {}
        }
    }
}

impl Tenant {
    /// Replaces all references of a kind by those of a whole value.
    pub(super) fn set_links(
        &mut self,
        object: &mut DirectoryObject,
        link: Link,
        value: &Value,
    ) -> Result<(), SyncError> {
        let anchors = anchors(link, value)?;
        object.unlink_all(link);
        self.stop_waiting((object.id, link));
        for anchor in anchors {
            self.change_link(object, link, &ReferenceChange { anchor, add: true });
        }
        Ok(())
    }

    /// Adds and removes references of a property.
    pub(super) fn change_links(
        &mut self,
        object: &mut DirectoryObject,
        name: &str,
        changes: &[ReferenceChange],
    ) {
        let Some(link) = Link::named(name) else { return };
        changes.iter().for_each(|change| self.change_link(object, link, change));
    }

    fn change_link(&mut self, object: &mut DirectoryObject, link: Link, change: &ReferenceChange) {
        let waiting = (object.id, link);
        match self.referred(&change.anchor) {
            Some(to) if change.add => {
                object.link(link, to);
            }
            Some(to) => {
                object.unlink(link, to);
            }
            None if change.add => {
                self.awaited.entry(change.anchor.clone()).or_default().insert(waiting);
            }
            None => self.forget_awaited(&change.anchor, waiting),
        }
    }

    fn forget_awaited(&mut self, anchor: &str, waiting: (Uuid, Link)) {
        let Some(list) = self.awaited.get_mut(anchor) else { return };
        list.remove(&waiting);
        if list.is_empty() {
            self.awaited.remove(anchor);
        }
    }

    /// A whole value replaces what an earlier one still waits for.
    fn stop_waiting(&mut self, waiting: (Uuid, Link)) {
        let anchors = self.awaited.iter().filter(|(_, list)| list.contains(&waiting));
        let anchors: Vec<String> = anchors.map(|(anchor, _)| anchor.clone()).collect();
        anchors.iter().for_each(|anchor| self.forget_awaited(anchor, waiting));
    }

    fn referred(&self, anchor: &str) -> Option<Uuid> {
        let by_source = self.store.with_anchor(anchor, View::Committed).find(|object| object.is_live());
        by_source.or_else(|| self.by_cloud_anchor(anchor)).map(|object| object.id)
    }

    /// A new object is linked to those whose references were written before it.
    pub(super) fn link_awaited(&mut self, id: Uuid, anchor: Option<&str>, now: Timestamp) {
        let Some(waiting) = anchor.and_then(|anchor| self.awaited.remove(anchor)) else { return };
        for (from, link) in waiting {
            let Some(mut object) = self.store.get(from, View::Committed).cloned() else { continue };
            if object.link(link, id) {
                self.commit(object, now);
            }
        }
    }

    /// Nothing refers to an object that is gone for good.
    pub(super) fn unlink_gone(&mut self, id: Uuid, now: Timestamp) {
        let referring: Vec<DirectoryObject> = self.store.referring(id, View::Committed).cloned().collect();
        for mut object in referring {
            let links = [Link::Member, Link::Owner, Link::Manager];
            let lost = links.map(|link| object.unlink(link, id));
            if lost.contains(&true) {
                self.commit(object, now);
            }
        }
    }

    /// Live objects that refer to an object, in the order of creation: whom it manages, the groups that it is in or owns.
    pub fn linking(&self, id: Uuid, link: Link, view: View) -> impl Iterator<Item = &DirectoryObject> {
        let objects = self.store.referring(id, view).filter(|object| object.is_live());
        objects.filter(move |object| object.links(link).contains(&id))
    }

    /// Live objects that an object refers to.
    pub fn linked(&self, id: Uuid, link: Link, view: View) -> impl Iterator<Item = &DirectoryObject> {
        let ids = self.store.get(id, view).map(|object| object.links(link)).unwrap_or_default();
        ids.into_iter().filter_map(move |id| self.store.get(id, view)).filter(|object| object.is_live())
    }
}

impl DirectoryObject {
    /// Object ids that it refers to, in their order.
    #[must_use]
    pub fn links(&self, link: Link) -> Vec<Uuid> {
        match (link, self.group()) {
            (Link::Member, Some(group)) => group.members.iter().copied().collect(),
            (Link::Owner, Some(group)) => group.owners.iter().copied().collect(),
            (Link::Manager, None) => self.manager.into_iter().collect(),
            _ => Vec::new(),
        }
    }

    /// Whether a type can have that reference at all.
    pub(super) const fn may_link(&self, link: Link) -> bool {
        match link {
            Link::Member | Link::Owner => matches!(self.kind(), Kind::Group),
            Link::Manager => matches!(self.kind(), Kind::User | Kind::Contact),
        }
    }
}

fn anchors(link: Link, value: &Value) -> Result<Vec<String>, SyncError> {
    match value {
        Value::Text(anchor) if anchor.is_empty() => Ok(Vec::new()),
        Value::Null => Ok(Vec::new()),
        Value::Text(anchor) => Ok(vec![anchor.clone()]),
        Value::TextList(list) => Ok(list.clone()),
        other => {
            let name = NAMES.iter().find(|(_, known)| *known == link).map_or("", |(name, _)| *name);
            Err(SyncError::invalid(name, format!("takes an ArrayOfstring, not {}", other.kind())))
        }
    }
}
