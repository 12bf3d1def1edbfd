//! DirSync: what changed in a naming context since a cookie (MS-ADTS 3.1.1.3.4.1.3).

use std::collections::BTreeSet;

use bytes::Bytes;

use super::cookie::Cookie;
use super::entry::{EntryId, Life};
use super::error::{Outcome, Refusal};
use super::filter::Compiled;
use super::forest::{DOMAIN, Forest};
use super::read::Sight;
use super::search::{Found, Search, resolve, weight};
use super::security;
use super::select::Selection;
use super::time::filetime;
use crate::schema::{AttrId, known};
use crate::wire::controls::{self, DirSync};
use crate::wire::message::{Attribute, EntryResponse, Response};

/// Links to and from dead objects don't count, dead objects do.
const SIGHT: Sight = Sight { deleted: true, recycled: true, deactivated_links: false };

/// Where a read goes on.
struct Progress {
    /// Objects changed after this USN are looked at.
    position: u64,
    /// Attributes changed after this USN are sent.
    since: u64,
}

pub(crate) fn answer(search: &Search<'_>, control: &DirSync) -> Outcome<Found> {
    if !control.critical {
        return Err(Refusal::operations("DirSync has to be critical"));
    }
    let base = base(search, control)?;
    authorise(search, control)?;
    let progress = progress(search.forest, &control.cookie)?;
    let mut found = Found::default();
    let read = Read::new(search, control, &progress);
    let last = read.fill(base, progress.position, &mut found);
    let cookie = cookie(search, &progress, last);
    found.controls.push(controls::dirsync_response(last.is_some(), &cookie));
    Ok(found)
}

/// The base has to be the head of a naming context: insufficientAccessRights, or unwillingToPerform with object security.
fn base(search: &Search<'_>, control: &DirSync) -> Outcome<EntryId> {
    if search.request.base.is_empty() {
        return Err(Refusal::no_object(0x2030, ""));
    }
    let id = resolve(search.forest, &search.request.base, 0x2030)?;
    if search.forest.entry(id).is_head() {
        return Ok(id);
    }
    Err(if control.has(DirSync::OBJECT_SECURITY) { Refusal::unwilling(0x2035) } else { Refusal::access() })
}

fn authorise(search: &Search<'_>, control: &DirSync) -> Outcome<()> {
    let replicator = search.caller.identity().is_some_and(|who| who.administrator || who.replicator);
    if replicator || control.has(DirSync::OBJECT_SECURITY) {
        Ok(())
    } else {
        Err(Refusal::replication_access())
    }
}

/// A cookie of another server counts as far as its vector knows this one; else everything is sent again.
fn progress(forest: &Forest, octets: &Bytes) -> Outcome<Progress> {
    if octets.is_empty() {
        return Ok(Progress { position: 0, since: 0 });
    }
    let cookie =
        Cookie::decode(octets).ok_or_else(|| Refusal::critical_extension("Error processing control"))?;
    if cookie.invocation_id == forest.identity.invocation_id {
        return Ok(Progress { position: cookie.object_usn, since: cookie.usn });
    }
    let known = cookie.up_to_date.iter().find(|(server, _)| *server == forest.identity.invocation_id);
    let since = known.map_or(0, |(_, usn)| *usn);
    Ok(Progress { position: since, since })
}

/// `last` is the USN of the last object sent while there is more.
fn cookie(search: &Search<'_>, progress: &Progress, last: Option<u64>) -> Bytes {
    let identity = &search.forest.identity;
    let usn = if last.is_some() { progress.since } else { search.forest.usn };
    Cookie {
        time: u64::try_from(filetime(search.now)).unwrap_or(0),
        object_usn: last.unwrap_or(search.forest.usn),
        usn,
        invocation_id: identity.invocation_id,
        up_to_date: vec![(identity.invocation_id, usn)],
    }
    .encode()
}

struct Read<'a> {
    search: &'a Search<'a>,
    control: &'a DirSync,
    filter: Compiled,
    selection: Selection,
    since: u64,
}

impl<'a> Read<'a> {
    fn new(search: &'a Search<'a>, control: &'a DirSync, progress: &Progress) -> Self {
        Self {
            search,
            control,
            filter: Compiled::of(search.forest, &search.request.filter),
            selection: Selection::of(search.forest, &search.request.attrs),
            since: progress.since,
        }
    }

    const fn forest(&self) -> &'a Forest {
        self.search.forest
    }

    /// Fills the answer up to MaxBytes, at least one object. Gives the USN of the last one if there is more.
    fn fill(&self, base: EntryId, position: u64, found: &mut Found) -> Option<u64> {
        let most = usize::try_from(self.control.max_bytes).ok().filter(|most| *most > 0);
        let mut size = 0;
        let mut sent = BTreeSet::new();
        let mut last = None;
        for (usn, id) in self.forest().changed_after(position).filter(|(_, id)| self.in_context(*id, base)) {
            let entries: Vec<EntryResponse> = self
                .with_ancestors(id, position, &mut sent)
                .into_iter()
                .filter_map(|id| self.entry(id))
                .collect();
            let more: usize =
                entries.iter().flat_map(|e| &e.attributes).map(|a| weight(&a.name, &a.values)).sum();
            if last.is_some() && !entries.is_empty() && most.is_some_and(|most| size + more > most) {
                return last;
            }
            if !entries.is_empty() {
                last = Some(usn);
                size += more;
            }
            found.responses.extend(entries.into_iter().map(Response::Entry));
        }
        None
    }

    /// A read of the domain also shows the heads of the configuration and schema contexts.
    fn in_context(&self, id: EntryId, base: EntryId) -> bool {
        let (entry, base) = (self.forest().entry(id), self.forest().entry(base));
        entry.nc == base.nc || (base.nc == DOMAIN && entry.is_head())
    }

    /// With ANCESTORS_FIRST the changed objects above come before an object; nothing comes twice.
    fn with_ancestors(&self, id: EntryId, position: u64, sent: &mut BTreeSet<EntryId>) -> Vec<EntryId> {
        let mut chain = Vec::new();
        let mut at = Some(id);
        while let Some(here) = at {
            let entry = self.forest().entry(here);
            if entry.usn_changed > position && sent.insert(here) {
                chain.push(here);
            }
            at = if self.control.has(DirSync::ANCESTORS_FIRST) { entry.parent } else { None };
        }
        chain.reverse();
        chain
    }

    /// An object with what changed in it; nothing if none of the attributes asked for did.
    fn entry(&self, id: EntryId) -> Option<EntryResponse> {
        if self.filter.evaluate(self.forest(), id, SIGHT) != Some(true) {
            return None;
        }
        let entry = self.forest().entry(id);
        let mut attributes: Vec<Attribute> =
            self.changed(id).into_iter().flat_map(|attr| self.attribute(id, attr)).collect();
        if attributes.is_empty() {
            return None;
        }
        let guid = self.plain(known::OBJECT_GUID, vec![Bytes::copy_from_slice(&entry.guid)]);
        if self.hidden(id) {
            return Some(EntryResponse { dn: String::new(), attributes: vec![guid], controls: Vec::new() });
        }
        attributes.retain(|attribute| attribute.name != "instanceType");
        attributes.push(guid);
        attributes.push(self.plain(known::INSTANCE_TYPE, entry.stored(known::INSTANCE_TYPE).to_vec()));
        let writer = self.search.writer(&self.selection, SIGHT);
        Some(EntryResponse { dn: writer.dn(id), attributes, controls: Vec::new() })
    }

    /// Deleted objects are not for everybody to see.
    fn hidden(&self, id: EntryId) -> bool {
        self.control.has(DirSync::OBJECT_SECURITY)
            && !self.search.caller.is_administrator()
            && self.forest().entry(id).life != Life::Live
    }

    /// Replicated attributes of the attribute list that changed since the cookie, removed ones included. The attribute
    /// that names the object never comes: `name` does.
    fn changed(&self, id: EntryId) -> BTreeSet<AttrId> {
        let forest = self.forest();
        let entry = forest.entry(id);
        let mut attrs = forest.present(id);
        attrs.extend(entry.meta.iter().map(|(attr, _)| *attr));
        attrs.insert(known::NT_SECURITY_DESCRIPTOR);
        let asked: BTreeSet<AttrId> = self.selection.named().collect();
        attrs.retain(|attr| {
            forest.schema.attribute(*attr).replicated()
                && *attr != entry.rdn_attr
                && (self.selection.all || asked.contains(attr))
                && self.changed_since(id, *attr)
        });
        attrs
    }

    fn changed_since(&self, id: EntryId, attr: AttrId) -> bool {
        let forest = self.forest();
        if forest.schema.attribute(attr).is_forward_link() {
            return forest.links.of(id, attr).any(|(_, link)| link.meta.usn > self.since);
        }
        forest.entry(id).meta_of(attr).usn > self.since
    }

    fn attribute(&self, id: EntryId, attr: AttrId) -> Vec<Attribute> {
        let forest = self.forest();
        let def = forest.schema.attribute(attr);
        if known::SECRETS.contains(&attr) {
            return vec![self.plain(attr, Vec::new())];
        }
        if attr == known::NT_SECURITY_DESCRIPTOR {
            return vec![self.plain(attr, vec![security::descriptor(forest, id, 0xf)])];
        }
        if def.is_forward_link() && !def.single_valued && self.control.has(DirSync::INCREMENTAL_VALUES) {
            return self.incremental(id, attr);
        }
        let values = forest.values(id, attr, SIGHT).into_owned();
        if values.is_empty() && self.since == 0 && def.is_forward_link() {
            return Vec::new();
        }
        let mut out = vec![self.plain(attr, values)];
        if let (known::NAME, Some(parent)) = (attr, forest.entry(id).parent) {
            let guid = Bytes::copy_from_slice(&forest.entry(parent).guid);
            out.push(self.plain(known::PARENT_GUID, vec![guid]));
        }
        out
    }

    /// `member;range=1-1` has the values added, `member;range=0-0` those removed.
    fn incremental(&self, id: EntryId, attr: AttrId) -> Vec<Attribute> {
        let forest = self.forest();
        let changed = |present: bool| -> Vec<Bytes> {
            let links = forest
                .links
                .of(id, attr)
                .filter(|(_, link)| link.present == present && link.meta.usn > self.since);
            let live =
                links.filter(|(target, _)| matches!(forest.entry(*target).life, Life::Live | Life::Phantom));
            live.map(|(target, _)| Bytes::from(forest.dn_text(target))).collect()
        };
        let part = |range: &str, values: Vec<Bytes>| {
            (!values.is_empty()).then(|| Attribute { name: format!("{};{range}", forest.name(attr)), values })
        };
        let removed = if self.since == 0 { Vec::new() } else { changed(false) };
        [part("range=1-1", changed(true)), part("range=0-0", removed)].into_iter().flatten().collect()
    }

    fn plain(&self, attr: AttrId, values: Vec<Bytes>) -> Attribute {
        Attribute { name: self.forest().name(attr).to_owned(), values }
    }
}
