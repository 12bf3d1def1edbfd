//! Reading attributes: stored, held as fields, or computed from links.

use std::borrow::Cow;
use std::collections::BTreeSet;

use bytes::Bytes;

use super::entry::{Entry, EntryId, Life};
use super::forest::{Forest, ValueSet};
use super::time::generalized;
use crate::schema::{AttrId, known};
use crate::wire::controls::Controls;

/// Which dead things a reader sees.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Sight {
    pub(crate) deleted: bool,
    pub(crate) recycled: bool,
    pub(crate) deactivated_links: bool,
}

impl Sight {
    pub(crate) const fn of(controls: &Controls) -> Self {
        Self {
            deleted: controls.show_deleted || controls.show_recycled,
            recycled: controls.show_recycled,
            deactivated_links: controls.show_deactivated_links,
        }
    }

    /// Everything: for export and DirSync.
    pub(crate) const fn all() -> Self {
        Self { deleted: true, recycled: true, deactivated_links: true }
    }
}

/// Attributes that every object has as fields, not as values.
const FIELDS: &[AttrId] = &[
    known::DISTINGUISHED_NAME,
    known::NAME,
    known::OBJECT_GUID,
    known::USN_CREATED,
    known::USN_CHANGED,
    known::WHEN_CREATED,
    known::WHEN_CHANGED,
];

pub(crate) fn is_field(attr: AttrId) -> bool {
    FIELDS.contains(&attr)
}

impl Forest {
    /// MS-ADTS 3.1.1.3.4.1.14 and .20: tombstones of a forest without recycle bin need SHOW_DELETED only.
    pub(crate) fn visible(&self, entry: &Entry, sight: Sight) -> bool {
        match entry.life {
            Life::Live => true,
            Life::Deleted => sight.deleted,
            Life::Recycled => sight.recycled || (sight.deleted && !self.recycle_bin),
            Life::Phantom => false,
        }
    }

    /// The values of a stored, field or linked attribute. Constructed ones come from [`Forest::constructed`].
    pub(crate) fn values(&self, id: EntryId, attr: AttrId, sight: Sight) -> ValueSet<'_> {
        let entry = self.entry(id);
        if attr == entry.rdn_attr || is_field(attr) {
            return Cow::Owned(vec![self.field(id, attr)]);
        }
        let def = self.schema.attribute(attr);
        if def.link_id.is_none() {
            return Cow::Borrowed(entry.stored(attr));
        }
        if def.is_forward_link() {
            return Cow::Owned(self.linked(id, attr, sight));
        }
        if def.is_back_link() {
            return Cow::Owned(self.back_linked(id, attr, sight));
        }
        Cow::Borrowed(entry.stored(attr))
    }

    fn field(&self, id: EntryId, attr: AttrId) -> Bytes {
        let entry = self.entry(id);
        match attr {
            known::DISTINGUISHED_NAME => Bytes::from(self.dn_text(id)),
            known::OBJECT_GUID => Bytes::copy_from_slice(&entry.guid),
            known::USN_CREATED => Bytes::from(entry.usn_created.to_string()),
            known::USN_CHANGED => Bytes::from(entry.usn_changed.to_string()),
            known::WHEN_CREATED => generalized(entry.created),
            known::WHEN_CHANGED => generalized(entry.changed),
            _ => Bytes::copy_from_slice(entry.rdn.as_bytes()),
        }
    }

    /// The ends of a forward link that a reader sees. Links from and to dead objects are deactivated
    /// (MS-ADTS 3.1.1.5.5.1.2).
    pub(crate) fn link_targets(&self, id: EntryId, attr: AttrId, sight: Sight) -> Vec<EntryId> {
        if !self.link_end_seen(id, sight) {
            return Vec::new();
        }
        self.links.targets(id, attr).filter(|target| self.link_end_seen(*target, sight)).collect()
    }

    /// The sources of a link that a reader sees; `attr` is the forward attribute.
    pub(crate) fn link_sources(&self, id: EntryId, attr: AttrId, sight: Sight) -> Vec<EntryId> {
        if !self.link_end_seen(id, sight) {
            return Vec::new();
        }
        self.links.sources(id, attr).filter(|source| self.link_end_seen(*source, sight)).collect()
    }

    fn link_end_seen(&self, id: EntryId, sight: Sight) -> bool {
        match self.entry(id).life {
            Life::Live | Life::Phantom => true,
            Life::Deleted | Life::Recycled => sight.deactivated_links,
        }
    }

    fn linked(&self, id: EntryId, attr: AttrId, sight: Sight) -> Vec<Bytes> {
        self.link_targets(id, attr, sight)
            .into_iter()
            .map(|target| Bytes::from(self.dn_text(target)))
            .collect()
    }

    /// Computed back-links, and those of a loaded dump whose source is not in it.
    fn back_linked(&self, id: EntryId, attr: AttrId, sight: Sight) -> Vec<Bytes> {
        let mut out = self.entry(id).stored(attr).to_vec();
        if let Some(forward) = self.schema.link_partner(attr) {
            let sources = self.link_sources(id, forward, sight);
            out.extend(sources.into_iter().map(|source| Bytes::from(self.dn_text(source))));
        }
        out
    }

    /// Every attribute that an object has and that is not constructed, in the order of their numbers.
    pub(crate) fn present(&self, id: EntryId) -> BTreeSet<AttrId> {
        let entry = self.entry(id);
        let mut out: BTreeSet<AttrId> = entry.attrs.iter().map(|(attr, _)| *attr).collect();
        out.extend(FIELDS);
        out.insert(entry.rdn_attr);
        out.extend(self.links.attributes(id));
        out.extend(
            self.links.back_attributes(id).into_iter().filter_map(|attr| self.schema.link_partner(attr)),
        );
        out
    }
}
