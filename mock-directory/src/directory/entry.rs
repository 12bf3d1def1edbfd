//! One object as it is stored: compact, with the parts that every object has as fields.

use std::collections::BTreeSet;

use bytes::Bytes;

use crate::schema::{AttrId, ClassId};

/// An object as a number: its place in the forest. Never given twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct EntryId(pub(crate) u32);

impl EntryId {
    pub(crate) const fn index(self) -> usize {
        self.0 as usize
    }
}

/// The values of an attribute; nearly all have one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Values {
    One(Bytes),
    Many(Box<[Bytes]>),
}

impl Values {
    pub(crate) fn new(mut values: Vec<Bytes>) -> Self {
        match (values.len(), values.pop()) {
            (1, Some(only)) => Self::One(only),
            (_, last) => {
                values.extend(last);
                Self::Many(values.into())
            }
        }
    }

    pub(crate) const fn as_slice(&self) -> &[Bytes] {
        match self {
            Self::One(value) => std::slice::from_ref(value),
            Self::Many(values) => values,
        }
    }
}

/// When an attribute last changed. Only kept for those that changed after the object came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Meta {
    pub(crate) usn: u64,
    pub(crate) version: u32,
    /// Seconds since 1970.
    pub(crate) time: i64,
}

/// How dead an object is (MS-ADTS 3.1.1.5.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Life {
    Live,
    /// isDeleted: a tombstone (no recycle bin) or a deleted-object.
    Deleted,
    /// isRecycled.
    Recycled,
    /// Not an object: the name of one outside this server that a link points to.
    Phantom,
}

/// An object.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// objectGUID.
    pub(crate) guid: [u8; 16],
    /// None for the head of a naming context.
    pub(crate) parent: Option<EntryId>,
    /// Place in [`super::forest::Forest::ncs`].
    pub(crate) nc: u8,
    pub(crate) life: Life,
    pub(crate) class: ClassId,
    pub(crate) rdn_attr: AttrId,
    /// The value of the RDN: `name`, and cn or ou or what the class is named by.
    pub(crate) rdn: Box<str>,
    pub(crate) usn_created: u64,
    pub(crate) usn_changed: u64,
    /// Seconds since 1970.
    pub(crate) created: i64,
    pub(crate) changed: i64,
    /// The USN that attributes without their own metadata have.
    pub(crate) base_usn: u64,
    /// Sorted.
    pub(crate) attrs: Vec<(AttrId, Values)>,
    /// Sorted; holds removed attributes too.
    pub(crate) meta: Vec<(AttrId, Meta)>,
    pub(crate) children: BTreeSet<EntryId>,
}

impl Entry {
    /// Stored values. Computed ones are `Forest::values`' business.
    pub(crate) fn stored(&self, attr: AttrId) -> &[Bytes] {
        match self.attrs.binary_search_by_key(&attr, |(id, _)| *id) {
            Ok(at) => self.attrs[at].1.as_slice(),
            Err(_) => &[],
        }
    }

    /// The first stored value as text.
    pub(crate) fn text(&self, attr: AttrId) -> Option<&str> {
        self.stored(attr).first().and_then(|value| std::str::from_utf8(value).ok())
    }

    /// The first stored value as a number.
    pub(crate) fn number(&self, attr: AttrId) -> Option<i64> {
        self.text(attr)?.parse().ok()
    }

    /// Puts values in place; none takes the attribute away.
    pub(crate) fn put(&mut self, attr: AttrId, values: Vec<Bytes>) {
        match (self.attrs.binary_search_by_key(&attr, |(id, _)| *id), values.is_empty()) {
            (Ok(at), true) => drop(self.attrs.remove(at)),
            (Ok(at), false) => self.attrs[at].1 = Values::new(values),
            (Err(_), true) => {}
            (Err(at), false) => self.attrs.insert(at, (attr, Values::new(values))),
        }
    }

    pub(crate) fn put_text(&mut self, attr: AttrId, text: impl Into<String>) {
        self.put(attr, vec![Bytes::from(text.into())]);
    }

    /// Notes that an attribute changed.
    pub(crate) fn touch(&mut self, attr: AttrId, usn: u64, time: i64) {
        match self.meta.binary_search_by_key(&attr, |(id, _)| *id) {
            Ok(at) => {
                let version = self.meta[at].1.version + 1;
                self.meta[at].1 = Meta { usn, version, time };
            }
            Err(at) => {
                let version = if self.base_usn == usn { 1 } else { 2 };
                self.meta.insert(at, (attr, Meta { usn, version, time }));
            }
        }
    }

    /// When an attribute that is or was there last changed.
    pub(crate) fn meta_of(&self, attr: AttrId) -> Meta {
        match self.meta.binary_search_by_key(&attr, |(id, _)| *id) {
            Ok(at) => self.meta[at].1,
            Err(_) => Meta { usn: self.base_usn, version: 1, time: self.created },
        }
    }

    pub(crate) const fn is_head(&self) -> bool {
        self.parent.is_none()
    }
}
