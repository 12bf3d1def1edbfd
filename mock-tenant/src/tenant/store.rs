//! Where the objects are: versions in time, look-up tables, the log of changes.
//!
//! Each object is a short row of versions. The newest is what Entra has committed; what another replica still reads, and
//! what has reached Exchange, are the newest versions that are old enough. So one store serves all stages, and a lag is
//! nothing but a question put at another time.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::model::{DirectoryObject, Kind};

/// Place of an object in the order of creation. Stable: pages go on from one.
pub type Seq = u64;

/// Most versions that are kept of one object; beyond it the oldest goes, whoever still reads it.
const VERSIONS_MAX: usize = 64;

/// Which stage of the tenant is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// What Entra has committed.
    Committed,
    /// What has been committed at least a lag ago: the state at this time.
    AsOf(Timestamp),
    /// One version back: what a replica that missed the last change would answer.
    Stale,
}

/// What is left of an object that is gone for good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tombstone {
    /// Object id.
    pub id: Uuid,
    /// Type.
    pub kind: Kind,
    /// Source anchor.
    pub source_anchor: Option<String>,
    /// It was mastered on-premises.
    pub synced: bool,
    /// Change number of its end.
    pub change: u64,
    /// When it ended.
    pub at: Timestamp,
}

/// One thing in the log of changes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Change<'a> {
    /// The object as it is now (maybe soft-deleted).
    Object(&'a DirectoryObject),
    /// It is gone for good.
    Gone(&'a Tombstone),
}

#[derive(Debug, Clone)]
struct Version {
    committed: Timestamp,
    /// `None`: gone for good.
    object: Option<Arc<DirectoryObject>>,
}

#[derive(Debug, Clone)]
struct Slot {
    versions: Vec<Version>,
}

impl Slot {
    fn newest(&self) -> Option<&Arc<DirectoryObject>> {
        self.versions.last().and_then(|version| version.object.as_ref())
    }

    fn read(&self, view: View) -> Option<&Arc<DirectoryObject>> {
        let version = match view {
            View::Committed => self.versions.last(),
            View::AsOf(time) => self.versions.iter().rev().find(|version| version.committed <= time),
            View::Stale => self.versions.iter().rev().nth(1),
        };
        version.and_then(|version| version.object.as_ref())
    }

    /// Drops what no view can reach any more; the last two always stay (see [`View::Stale`]). Gives back the dropped.
    fn prune(&mut self, horizon: Timestamp) -> Vec<Version> {
        let unreachable = self.versions.windows(2).take_while(|pair| pair[1].committed <= horizon).count();
        let keep_from = unreachable.max(self.versions.len().saturating_sub(VERSIONS_MAX));
        self.versions.drain(..keep_from.min(self.versions.len().saturating_sub(2))).collect()
    }
}

/// The objects of a tenant.
#[derive(Debug, Clone, Default)]
pub(super) struct Store {
    slots: BTreeMap<Seq, Slot>,
    next: Seq,
    by_id: HashMap<Uuid, Seq>,
    by_anchor: Index,
    by_upn: Index,
    by_address: Index,
    changes: BTreeMap<u64, Logged>,
    last_change: u64,
    tombstones: BTreeMap<u64, Tombstone>,
}

#[derive(Debug, Clone, Copy)]
enum Logged {
    Object(Seq),
    Gone,
}

/// Keys to the objects that hold them in any version that is kept.
#[derive(Debug, Clone, Default)]
struct Index(HashMap<Box<str>, Vec<Seq>>);

impl Index {
    fn add(&mut self, key: &str, seq: Seq) {
        if let Some(list) = self.0.get_mut(key) {
            if !list.contains(&seq) {
                list.push(seq);
            }
        } else {
            self.0.insert(key.into(), vec![seq]);
        }
    }

    fn remove(&mut self, key: &str, seq: Seq) {
        let Some(list) = self.0.get_mut(key) else { return };
        list.retain(|held| *held != seq);
        if list.is_empty() {
            self.0.remove(key);
        }
    }

    fn get(&self, key: &str) -> &[Seq] {
        self.0.get(key).map_or(&[], Vec::as_slice)
    }
}

/// `smtp:a@x` for `SMTP:A@x`: how addresses compare.
fn address_key(address: &str) -> String {
    address.to_lowercase()
}

/// What an address that may lack a type is compared by: `mail` and the like are SMTP addresses.
#[must_use]
pub(super) fn smtp_key(address: &str) -> String {
    if address.contains(':') { address_key(address) } else { format!("smtp:{}", address.to_lowercase()) }
}

impl Store {
    /// Number of the last change.
    #[must_use]
    pub(super) const fn last_change(&self) -> u64 {
        self.last_change
    }

    /// An object by its id, in the recycle bin or not.
    #[must_use]
    pub(super) fn get(&self, id: Uuid, view: View) -> Option<&DirectoryObject> {
        self.slots.get(self.by_id.get(&id)?)?.read(view).map(Arc::as_ref)
    }

    /// Objects from a place in the order of creation on (`0` = all), in the recycle bin or not.
    pub(super) fn iter(&self, after: Seq, view: View) -> impl Iterator<Item = (Seq, &DirectoryObject)> {
        let range = self.slots.range(after.saturating_add(1)..);
        range.filter_map(move |(seq, slot)| slot.read(view).map(|object| (*seq, object.as_ref())))
    }

    /// Objects with that source anchor, in the recycle bin or not. Case matters: anchors are base64.
    pub(super) fn with_anchor<'a>(
        &'a self,
        anchor: &'a str,
        view: View,
    ) -> impl Iterator<Item = &'a DirectoryObject> {
        self.found(self.by_anchor.get(anchor), view)
            .filter(move |object| object.source_anchor.as_deref() == Some(anchor))
    }

    /// The user who signs in with that name.
    #[must_use]
    pub(super) fn with_upn(&self, name: &str, view: View) -> Option<&DirectoryObject> {
        let key = name.to_lowercase();
        self.found(self.by_upn.get(&key), view).find(|object| {
            object.is_live() && object.user_principal_name().is_some_and(|upn| upn.to_lowercase() == key)
        })
    }

    /// Live objects that hold that address among their proxy addresses or as mail.
    pub(super) fn with_address(&self, address: &str, view: View) -> impl Iterator<Item = &DirectoryObject> {
        let key = smtp_key(address);
        let list = self.by_address.get(&key);
        self.found(list, view).filter(move |object| object.is_live() && holds(object, &key))
    }

    fn found<'a>(&'a self, list: &'a [Seq], view: View) -> impl Iterator<Item = &'a DirectoryObject> {
        list.iter().filter_map(move |seq| self.slots.get(seq)?.read(view).map(Arc::as_ref))
    }

    /// Commits an object, new or changed, and numbers the change.
    pub(super) fn commit(&mut self, mut object: DirectoryObject, now: Timestamp, keep: SignedDuration) {
        let seq = match self.by_id.get(&object.id) {
            Some(seq) => *seq,
            None => self.new_slot(object.id),
        };
        object.change = self.log(seq);
        for (index, key) in keys(&object) {
            self.index(index).add(&key, seq);
        }
        let version = Version { committed: now, object: Some(Arc::new(object)) };
        self.push(seq, version, now, keep);
    }

    fn new_slot(&mut self, id: Uuid) -> Seq {
        self.next += 1;
        self.slots.insert(self.next, Slot { versions: Vec::with_capacity(1) });
        self.by_id.insert(id, self.next);
        self.next
    }

    fn log(&mut self, seq: Seq) -> u64 {
        let previous = self.slots.get(&seq).and_then(Slot::newest).map(|object| object.change);
        if let Some(previous) = previous {
            self.changes.remove(&previous);
        }
        self.last_change += 1;
        self.changes.insert(self.last_change, Logged::Object(seq));
        self.last_change
    }

    fn push(&mut self, seq: Seq, version: Version, now: Timestamp, keep: SignedDuration) {
        let Some(slot) = self.slots.get_mut(&seq) else { return };
        slot.versions.push(version);
        let dropped = slot.prune(now.checked_sub(keep).unwrap_or(Timestamp::MIN));
        if dropped.is_empty() {
            return;
        }
        let held: Vec<_> = slot.versions.iter().filter_map(|version| version.object.clone()).collect();
        let held: Vec<_> = held.iter().flat_map(|object| keys(object)).collect();
        for entry in
            dropped.iter().filter_map(|version| version.object.as_ref()).flat_map(|object| keys(object))
        {
            if !held.contains(&entry) {
                self.index(entry.0).remove(&entry.1, seq);
            }
        }
    }

    const fn index(&mut self, which: Which) -> &mut Index {
        match which {
            Which::Anchor => &mut self.by_anchor,
            Which::Upn => &mut self.by_upn,
            Which::Address => &mut self.by_address,
        }
    }

    /// Ends an object for good. Only a tombstone remains in the log, and old versions for those who read late.
    pub(super) fn remove(&mut self, id: Uuid, now: Timestamp, keep: SignedDuration) {
        let Some(seq) = self.by_id.get(&id).copied() else { return };
        let Some(object) = self.slots.get(&seq).and_then(Slot::newest).cloned() else { return };
        self.changes.remove(&object.change);
        self.last_change += 1;
        self.changes.insert(self.last_change, Logged::Gone);
        self.tombstones.insert(self.last_change, tombstone(&object, self.last_change, now));
        self.push(seq, Version { committed: now, object: None }, now, keep);
    }

    /// What changed after that number, oldest first; each object once, with its last change.
    pub(super) fn changes_after(&self, change: u64) -> impl Iterator<Item = (u64, Change<'_>)> {
        self.changes.range(change.saturating_add(1)..).filter_map(|(number, logged)| {
            let change = match logged {
                Logged::Object(seq) => Change::Object(self.slots.get(seq)?.newest()?),
                Logged::Gone => Change::Gone(self.tombstones.get(number)?),
            };
            Some((*number, change))
        })
    }

    /// Drops what is left of objects that ended before that time.
    pub(super) fn forget_before(&mut self, time: Timestamp) {
        while let Some(oldest) = self.tombstones.first_entry().filter(|entry| entry.get().at < time) {
            let gone = oldest.remove();
            self.changes.remove(&gone.change);
            self.forget(gone.id);
        }
    }

    fn forget(&mut self, id: Uuid) {
        let Some(seq) = self.by_id.get(&id).copied() else { return };
        let Some(slot) = self.slots.remove(&seq) else { return };
        self.by_id.remove(&id);
        for object in slot.versions.iter().filter_map(|version| version.object.as_ref()) {
            for (index, key) in keys(object) {
                self.index(index).remove(&key, seq);
            }
        }
    }
}

fn tombstone(object: &DirectoryObject, change: u64, at: Timestamp) -> Tombstone {
    Tombstone {
        id: object.id,
        kind: object.kind(),
        source_anchor: object.source_anchor.clone(),
        synced: object.is_synced(),
        change,
        at,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Which {
    Anchor,
    Upn,
    Address,
}

fn keys(object: &DirectoryObject) -> impl Iterator<Item = (Which, String)> {
    let anchor = object.source_anchor.clone().map(|anchor| (Which::Anchor, anchor));
    let upn = object.user_principal_name().map(|upn| (Which::Upn, upn.to_lowercase()));
    let mail = object.mail.as_deref().map(|mail| (Which::Address, smtp_key(mail)));
    let addresses = object.proxy_addresses.iter().map(|address| (Which::Address, address_key(address)));
    anchor.into_iter().chain(upn).chain(mail).chain(addresses)
}

fn holds(object: &DirectoryObject, key: &str) -> bool {
    object.proxy_addresses.iter().any(|address| address_key(address) == key)
        || object.mail.as_deref().is_some_and(|mail| smtp_key(mail) == key)
}
