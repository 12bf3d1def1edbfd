//! Staging what the tenant shows: the confirmed side of the tenant's connector space.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::canonical::pack_shown;
use super::state::{State, TenantRecord};
use crate::model::TenantObject;

/// One read-back of the tenant while it runs.
#[derive(Debug)]
pub(super) struct TenantImport {
    full: bool,
    /// Objects so far.
    pub(super) read: usize,
    /// Records that are new or differ.
    pub(super) records: BTreeMap<Arc<str>, TenantRecord>,
    /// Anchors that the read spoke of.
    pub(super) seen: BTreeSet<Arc<str>>,
    alive: BTreeSet<Arc<str>>,
}

impl TenantImport {
    pub(super) const fn new(full: bool) -> Self {
        Self { full, read: 0, records: BTreeMap::new(), seen: BTreeSet::new(), alive: BTreeSet::new() }
    }

    /// Everything was asked for.
    pub(super) const fn is_full(&self) -> bool {
        self.full
    }

    /// Stages one object. Those without a source anchor are the cloud's own and none of our business.
    pub(super) fn take(&mut self, object: TenantObject, state: &State) {
        self.read += 1;
        let Some(anchor) = object.source_anchor.as_deref().filter(|a| !a.is_empty()).map(Arc::<str>::from)
        else {
            return;
        };
        if object.deleted && self.alive.contains(&anchor) {
            return; // an older incarnation in the recycle bin; the live one was already told
        }
        self.seen.insert(Arc::clone(&anchor));
        let known =
            self.records.get(&anchor).cloned().or_else(|| state.tenant.get(&anchor).map(|r| (**r).clone()));
        let record = match (object.deleted, known) {
            (true, None) => return,
            (true, Some(record)) => TenantRecord { confirmed: None, ..record },
            (false, known) => shown(object, known),
        };
        if record.confirmed.is_some() {
            self.alive.insert(Arc::clone(&anchor));
        }
        self.records.insert(anchor, record);
    }

    /// The read ended well: records that differ from the state's. After a full read, what was not shown is not there.
    pub(super) fn finish(mut self, state: &State) -> (BTreeMap<Arc<str>, TenantRecord>, BTreeSet<Arc<str>>) {
        if self.full {
            for (anchor, record) in
                state.tenant.iter().filter(|(a, r)| r.confirmed.is_some() && !self.seen.contains(*a))
            {
                self.records
                    .insert(Arc::clone(anchor), TenantRecord { confirmed: None, ..(**record).clone() });
            }
        }
        self.records.retain(|anchor, record| state.tenant.get(anchor).is_none_or(|old| **old != *record));
        (self.records, self.seen)
    }
}

fn shown(object: TenantObject, known: Option<TenantRecord>) -> TenantRecord {
    let confirmed = Some(pack_shown(&object.properties));
    let cloud_anchor = Some(object.cloud_anchor.into_boxed_str()).filter(|a| !a.is_empty());
    match known {
        Some(record) => TenantRecord {
            kind: object.kind,
            cloud_anchor: cloud_anchor.or(record.cloud_anchor),
            confirmed,
            ..record
        },
        None => TenantRecord {
            kind: object.kind,
            guid: None,
            cloud_anchor,
            confirmed,
            foreign: Vec::new(),
            pending: None,
            error: None,
        },
    }
}

#[cfg(test)]
mod tests {
    use indexmap::IndexMap;

    use super::*;
    use crate::engine::state::{Change, StateChange};
    use crate::model::{ObjectType, TenantValue};

    fn object(anchor: Option<&str>, name: &str, deleted: bool) -> TenantObject {
        TenantObject {
            cloud_anchor: "User_1".into(),
            source_anchor: anchor.map(Into::into),
            kind: ObjectType::User,
            deleted,
            properties: IndexMap::from([("displayName".into(), TenantValue::Text(name.into()))]),
        }
    }

    fn read(state: &mut State, full: bool, objects: Vec<TenantObject>) -> usize {
        let mut import = TenantImport::new(full);
        objects.into_iter().for_each(|o| import.take(o, state));
        let (records, _) = import.finish(state);
        let count = records.len();
        let puts = records.into_iter().map(|(anchor, r)| Change::PutRecord { anchor, record: Arc::new(r) });
        state.apply(&StateChange(puts.collect()));
        count
    }

    #[test]
    fn cloud_only_objects_leave_no_record() {
        let mut state = State::default();
        assert_eq!(
            read(&mut state, true, vec![object(None, "cloud", false), object(Some("a"), "x", false)]),
            1
        );
    }

    #[test]
    fn a_repeated_page_changes_nothing() {
        let mut state = State::default();
        read(&mut state, true, vec![object(Some("a"), "x", false)]);
        assert_eq!(
            read(&mut state, false, vec![object(Some("a"), "x", false), object(Some("a"), "x", false)]),
            0
        );
    }

    #[test]
    fn what_a_full_read_does_not_show_is_not_there() {
        let mut state = State::default();
        read(&mut state, true, vec![object(Some("a"), "x", false), object(Some("b"), "y", false)]);
        read(&mut state, false, vec![]);
        assert!(state.tenant["b"].confirmed.is_some());
        read(&mut state, true, vec![object(Some("a"), "x", false)]);
        assert!(state.tenant["b"].confirmed.is_none() && state.tenant["a"].confirmed.is_some());
    }

    #[test]
    fn a_deleted_twin_does_not_hide_the_live_object() {
        let mut state = State::default();
        read(&mut state, true, vec![object(Some("a"), "x", false), object(Some("a"), "x", true)]);
        assert!(state.tenant["a"].confirmed.is_some());
        read(&mut state, false, vec![object(Some("a"), "x", true)]);
        assert!(state.tenant["a"].confirmed.is_none());
    }
}
