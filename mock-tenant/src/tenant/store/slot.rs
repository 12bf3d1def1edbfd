//! One object's versions.
//!
//! The newest is what Entra has committed; what another replica still reads, and what has reached Exchange, are the newest
//! versions that are old enough. So one store serves all stages, and a lag is nothing but a question put at another time.

use std::sync::Arc;

use jiff::Timestamp;
use uuid::Uuid;

use super::super::model::{DirectoryObject, Kind};

/// Most versions that are kept of one object. Beyond it the oldest but one goes: who reads late sees an older state then,
/// and never none.
const VERSIONS_MAX: usize = 64;

/// Versions that stay whatever their age: the newest, and the one that [`View::Stale`] reads.
const VERSIONS_MIN: usize = 2;

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
    /// The sync had written it.
    pub synced: bool,
    /// Change number of its end.
    pub change: u64,
    /// When it ended.
    pub at: Timestamp,
}

impl Tombstone {
    pub(super) fn of(object: &DirectoryObject, change: u64, at: Timestamp) -> Self {
        Self {
            id: object.id,
            kind: object.kind(),
            source_anchor: object.source_anchor.clone(),
            synced: object.was_synced(),
            change,
            at,
        }
    }
}

/// One thing in the log of changes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Change<'a> {
    /// The object as it is now (maybe soft-deleted).
    Object(&'a DirectoryObject),
    /// It is gone for good.
    Gone(&'a Tombstone),
}

/// What a version says.
#[derive(Debug, Clone)]
pub(super) enum State {
    Object(Arc<DirectoryObject>),
    Gone(Arc<Tombstone>),
}

#[derive(Debug, Clone)]
pub(super) struct Version {
    /// Number in the log.
    pub(super) change: u64,
    pub(super) committed: Timestamp,
    pub(super) state: State,
}

impl Version {
    pub(super) const fn object(&self) -> Option<&Arc<DirectoryObject>> {
        match &self.state {
            State::Object(object) => Some(object),
            State::Gone(_) => None,
        }
    }

    pub(super) fn as_change(&self) -> Change<'_> {
        match &self.state {
            State::Object(object) => Change::Object(object),
            State::Gone(tombstone) => Change::Gone(tombstone),
        }
    }
}

/// The versions of one object; most objects have one, and copying them is copying two pointers.
#[derive(Debug, Clone)]
pub(super) struct Slot {
    newest: Version,
    /// Oldest first.
    older: Option<Arc<Vec<Version>>>,
}

impl Slot {
    pub(super) const fn new(version: Version) -> Self {
        Self { newest: version, older: None }
    }

    pub(super) const fn newest(&self) -> &Version {
        &self.newest
    }

    /// All that are kept, newest first.
    pub(super) fn versions(&self) -> impl Iterator<Item = &Version> {
        let older = self.older.iter().flat_map(|older| older.iter().rev());
        std::iter::once(&self.newest).chain(older)
    }

    /// The objects of all versions that are kept.
    pub(super) fn objects(&self) -> impl Iterator<Item = &Arc<DirectoryObject>> {
        self.versions().filter_map(Version::object)
    }

    pub(super) fn read(&self, view: View) -> Option<&Arc<DirectoryObject>> {
        let version = match view {
            View::Committed => Some(&self.newest),
            View::AsOf(time) => self.versions().find(|version| version.committed <= time),
            View::Stale => self.versions().nth(1),
        };
        version.and_then(Version::object)
    }

    /// The newest version among the changes up to this number.
    pub(super) fn at_change(&self, number: u64) -> Option<&Version> {
        self.versions().find(|version| version.change <= number)
    }

    /// Adds a version and gives back those that no view can reach any more.
    pub(super) fn push(&mut self, version: Version, horizon: Timestamp) -> Vec<Version> {
        let previous = std::mem::replace(&mut self.newest, version);
        let newest = self.newest.committed;
        let older = Arc::make_mut(self.older.get_or_insert_default());
        older.push(previous);
        let successors = older.iter().skip(1).map(|version| version.committed).chain([newest]);
        let unreachable = successors.take_while(|committed| *committed <= horizon).count();
        let all = older.len() + 1;
        let mut dropped: Vec<Version> =
            older.drain(..unreachable.min(all.saturating_sub(VERSIONS_MIN))).collect();
        while older.len() >= VERSIONS_MAX {
            dropped.push(older.remove(1));
        }
        dropped
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenant::{Contact, Detail};

    fn version(second: i64) -> Version {
        let committed = Timestamp::from_second(second).unwrap();
        let object = DirectoryObject::new(Uuid::nil(), Detail::Contact(Contact), committed);
        Version { change: second.unsigned_abs(), committed, state: State::Object(Arc::new(object)) }
    }

    #[test]
    fn many_writes_within_the_lag_hide_no_object_from_late_readers() {
        let mut slot = Slot::new(version(1));
        for second in 2..200 {
            slot.push(version(second), Timestamp::UNIX_EPOCH);
        }
        assert_eq!(slot.versions().count(), VERSIONS_MAX);
        let seen = |second| {
            let view = View::AsOf(Timestamp::from_second(second).unwrap());
            slot.read(view).map(|object| object.created.as_second())
        };
        assert_eq!((seen(0), seen(1), seen(50), seen(199)), (None, Some(1), Some(1), Some(199)));
    }
}
