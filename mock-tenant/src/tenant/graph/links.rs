//! Members, owners and managers as Graph sets them.
//! Source: microsoft-graph-docs, api/group-post-members, group-delete-members, group-post-owners, group-delete-owners,
//! user-post-manager.

use jiff::Timestamp;
use uuid::Uuid;

use super::super::links::Link;
use super::super::model::{DirectoryObject, Kind};
use super::super::tenant::Tenant;
use super::error::MutationError;

/// Which types a reference of a group takes. Contacts can be members of a group that Exchange or the directory masters, and of
/// security groups; a Microsoft 365 group takes users only.
const TAKEN: &[(Link, bool, &[Kind])] = &[
    (Link::Member, false, &[Kind::User, Kind::Group, Kind::Device, Kind::Contact]),
    (Link::Member, true, &[Kind::User]),
    (Link::Owner, false, &[Kind::User]),
    (Link::Owner, true, &[Kind::User]),
];

impl Tenant {
    /// Adds a member to a group.
    ///
    /// # Errors
    /// No such group or object, a group that somebody else masters, an object that is a member already or can't be one.
    pub fn add_member(&mut self, group: Uuid, member: Uuid, now: Timestamp) -> Result<(), MutationError> {
        self.add_to_group(Link::Member, group, member, now)
    }

    /// Takes a member out of a group.
    ///
    /// # Errors
    /// No such group, a group that somebody else masters, an object that is no member.
    pub fn remove_member(&mut self, group: Uuid, member: Uuid, now: Timestamp) -> Result<(), MutationError> {
        self.remove_from_group(Link::Member, group, member, now)
    }

    /// Adds an owner to a group.
    ///
    /// # Errors
    /// As for [`Tenant::add_member`]; owners are users.
    pub fn add_owner(&mut self, group: Uuid, owner: Uuid, now: Timestamp) -> Result<(), MutationError> {
        self.add_to_group(Link::Owner, group, owner, now)
    }

    /// Takes an owner from a group.
    ///
    /// # Errors
    /// As for [`Tenant::remove_member`]; the last owner stays.
    pub fn remove_owner(&mut self, group: Uuid, owner: Uuid, now: Timestamp) -> Result<(), MutationError> {
        self.remove_from_group(Link::Owner, group, owner, now)
    }

    /// Sets the manager of a user or contact; `None`: nobody.
    ///
    /// # Errors
    /// No such object, an object that the directory masters, or a manager who is neither user nor contact.
    pub fn set_manager(
        &mut self,
        id: Uuid,
        manager: Option<Uuid>,
        now: Timestamp,
    ) -> Result<(), MutationError> {
        self.tick(now);
        let mut object = self.live(id)?;
        if object.is_on_premises_mastered() {
            return Err(MutationError::OnPremisesMastered);
        }
        let manager = manager.map(|manager| self.live(manager)).transpose()?;
        let fits = manager.as_ref().is_none_or(|manager| manager.may_link(Link::Manager));
        if !object.may_link(Link::Manager) || !fits {
            return Err(MutationError::invalid("manager", object.kind().name()));
        }
        object.manager = manager.map(|manager| manager.id);
        self.commit(object, now);
        Ok(())
    }

    fn add_to_group(
        &mut self,
        link: Link,
        group: Uuid,
        to: Uuid,
        now: Timestamp,
    ) -> Result<(), MutationError> {
        self.tick(now);
        let mut group = self.changeable_group(group)?;
        let kind = self.live(to)?.kind();
        if !takes(&group, link, kind) {
            return Err(MutationError::invalid(property(link), "Group"));
        }
        if !group.link(link, to) {
            return Err(MutationError::Exists(property(link)));
        }
        self.commit(group, now);
        Ok(())
    }

    fn remove_from_group(
        &mut self,
        link: Link,
        group: Uuid,
        from: Uuid,
        now: Timestamp,
    ) -> Result<(), MutationError> {
        self.tick(now);
        let mut group = self.changeable_group(group)?;
        if !group.unlink(link, from) {
            return Err(MutationError::NotFound(from.to_string()));
        }
        if link == Link::Owner && group.links(link).is_empty() {
            return Err(MutationError::LastOwner);
        }
        self.commit(group, now);
        Ok(())
    }

    fn changeable_group(&self, id: Uuid) -> Result<DirectoryObject, MutationError> {
        let object = self.live(id)?;
        let group = object.group().ok_or_else(|| MutationError::NotFound(id.to_string()))?;
        if object.is_on_premises_mastered() {
            return Err(MutationError::OnPremisesMastered);
        }
        if group.mail_enabled && !group.unified {
            return Err(MutationError::ExchangeMasteredGroup);
        }
        Ok(object)
    }
}

fn takes(group: &DirectoryObject, link: Link, kind: Kind) -> bool {
    let unified = group.group().is_some_and(|group| group.unified);
    TAKEN.iter().any(|(of, mail, kinds)| *of == link && *mail == unified && kinds.contains(&kind))
}

const fn property(link: Link) -> &'static str {
    match link {
        Link::Member => "members",
        Link::Owner => "owners",
        Link::Manager => "manager",
    }
}
