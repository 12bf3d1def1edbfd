//! The forest: entries, names, indexes, links and the counters that number every change.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use bytes::Bytes;

use super::entry::{Entry, EntryId, Life};
use super::index::Index;
use super::links::Links;
use super::password::Secret;
use super::policies::Policies;
use crate::dn::{Base, Dn, Rdn};
use crate::schema::{AttrId, Schema, fold, known};

/// A naming context: its name and its head.
#[derive(Debug, Clone)]
pub(crate) struct NamingContext {
    pub(crate) dn: Dn,
    pub(crate) head: EntryId,
    /// CN=Deleted Objects; the schema has none.
    pub(crate) deleted_objects: Option<EntryId>,
}

/// What a forest is called and numbered by.
#[derive(Debug, Clone)]
pub(crate) struct Identity {
    pub(crate) seed: u64,
    pub(crate) dns: String,
    pub(crate) netbios: String,
    pub(crate) domain_sid: Vec<u8>,
    /// invocationId of this server, AD's octet order.
    pub(crate) invocation_id: [u8; 16],
    /// Host name of the server.
    pub(crate) host: String,
}

/// Everything there is.
#[derive(Debug, Clone)]
pub(crate) struct Forest {
    pub(crate) schema: Arc<Schema>,
    pub(crate) identity: Identity,
    pub(crate) ncs: Vec<NamingContext>,
    entries: Vec<Arc<Entry>>,
    names: HashMap<(EntryId, Box<str>), EntryId>,
    by_guid: HashMap<[u8; 16], EntryId>,
    by_usn: BTreeSet<(u64, EntryId)>,
    pub(crate) index: Index,
    pub(crate) links: Links,
    /// highestCommittedUSN.
    pub(crate) usn: u64,
    pub(crate) next_rid: u32,
    pub(crate) recycle_bin: bool,
    pub(crate) policies: Policies,
    pub(crate) secrets: BTreeMap<EntryId, Secret>,
    /// Accounts and groups that hold DS-Replication-Get-Changes besides the administrators.
    pub(crate) replicators: BTreeSet<EntryId>,
    /// Values that the server itself gives many objects.
    pub(crate) interned: HashSet<Bytes>,
}

/// Place of the naming contexts in [`Forest::ncs`].
pub(crate) const DOMAIN: u8 = 0;
pub(crate) const CONFIGURATION: u8 = 1;
pub(crate) const SCHEMA: u8 = 2;

impl Forest {
    pub(crate) fn empty(schema: Arc<Schema>, identity: Identity) -> Self {
        Self {
            schema,
            identity,
            ncs: Vec::new(),
            entries: Vec::new(),
            names: HashMap::new(),
            by_guid: HashMap::new(),
            by_usn: BTreeSet::new(),
            index: Index::default(),
            links: Links::default(),
            usn: 0,
            next_rid: 1000,
            recycle_bin: false,
            policies: Policies::default(),
            secrets: BTreeMap::new(),
            replicators: BTreeSet::new(),
            interned: HashSet::new(),
        }
    }

    pub(crate) fn entry(&self, id: EntryId) -> &Entry {
        &self.entries[id.index()]
    }

    /// Every object, dead ones included, phantoms not.
    pub(crate) fn ids(&self) -> impl Iterator<Item = EntryId> {
        (0u32..).map(EntryId).zip(&self.entries).filter(|(_, e)| e.life != Life::Phantom).map(|(id, _)| id)
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn next_usn(&mut self) -> u64 {
        self.usn += 1;
        self.usn
    }

    pub(crate) fn domain(&self) -> &NamingContext {
        &self.ncs[usize::from(DOMAIN)]
    }

    pub(crate) fn context_of(&self, id: EntryId) -> &NamingContext {
        &self.ncs[usize::from(self.entry(id).nc)]
    }

    /// Adds an object that has its final form.
    pub(crate) fn insert(&mut self, entry: Entry) -> EntryId {
        let id = EntryId(u32::try_from(self.entries.len()).unwrap_or(u32::MAX));
        let entry = Arc::new(entry);
        self.entries.push(entry.clone());
        if entry.life == Life::Phantom {
            return id;
        }
        self.by_guid.insert(entry.guid, id);
        self.by_usn.insert((entry.usn_changed, id));
        self.link_name(&entry, id);
        for (attr, values) in &entry.attrs {
            self.index_values(*attr, values.as_slice(), id);
        }
        id
    }

    fn link_name(&mut self, entry: &Entry, id: EntryId) {
        let folded = fold(&entry.rdn).into_owned();
        for attr in [entry.rdn_attr, known::NAME] {
            self.index.insert(attr, folded.as_bytes(), id);
        }
        if let Some(parent) = entry.parent {
            self.names.insert((parent, self.rdn_key(entry)), id);
            Arc::make_mut(&mut self.entries[parent.index()]).children.insert(id);
        }
    }

    fn unlink_name(&mut self, entry: &Entry, id: EntryId) {
        let folded = fold(&entry.rdn).into_owned();
        for attr in [entry.rdn_attr, known::NAME] {
            self.index.remove(attr, folded.as_bytes(), id);
        }
        if let Some(parent) = entry.parent {
            self.names.remove(&(parent, self.rdn_key(entry)));
            Arc::make_mut(&mut self.entries[parent.index()]).children.remove(&id);
        }
    }

    fn rdn_key(&self, entry: &Entry) -> Box<str> {
        self.rdn_of(entry).key().into()
    }

    fn index_values(&mut self, attr: AttrId, values: &[Bytes], id: EntryId) {
        let def = self.schema.attribute(attr);
        if def.indexed() {
            let syntax = def.syntax;
            for value in values.iter().filter_map(|value| syntax.normalise(value)) {
                self.index.insert(attr, &value, id);
            }
        }
    }

    fn unindex_values(&mut self, attr: AttrId, values: &[Bytes], id: EntryId) {
        let def = self.schema.attribute(attr);
        if def.indexed() {
            let syntax = def.syntax;
            for value in values.iter().filter_map(|value| syntax.normalise(value)) {
                self.index.remove(attr, &value, id);
            }
        }
    }

    /// Puts a changed copy of an object in its place; names and indexes follow.
    pub(crate) fn replace(&mut self, id: EntryId, mut new: Entry) {
        let old = self.entries[id.index()].clone();
        for attr in changed_attributes(&old, &new) {
            self.unindex_values(attr, old.stored(attr), id);
            self.index_values(attr, new.stored(attr), id);
        }
        if old.usn_changed != new.usn_changed {
            self.by_usn.remove(&(old.usn_changed, id));
            self.by_usn.insert((new.usn_changed, id));
        }
        let moved = old.rdn != new.rdn || old.parent != new.parent;
        if moved {
            self.unlink_name(&old, id);
        }
        new.children.clone_from(&self.entries[id.index()].children);
        self.entries[id.index()] = Arc::new(new);
        if moved {
            let entry = self.entries[id.index()].clone();
            self.link_name(&entry, id);
        }
    }

    /// The object of a name no server here has: links can point to it.
    pub(crate) fn phantom(&mut self, dn: &str) -> EntryId {
        let key = (EntryId(u32::MAX), dn.to_lowercase().into_boxed_str());
        if let Some(id) = self.names.get(&key) {
            return *id;
        }
        let id = self.insert(Entry {
            guid: [0; 16],
            parent: None,
            nc: u8::MAX,
            life: Life::Phantom,
            class: crate::schema::ClassId(0),
            rdn_attr: known::CN,
            rdn: dn.into(),
            usn_created: 0,
            usn_changed: 0,
            created: 0,
            changed: 0,
            base_usn: 0,
            attrs: Vec::new(),
            meta: Vec::new(),
            children: BTreeSet::new(),
        });
        self.names.insert(key, id);
        id
    }

    pub(crate) fn rdn_of(&self, entry: &Entry) -> Rdn {
        Rdn::new(&self.schema.attribute(entry.rdn_attr).name.to_ascii_uppercase(), &entry.rdn)
    }

    pub(crate) fn dn(&self, id: EntryId) -> Dn {
        let mut rdns = Vec::new();
        let mut at = id;
        loop {
            let entry = self.entry(at);
            match entry.parent {
                Some(parent) => {
                    rdns.push(self.rdn_of(entry));
                    at = parent;
                }
                None if entry.life == Life::Phantom => return Dn::parse(&entry.rdn).unwrap_or_default(),
                None => {
                    rdns.extend(self.context_of(at).dn.0.iter().cloned());
                    return Dn(rdns);
                }
            }
        }
    }

    pub(crate) fn dn_text(&self, id: EntryId) -> String {
        let entry = self.entry(id);
        match entry.parent {
            Some(parent) => {
                let mut text = self.rdn_of(entry).to_string();
                text.push(',');
                text.push_str(&self.dn_text(parent));
                text
            }
            None if entry.life == Life::Phantom => entry.rdn.to_string(),
            None => self.context_of(id).dn.to_string(),
        }
    }

    /// The naming context that a name lies in, and how many RDNs below its head.
    pub(crate) fn context_for(&self, dn: &Dn) -> Option<(u8, usize)> {
        let depths =
            (0u8..).zip(&self.ncs).filter_map(|(nc, context)| Some((nc, dn.depth_below(&context.dn)?)));
        depths.min_by_key(|(_, depth)| *depth)
    }

    /// The object of a DN; `Err` names the nearest ancestor that exists.
    pub(crate) fn find(&self, dn: &Dn) -> Result<EntryId, Option<EntryId>> {
        let (nc, depth) = self.context_for(dn).ok_or(None)?;
        let mut at = self.ncs[usize::from(nc)].head;
        for rdn in dn.0[..depth].iter().rev() {
            at = self.child(at, rdn).ok_or(Some(at))?;
        }
        Ok(at)
    }

    /// The child with this RDN. The type counts by attribute, so an OID or another case is the same.
    pub(crate) fn child(&self, parent: EntryId, rdn: &Rdn) -> Option<EntryId> {
        let attr = self.schema.attribute_id(&rdn.attr)?;
        let key = Rdn::new(&self.schema.attribute(attr).name, &rdn.value).key();
        self.names.get(&(parent, key.into_boxed_str())).copied()
    }

    pub(crate) fn by_guid(&self, guid: &[u8; 16]) -> Option<EntryId> {
        self.by_guid.get(guid).copied()
    }

    pub(crate) fn by_sid(&self, sid: &[u8]) -> Option<EntryId> {
        let candidates = self.index.equal(known::OBJECT_SID, sid).iter().copied();
        let mut found =
            candidates.filter(|id| self.entry(*id).stored(known::OBJECT_SID).iter().any(|v| v == sid));
        found.by_ref().find(|id| self.entry(*id).life == Life::Live).or_else(|| found.next())
    }

    /// The object of a name in any of its forms.
    pub(crate) fn resolve(&self, base: &Base) -> Result<EntryId, Option<EntryId>> {
        match base {
            Base::Dn(dn) => self.find(dn),
            Base::Guid(guid) => self.by_guid(guid).ok_or(None),
            Base::Sid(sid) => self.by_sid(sid).ok_or(None),
            Base::WellKnown(guid, container) => {
                let container = self.find(container)?;
                self.well_known(container, guid).ok_or(None)
            }
        }
    }

    /// wellKnownObjects and otherWellKnownObjects hold `B:32:GUID:DN`.
    fn well_known(&self, container: EntryId, guid: &[u8; 16]) -> Option<EntryId> {
        let wanted = format!("B:32:{}:", hex::encode_upper(guid));
        let entry = self.entry(container);
        let lists = [known::WELL_KNOWN_OBJECTS, known::OTHER_WELL_KNOWN_OBJECTS];
        let mut values = lists.iter().flat_map(|attr| entry.stored(*attr));
        let dn = values.find_map(|value| std::str::from_utf8(value).ok()?.strip_prefix(&*wanted))?;
        self.find(&Dn::parse(dn).ok()?).ok()
    }

    /// Objects whose last change has a number above `usn`, in the order of their changes.
    pub(crate) fn changed_after(&self, usn: u64) -> impl Iterator<Item = (u64, EntryId)> {
        self.by_usn.range((usn.saturating_add(1), EntryId(0))..).copied()
    }

    pub(crate) fn is_below(&self, id: EntryId, base: EntryId) -> bool {
        let mut at = Some(id);
        while let Some(here) = at {
            if here == base {
                return true;
            }
            at = self.entry(here).parent;
        }
        false
    }

    /// An object and everything below it, parents first.
    pub(crate) fn subtree(&self, base: EntryId) -> Vec<EntryId> {
        let mut out = vec![base];
        let mut next = 0;
        while let Some(id) = out.get(next).copied() {
            next += 1;
            out.extend(&self.entry(id).children);
        }
        out
    }

    /// The schema's name for an attribute.
    pub(crate) fn name(&self, attr: AttrId) -> &str {
        &self.schema.attribute(attr).name
    }

    /// The DN of a class's schema object, as objectCategory holds it.
    pub(crate) fn category_dn(&self, category_rdn: &str) -> String {
        format!("{category_rdn},{}", self.ncs[usize::from(SCHEMA)].dn)
    }

    /// A domain SID with a relative identifier.
    pub(crate) fn sid_of(&self, rid: u32) -> Bytes {
        let mut sid = self.identity.domain_sid.clone();
        sid[1] += 1;
        sid.extend(rid.to_le_bytes());
        Bytes::from(sid)
    }
}

/// Attributes whose stored values differ.
fn changed_attributes(old: &Entry, new: &Entry) -> BTreeSet<AttrId> {
    let all = old.attrs.iter().chain(&new.attrs).map(|(attr, _)| *attr);
    all.filter(|attr| old.stored(*attr) != new.stored(*attr)).collect()
}

/// Values that exist, or that were made for the reader.
pub(crate) type ValueSet<'a> = Cow<'a, [Bytes]>;
