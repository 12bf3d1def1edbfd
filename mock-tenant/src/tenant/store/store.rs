//! The objects of a tenant, and every way to them.

use std::sync::Arc;

use imbl::{OrdMap, OrdSet};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::super::history::History;
use super::super::model::{DirectoryObject, Kind};
use super::index::{Index, Key, Place, Probe, anchor_id, fold, indexed, keys, smtp_key, upn_id};
use super::log::Log;
use super::memberships::Memberships;
use super::merged::Merged;
use super::pool::Pool;
use super::slot::{Change, Slot, State, Tombstone, Version, View};

/// Place of an object in the order of creation. Stable: pages go on from one.
pub type Seq = u64;

/// An array with a value for each type of object, by `kind as usize`.
type PerKind<T> = [T; Kind::ALL.len()];

/// The objects of a tenant.
#[derive(Debug, Clone, Default)]
pub(in crate::tenant) struct Store {
    /// Which state it is: cursors of another one mean nothing here.
    epoch: u64,
    slots: PerKind<OrdMap<Seq, Slot>>,
    next: Seq,
    places: OrdMap<Uuid, Place>,
    index: Index,
    memberships: Memberships,
    /// Objects that are soft-deleted in a version that is kept.
    binned: PerKind<OrdSet<Seq>>,
    /// Ends of objects by change number.
    ends: OrdMap<u64, Uuid>,
    log: Log,
    pool: Pool,
}

impl Store {
    /// Which state it is.
    pub(in crate::tenant) const fn epoch(&self) -> u64 {
        self.epoch
    }

    pub(in crate::tenant) const fn set_epoch(&mut self, epoch: u64) {
        self.epoch = epoch;
    }

    /// Takes the place of another store: a new epoch, and changes are numbered on from where the other one was.
    pub(in crate::tenant) fn succeed(&mut self, other: &Self) {
        self.epoch = self.epoch.max(other.epoch).saturating_add(1);
        self.log.go_on_after(other.log.last());
    }

    /// Number of the last change.
    #[must_use]
    pub(in crate::tenant) const fn last_change(&self) -> u64 {
        self.log.last()
    }

    /// Number of the last change that the view shows.
    #[must_use]
    pub(in crate::tenant) fn seen(&self, view: View) -> u64 {
        self.log.seen(view)
    }

    /// Changes up to this number may have been forgotten.
    #[must_use]
    pub(in crate::tenant) const fn horizon(&self) -> u64 {
        self.log.horizon()
    }

    fn slot(&self, (seq, kind): Place) -> Option<&Slot> {
        self.slots[kind as usize].get(&seq)
    }

    fn read(&self, place: Place, view: View) -> Option<&DirectoryObject> {
        self.slot(place)?.read(view).map(Arc::as_ref)
    }

    /// An object by its id, in the recycle bin or not.
    #[must_use]
    pub(in crate::tenant) fn get(&self, id: Uuid, view: View) -> Option<&DirectoryObject> {
        self.read(*self.places.get(&id)?, view)
    }

    /// An object with its place in the order of creation.
    pub(in crate::tenant) fn placed(&self, id: Uuid, view: View) -> Option<(Seq, &DirectoryObject)> {
        let place = *self.places.get(&id)?;
        Some((place.0, self.read(place, view)?))
    }

    /// Objects of a type from a place in the order of creation on (`0` = all), in the recycle bin or not.
    pub(in crate::tenant) fn of_kind(
        &self,
        kind: Kind,
        after: Seq,
        view: View,
    ) -> impl Iterator<Item = (Seq, &DirectoryObject)> {
        let slots = self.slots[kind as usize].range(after.saturating_add(1)..);
        slots.filter_map(move |(seq, slot)| slot.read(view).map(|object| (*seq, object.as_ref())))
    }

    /// Objects of all types in the order of creation.
    pub(in crate::tenant) fn iter(
        &self,
        after: Seq,
        view: View,
    ) -> impl Iterator<Item = (Seq, &DirectoryObject)> {
        Merged::new(Kind::ALL.map(|kind| self.of_kind(kind, after, view)))
    }

    /// Objects of a type that are soft-deleted, from a place in the order of creation on.
    pub(in crate::tenant) fn in_bin(
        &self,
        kind: Kind,
        after: Seq,
        view: View,
    ) -> impl Iterator<Item = (Seq, &DirectoryObject)> {
        let places = self.binned[kind as usize].range(after.saturating_add(1)..);
        let objects = places.filter_map(move |seq| Some((*seq, self.read((*seq, kind), view)?)));
        objects.filter(|(_, object)| !object.is_live())
    }

    /// Objects with that source anchor, in the recycle bin or not. Case matters: anchors are base64.
    pub(in crate::tenant) fn with_anchor<'a>(
        &'a self,
        anchor: &'a str,
        view: View,
    ) -> impl Iterator<Item = &'a DirectoryObject> {
        self.found((anchor_id(), fold(anchor)), view)
            .filter(move |object| object.source_anchor.as_deref() == Some(anchor))
    }

    /// The user who signs in with that name.
    #[must_use]
    pub(in crate::tenant) fn with_upn(&self, name: &str, view: View) -> Option<&DirectoryObject> {
        let key = fold(name);
        self.found((upn_id(), key.clone()), view).find(|object| {
            object.is_live()
                && object.user_principal_name().is_some_and(|upn| upn.to_lowercase() == key.as_ref())
        })
    }

    /// Live objects that hold that address among their proxy addresses or as mail.
    pub(in crate::tenant) fn with_address(
        &self,
        address: &str,
        view: View,
    ) -> impl Iterator<Item = &DirectoryObject> {
        let key = smtp_key(address);
        self.found((super::index::address_id(), key.as_str().into()), view)
            .filter(move |object| object.is_live() && holds(object, &key))
    }

    fn found(&self, key: Key, view: View) -> impl Iterator<Item = &DirectoryObject> {
        self.index.equal(key).filter_map(move |place| self.read(place, view))
    }

    /// Objects of a type that may hold such a value of a property (by its stored name), in the order of creation; `None`
    /// if the property has no look-up table.
    pub(in crate::tenant) fn candidates(
        &self,
        kind: Kind,
        name: &str,
        probe: Probe<'_>,
        view: View,
    ) -> Option<Vec<(Seq, &DirectoryObject)>> {
        let places = self.index.find(indexed(name)?, probe).into_iter();
        let places = places.filter(|(_, found)| *found == kind);
        Some(places.filter_map(|place| Some((place.0, self.read(place, view)?))).collect())
    }

    /// Groups that have that member, in the order of creation.
    pub(in crate::tenant) fn groups_of(
        &self,
        member: Uuid,
        view: View,
    ) -> impl Iterator<Item = &DirectoryObject> {
        let groups = self.memberships.of(member).filter_map(move |seq| self.read((seq, Kind::Group), view));
        groups.filter(move |object| {
            object.is_live() && object.group().is_some_and(|group| group.members.contains(&member))
        })
    }

    /// Members of a group whose membership began or ended after that change, and whether the view has them in it.
    pub(in crate::tenant) fn member_changes(
        &self,
        group: Uuid,
        after: u64,
        view: View,
    ) -> impl Iterator<Item = (Uuid, bool)> {
        let place = self.places.get(&group).filter(|(_, kind)| *kind == Kind::Group);
        let object = place.and_then(|place| self.read(*place, view)).and_then(DirectoryObject::group);
        let changed = place.into_iter().flat_map(move |(seq, _)| self.memberships.changed(*seq, after));
        changed.map(move |member| (member, object.is_some_and(|group| group.members.contains(&member))))
    }

    /// Objects that may refer to that one (as member, owner or manager), live or not, in the order of creation.
    pub(in crate::tenant) fn referring(
        &self,
        to: Uuid,
        view: View,
    ) -> impl Iterator<Item = &DirectoryObject> {
        let kinds = [Kind::Group, Kind::User, Kind::Contact];
        let places = self.memberships.of(to).flat_map(move |seq| kinds.map(|kind| (seq, kind)));
        places.filter_map(move |place| self.read(place, view))
    }

    /// Commits an object, new or changed, and numbers the change.
    pub(in crate::tenant) fn commit(
        &mut self,
        mut object: DirectoryObject,
        now: Timestamp,
        keep: SignedDuration,
    ) {
        let (seq, kind) = self.place_of(&object);
        let oldest = before(now, keep);
        let previous = self.slot((seq, kind)).and_then(|slot| slot.newest().object()).cloned();
        object.change = self.log.append(kind, seq, now, oldest);
        object.history = History::of(&object, previous.as_deref(), object.change, self.log.horizon());
        object.properties.trim();
        self.pool.share(&mut object, previous.as_deref());
        self.enter((seq, kind), &object, previous.as_deref());
        let version =
            Version { change: object.change, committed: now, state: State::Object(Arc::new(object)) };
        self.push((seq, kind), version, oldest);
    }

    fn place_of(&mut self, object: &DirectoryObject) -> Place {
        match self.places.get(&object.id) {
            Some((seq, kind)) if *kind == object.kind() => return (*seq, *kind),
            // something else was put in under the id of what is gone
            Some(_) => self.forget(object.id),
            None => {}
        }
        self.next += 1;
        self.places.insert(object.id, (self.next, object.kind()));
        (self.next, object.kind())
    }

    /// Makes an object findable by what its previous version did not have.
    fn enter(&mut self, place: Place, object: &DirectoryObject, previous: Option<&DirectoryObject>) {
        let known = previous.map(keys).unwrap_or_default();
        for key in keys(object).into_iter().filter(|key| !known.contains(key)) {
            self.index.add(key, place);
        }
        self.memberships.enter(place.0, object, previous, object.change);
        if !object.is_live() {
            self.binned[place.1 as usize].insert(place.0);
        }
    }

    fn push(&mut self, (seq, kind): Place, version: Version, oldest: Timestamp) {
        let slots = &mut self.slots[kind as usize];
        let Some(slot) = slots.get_mut(&seq) else {
            slots.insert(seq, Slot::new(version));
            return;
        };
        let dropped = slot.push(version, oldest);
        for version in &dropped {
            self.log.drop(kind, version.change);
        }
        self.strike((seq, kind), &dropped);
    }

    /// Takes what only versions have that are not kept out of the look-up tables.
    fn strike(&mut self, place: Place, dropped: &[Version]) {
        if dropped.is_empty() {
            return;
        }
        let held: Vec<Arc<DirectoryObject>> =
            self.slot(place).into_iter().flat_map(Slot::objects).cloned().collect();
        let known: Vec<Key> = held.iter().flat_map(|object| keys(object)).collect();
        for object in dropped.iter().filter_map(Version::object) {
            for key in keys(object).into_iter().filter(|key| !known.contains(key)) {
                self.index.remove(key, place);
            }
            self.memberships.strike(place.0, object, &held);
        }
        if held.iter().all(|object| object.is_live()) {
            self.binned[place.1 as usize].remove(&place.0);
        }
    }

    /// Ends an object for good. Only a tombstone remains in the log, and old versions for those who read late.
    pub(in crate::tenant) fn remove(&mut self, id: Uuid, now: Timestamp, keep: SignedDuration) {
        let Some((seq, kind)) = self.places.get(&id).copied() else { return };
        let newest = self.slot((seq, kind)).and_then(|slot| slot.newest().object());
        let Some(object) = newest.cloned() else { return };
        let oldest = before(now, keep);
        let change = self.log.append(kind, seq, now, oldest);
        self.ends.insert(change, id);
        let state = State::Gone(Arc::new(Tombstone::of(&object, change, now)));
        self.push((seq, kind), Version { change, committed: now, state }, oldest);
    }

    /// What changed after that number and is in the view, oldest first; each object once, with its last change.
    pub(in crate::tenant) fn changes(
        &self,
        kinds: &[Kind],
        after: u64,
        view: View,
    ) -> impl Iterator<Item = (u64, Change<'_>)> {
        let seen = self.log.seen(view);
        self.log.range(kinds, after, seen).filter_map(move |(number, (kind, seq))| {
            let version = self.slot((seq, kind))?.at_change(seen)?;
            (version.change == number).then(|| (number, version.as_change()))
        })
    }

    /// When the object ended whose end is remembered longest.
    pub(in crate::tenant) fn oldest_end(&self) -> Option<Timestamp> {
        self.ends.get_min().and_then(|(change, id)| self.end(*id, *change))
    }

    /// When an object ended, if that change was its end and it was not put in again.
    fn end(&self, id: Uuid, change: u64) -> Option<Timestamp> {
        match &self.slot(*self.places.get(&id)?)?.newest().state {
            State::Gone(tombstone) if tombstone.change == change => Some(tombstone.at),
            State::Gone(_) | State::Object(_) => None,
        }
    }

    /// Drops what is left of objects that ended before that time.
    pub(in crate::tenant) fn forget_before(&mut self, time: Timestamp) {
        while let Some((change, id)) = self.ends.get_min().copied() {
            let end = self.end(id, change);
            if end.is_some_and(|at| at >= time) {
                return;
            }
            self.ends.remove(&change);
            if end.is_some() {
                self.forget(id);
            }
        }
    }

    fn forget(&mut self, id: Uuid) {
        let Some((seq, kind)) = self.places.remove(&id) else { return };
        let Some(slot) = self.slots[kind as usize].remove(&seq) else { return };
        let versions: Vec<Version> = slot.versions().cloned().collect();
        for version in &versions {
            self.log.forget(kind, version.change);
        }
        self.strike((seq, kind), &versions);
        self.memberships.forget_group(seq);
        self.memberships.forget_up_to(self.log.horizon());
    }
}

fn before(now: Timestamp, keep: SignedDuration) -> Timestamp {
    now.checked_sub(keep).unwrap_or(Timestamp::MIN)
}

fn holds(object: &DirectoryObject, key: &str) -> bool {
    let addresses = object.proxy_addresses.iter().chain(&object.mail);
    addresses.map(|address| smtp_key(address)).any(|held| held == key)
}
