//! Indexes over attribute values: one for equality (by hash), one for prefixes and ranges (by the first octets).
//! Both may name too many entries and never too few; the filter decides.

use std::collections::{BTreeSet, HashMap};
use std::hash::{BuildHasherDefault, Hasher};

use super::entry::EntryId;
use crate::schema::AttrId;

/// Octets of a value that the ordered index keeps.
const PREFIX: usize = 14;

/// The entries with one value.
#[derive(Debug, Clone)]
enum Posting {
    One(EntryId),
    /// Sorted. Boxed: nearly all values have one entry, and there are millions of them.
    #[expect(clippy::box_collection, reason = "halves the size of the common variant")]
    Many(Box<Vec<EntryId>>),
}

/// Keys are hashes already.
#[derive(Debug, Clone, Default)]
struct Identity(u64);

impl Hasher for Identity {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}

type Key = (AttrId, [u8; PREFIX], EntryId);

/// The indexes of a forest. Values are normalised ones.
#[derive(Debug, Clone, Default)]
pub(crate) struct Index {
    equal: HashMap<u64, Posting, BuildHasherDefault<Identity>>,
    ordered: BTreeSet<Key>,
}

impl Index {
    pub(crate) fn insert(&mut self, attr: AttrId, value: &[u8], id: EntryId) {
        self.ordered.insert((attr, prefix(value), id));
        let posting = match self.equal.entry(hash(attr, value)) {
            std::collections::hash_map::Entry::Vacant(vacant) => {
                vacant.insert(Posting::One(id));
                return;
            }
            std::collections::hash_map::Entry::Occupied(occupied) => occupied.into_mut(),
        };
        match posting {
            Posting::One(first) if *first == id => {}
            Posting::One(first) => {
                let mut both = vec![*first, id];
                both.sort_unstable();
                *posting = Posting::Many(Box::new(both));
            }
            Posting::Many(ids) => {
                if let Err(at) = ids.binary_search(&id) {
                    ids.insert(at, id);
                }
            }
        }
    }

    /// Takes one value of an entry out. The other values of the attribute have to be inserted again afterwards, because
    /// two of them can share a prefix.
    pub(crate) fn remove(&mut self, attr: AttrId, value: &[u8], id: EntryId) {
        self.ordered.remove(&(attr, prefix(value), id));
        let key = hash(attr, value);
        let emptied = match self.equal.get_mut(&key) {
            Some(Posting::One(only)) => *only == id,
            Some(Posting::Many(ids)) => {
                if let Ok(at) = ids.binary_search(&id) {
                    ids.remove(at);
                }
                ids.is_empty()
            }
            None => false,
        };
        if emptied {
            self.equal.remove(&key);
        }
    }

    /// Entries that may have this value.
    pub(crate) fn equal(&self, attr: AttrId, value: &[u8]) -> &[EntryId] {
        match self.equal.get(&hash(attr, value)) {
            Some(Posting::One(id)) => std::slice::from_ref(id),
            Some(Posting::Many(ids)) => ids,
            None => &[],
        }
    }

    /// Entries that may have a value that starts so.
    pub(crate) fn starting(&self, attr: AttrId, start: &[u8]) -> impl Iterator<Item = EntryId> {
        let low = prefix(start);
        let mut high = [0xff; PREFIX];
        let kept = start.len().min(PREFIX);
        high[..kept].copy_from_slice(&start[..kept]);
        self.between(attr, low, high)
    }

    /// Entries that may have a value at or above (`true`) or at or below this one.
    pub(crate) fn beyond(&self, attr: AttrId, value: &[u8], above: bool) -> impl Iterator<Item = EntryId> {
        let edge = prefix(value);
        let (low, high) = if above { (edge, [0xff; PREFIX]) } else { ([0; PREFIX], edge) };
        self.between(attr, low, high)
    }

    fn between(&self, attr: AttrId, low: [u8; PREFIX], high: [u8; PREFIX]) -> impl Iterator<Item = EntryId> {
        self.ordered.range((attr, low, EntryId(0))..=(attr, high, EntryId(u32::MAX))).map(|key| key.2)
    }
}

fn prefix(value: &[u8]) -> [u8; PREFIX] {
    let mut out = [0; PREFIX];
    let kept = value.len().min(PREFIX);
    out[..kept].copy_from_slice(&value[..kept]);
    out
}

/// FNV-1a: the same in every run.
fn hash(attr: AttrId, value: &[u8]) -> u64 {
    let [high, low] = attr.0.to_be_bytes();
    [high, low]
        .iter()
        .chain(value)
        .fold(0xcbf2_9ce4_8422_2325, |sum, byte| (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::known::{MAIL, SN};

    #[test]
    fn finds_by_value_prefix_and_range_and_forgets() {
        let mut index = Index::default();
        for (id, value) in [(1, "alice"), (2, "alina"), (3, "bob"), (4, "alice")] {
            index.insert(SN, value.as_bytes(), EntryId(id));
        }
        index.insert(MAIL, b"alice", EntryId(9));
        let ids = |found: Vec<EntryId>| found.iter().map(|id| id.0).collect::<Vec<_>>();
        assert_eq!(ids(index.equal(SN, b"alice").to_vec()), [1, 4]);
        assert_eq!(ids(index.starting(SN, b"ali").collect()), [1, 4, 2]);
        assert_eq!(ids(index.beyond(SN, b"alina", true).collect()), [2, 3]);
        assert_eq!(ids(index.beyond(SN, b"alice", false).collect()), [1, 4]);
        index.remove(SN, b"alice", EntryId(1));
        index.remove(SN, b"alice", EntryId(4));
        assert!(index.equal(SN, b"alice").is_empty());
        assert_eq!(ids(index.starting(SN, b"").collect()), [2, 3]);
    }
}
