//! Linked attributes: each forward link once, the other direction computed (MS-ADTS 3.1.1.1.6).

use std::collections::{BTreeMap, BTreeSet};

use super::entry::{EntryId, Meta};
use crate::schema::AttrId;

/// One link value, present or removed (a removed one stays for incremental DirSync).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Link {
    pub(crate) present: bool,
    pub(crate) meta: Meta,
}

/// The links of a forest, by source and by target.
#[derive(Debug, Clone, Default)]
pub(crate) struct Links {
    forward: BTreeMap<(EntryId, AttrId, EntryId), Link>,
    backward: BTreeSet<(EntryId, AttrId, EntryId)>,
}

const LOW: EntryId = EntryId(0);
const HIGH: EntryId = EntryId(u32::MAX);
const LOW_ATTR: AttrId = AttrId(0);
const HIGH_ATTR: AttrId = AttrId(u16::MAX);

impl Links {
    /// Adds or removes a value and notes when.
    pub(crate) fn set(
        &mut self,
        source: EntryId,
        attr: AttrId,
        target: EntryId,
        present: bool,
        usn: u64,
        time: i64,
    ) {
        let version = self.forward.get(&(source, attr, target)).map_or(1, |link| link.meta.version + 1);
        self.forward.insert((source, attr, target), Link { present, meta: Meta { usn, version, time } });
        if present {
            self.backward.insert((target, attr, source));
        } else {
            self.backward.remove(&(target, attr, source));
        }
    }

    /// All values of one attribute, removed ones included.
    pub(crate) fn of(&self, source: EntryId, attr: AttrId) -> impl Iterator<Item = (EntryId, &Link)> {
        self.forward
            .range((source, attr, LOW)..=(source, attr, HIGH))
            .map(|((_, _, target), link)| (*target, link))
    }

    /// Present values of one attribute.
    pub(crate) fn targets(&self, source: EntryId, attr: AttrId) -> impl Iterator<Item = EntryId> {
        self.of(source, attr).filter(|(_, link)| link.present).map(|(target, _)| target)
    }

    /// Who points here with this forward attribute.
    pub(crate) fn sources(&self, target: EntryId, attr: AttrId) -> impl Iterator<Item = EntryId> {
        self.backward.range((target, attr, LOW)..=(target, attr, HIGH)).map(|(_, _, source)| *source)
    }

    /// True if the value is there.
    pub(crate) fn has(&self, source: EntryId, attr: AttrId, target: EntryId) -> bool {
        self.backward.contains(&(target, attr, source))
    }

    /// Attributes with link values of an entry, removed ones included.
    pub(crate) fn attributes(&self, source: EntryId) -> BTreeSet<AttrId> {
        self.forward
            .range((source, LOW_ATTR, LOW)..=(source, HIGH_ATTR, HIGH))
            .map(|((_, attr, _), _)| *attr)
            .collect()
    }

    /// Forward attributes by which others point here.
    pub(crate) fn back_attributes(&self, target: EntryId) -> BTreeSet<AttrId> {
        self.backward
            .range((target, LOW_ATTR, LOW)..=(target, HIGH_ATTR, HIGH))
            .map(|(_, attr, _)| *attr)
            .collect()
    }

    /// Forgets every link from and to an entry.
    pub(crate) fn forget(&mut self, id: EntryId) {
        let from: Vec<_> =
            self.forward.range((id, LOW_ATTR, LOW)..=(id, HIGH_ATTR, HIGH)).map(|(key, _)| *key).collect();
        for (source, attr, target) in from {
            self.forward.remove(&(source, attr, target));
            self.backward.remove(&(target, attr, source));
        }
        let to: Vec<_> = self.backward.range((id, LOW_ATTR, LOW)..=(id, HIGH_ATTR, HIGH)).copied().collect();
        for (target, attr, source) in to {
            self.backward.remove(&(target, attr, source));
            self.forward.remove(&(source, attr, target));
        }
    }
}
