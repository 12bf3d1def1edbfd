//! Taking LDIF: a plain one, a dump of a whole domain, or change records; whole or not at all.

use std::collections::HashSet;

use bytes::Bytes;
use jiff::Timestamp;

use super::account;
use super::bootstrap::{self, Settings};
use super::create::Draft;
use super::entry::{EntryId, Life};
use super::forest::{CONFIGURATION, DOMAIN, Forest};
use super::password::{self, Secret};
use super::read::is_field;
use crate::dn::Dn;
use crate::ldif::{Content, LdifError, Reader, RecordKind};
use crate::schema::{AttrId, Syntax, known, parse_generalized_time};

/// Why an LDIF was not taken; nothing of it was.
pub type LoadError = LdifError;

/// An entry of a file.
struct Item<'a> {
    file: &'a str,
    line: usize,
    dn: Dn,
    content: Content,
}

impl Item<'_> {
    fn error(&self, line: usize, reason: impl Into<String>) -> LoadError {
        LoadError { file: self.file.to_owned(), line, reason: reason.into() }
    }

    fn has(&self, name: &str) -> bool {
        self.content.attributes.iter().any(|attribute| attribute.name.eq_ignore_ascii_case(name))
    }
}

/// A DN value that waits until every entry is there.
struct Pending<'a> {
    file: &'a str,
    line: usize,
    source: EntryId,
    attr: AttrId,
    value: Bytes,
}

/// Sources in the order in which they were given: (file name, text).
pub(crate) fn load(
    forest: &Forest,
    settings: &Settings,
    sources: &[(String, String)],
    now: Timestamp,
) -> Result<Forest, LoadError> {
    let mut items = items(sources)?;
    // parents before children, whatever the order of the file
    items.sort_by_key(|item| item.dn.0.len());
    let domain = settings.base();
    let dump = items.iter().position(|item| item.dn.same(&domain));
    let mut loader = Loader { forest: forest.clone(), pending: Vec::new(), shared: HashSet::new(), now };
    if let Some(at) = dump {
        let mut head = items.remove(at);
        loader.replace_domain(&mut head, settings)?;
    } else {
        foreign_head(&items, settings)?;
    }
    for mut item in items {
        loader.entry(&mut item)?;
    }
    loader.links()?;
    if dump.is_some() {
        bootstrap::ensure_deleted_objects(&mut loader.forest, DOMAIN, now.as_second());
    }
    loader.counters();
    Ok(loader.forest)
}

fn items(sources: &[(String, String)]) -> Result<Vec<Item<'_>>, LoadError> {
    let mut out = Vec::new();
    for (file, text) in sources {
        for record in Reader::new(file, text) {
            let record = record?;
            let refused = |reason: String| LoadError { file: file.clone(), line: record.line, reason };
            let RecordKind::Content(content) = record.kind else {
                return Err(refused("a change record; only entries can be loaded at the start".to_owned()));
            };
            let dn = Dn::parse(&content.dn).map_err(|error| refused(format!("{}: {error}", content.dn)))?;
            out.push(Item { file, line: record.line, dn, content });
        }
    }
    Ok(out)
}

/// A dump of another domain is told by its head.
fn foreign_head(items: &[Item<'_>], settings: &Settings) -> Result<(), LoadError> {
    let is_head = |item: &&Item<'_>| item.dn.0.iter().all(|rdn| rdn.attr.eq_ignore_ascii_case("dc"));
    match items.iter().find(is_head) {
        Some(head) => {
            let (theirs, ours) = (head.dn.dns_name(), &settings.domain);
            Err(head.error(head.line, format!("this is the domain {theirs}, the directory serves {ours}: start it with --domain {theirs}")))
        }
        None => Ok(()),
    }
}

struct Loader<'a> {
    forest: Forest,
    pending: Vec<Pending<'a>>,
    /// Short values that many entries have are kept once.
    shared: HashSet<Bytes>,
    now: Timestamp,
}

/// Longest value that is worth looking for a copy of.
const SHORT: usize = 24;

impl<'a> Loader<'a> {
    /// A dump brings its own domain: what the new domain had goes, configuration and schema are made anew around it.
    fn replace_domain(&mut self, head: &mut Item<'a>, settings: &Settings) -> Result<(), LoadError> {
        let mut fresh = bootstrap::forest(settings);
        fresh.policies = self.forest.policies.clone();
        fresh.recycle_bin = self.forest.recycle_bin;
        self.forest = fresh;
        let mut draft = bootstrap::head_draft(&mut self.forest, DOMAIN);
        draft.attrs.clear();
        self.fill(&mut draft, head)?;
        if let Some(sid) = draft.attrs.get(&known::OBJECT_SID).and_then(|values| values.first()) {
            self.forest.identity.domain_sid = sid.to_vec();
        }
        let pending = self.take_links(&mut draft, head);
        let id = bootstrap::head(&mut self.forest, DOMAIN, draft, self.now.as_second());
        self.pending.extend(pending.into_iter().map(|p| Pending { source: id, ..p }));
        bootstrap::configuration(&mut self.forest, self.now.as_second());
        Ok(())
    }

    fn entry(&mut self, item: &mut Item<'a>) -> Result<(), LoadError> {
        if let Ok(id) = self.forest.find(&item.dn) {
            return self.merge(id, item);
        }
        let (Some(rdn), Some(above)) = (item.dn.rdn(), item.dn.parent()) else {
            return Err(item.error(item.line, "an entry needs a DN"));
        };
        let parent = self
            .forest
            .find(&above)
            .map_err(|_| item.error(item.line, format!("the parent {above} does not exist")))?;
        let class = self.class(item)?;
        let rdn_attr = self
            .forest
            .schema
            .attribute_id(&rdn.attr)
            .ok_or_else(|| item.error(item.line, format!("{} is not in the schema", rdn.attr)))?;
        let mut draft = Draft::new(parent, self.forest.entry(parent).nc, rdn_attr, &rdn.value, class);
        self.fill(&mut draft, item)?;
        let mut secret = None;
        if let Some(values) = draft.attrs.remove(&known::UNICODE_PWD) {
            let text = values.first().and_then(|value| password::unquote(value));
            secret =
                Some(text.ok_or_else(|| item.error(item.line, "unicodePwd is not a quoted UTF-16 text"))?);
        }
        if !item.has("objectGUID") {
            self.forest.complete(&mut draft);
        }
        let pending = self.take_links(&mut draft, item);
        let id = self.forest.create(draft, self.now.as_second());
        self.pending.extend(pending.into_iter().map(|p| Pending { source: id, ..p }));
        if let Some(secret) = secret {
            self.forest.secrets.insert(id, Secret::new(&secret));
        }
        Ok(())
    }

    /// Configuration and schema objects that are there already take what the file says; elsewhere it is a fault.
    fn merge(&mut self, id: EntryId, item: &mut Item<'a>) -> Result<(), LoadError> {
        if self.forest.entry(id).nc < CONFIGURATION {
            return Err(item.error(item.line, format!("{} is there already", item.content.dn)));
        }
        let old = self.forest.entry(id);
        let mut draft = Draft::new(id, old.nc, old.rdn_attr, &old.rdn, old.class);
        self.fill(&mut draft, item)?;
        let pending = self.take_links(&mut draft, item);
        self.pending.extend(pending.into_iter().map(|p| Pending { source: id, ..p }));
        let mut entry = self.forest.entry(id).clone();
        for (attr, values) in draft.attrs {
            entry.put(attr, values);
        }
        self.forest.replace(id, entry);
        Ok(())
    }

    fn class(&self, item: &Item<'_>) -> Result<crate::schema::ClassId, LoadError> {
        let named = item.content.attributes.iter().position(|a| a.name.eq_ignore_ascii_case("objectClass"));
        let at = named.ok_or_else(|| item.error(item.line, "no objectClass"))?;
        let (attribute, line) = (&item.content.attributes[at], item.content.lines[at]);
        for name in &attribute.values {
            let name = String::from_utf8_lossy(name);
            if self.forest.schema.class_id(&name).is_none() {
                return Err(item.error(line, format!("object class {name} is not in the schema")));
            }
        }
        let names = attribute.values.iter().map(|name| String::from_utf8_lossy(name));
        super::add::most_specific(&self.forest, names)
            .map_err(|_| item.error(line, "no structural object class"))
    }

    /// Takes the attributes of an entry into its draft. Constructed ones are recomputed, so they are left out.
    fn fill(&mut self, draft: &mut Draft, item: &mut Item<'_>) -> Result<(), LoadError> {
        let (mut usns, mut times) = ((None, None), (None, None));
        for at in 0..item.content.attributes.len() {
            let values = std::mem::take(&mut item.content.attributes[at].values);
            let (attr, values) =
                self.checked(item, &item.content.attributes[at].name, values, item.content.lines[at])?;
            let number = || std::str::from_utf8(&values[0]).ok().and_then(|text| text.parse::<u64>().ok());
            let time = || {
                std::str::from_utf8(&values[0]).ok().and_then(parse_generalized_time).map(|t| t.as_second())
            };
            match attr {
                known::OBJECT_GUID => draft.guid = values[0].as_ref().try_into().ok(),
                known::USN_CREATED => usns.0 = number(),
                known::USN_CHANGED => usns.1 = number(),
                known::WHEN_CREATED => times.0 = time(),
                known::WHEN_CHANGED => times.1 = time(),
                _ if attr == draft.rdn_attr
                    || is_field(attr)
                    || self.forest.schema.attribute(attr).constructed() => {}
                _ => drop(draft.attrs.insert(attr, values)),
            }
        }
        draft.usns = usns.0.zip(usns.1);
        draft.times = times.0.zip(times.1);
        draft.life = life(draft);
        Ok(())
    }

    fn checked(
        &mut self,
        item: &Item<'_>,
        name: &str,
        values: Vec<Bytes>,
        line: usize,
    ) -> Result<(AttrId, Vec<Bytes>), LoadError> {
        let name = name.strip_suffix(";binary").unwrap_or(name);
        let attr = self.forest.schema.attribute_id(name);
        let attr = attr.ok_or_else(|| item.error(line, format!("attribute {name} is not in the schema")))?;
        let def = self.forest.schema.attribute(attr);
        if def.single_valued && values.len() > 1 {
            return Err(item.error(line, format!("{name} is single-valued")));
        }
        if def.constructed() {
            return Ok((attr, values));
        }
        if let Some(bad) = values.iter().find(|value| value.is_empty() || !def.syntax.is_valid(value)) {
            let shown = String::from_utf8_lossy(&bad[..bad.len().min(40)]);
            return Err(item.error(line, format!("{name}: {shown:?} is no value of syntax {:?}", def.syntax)));
        }
        let one_of_a_kind = def.indexed() && def.syntax == Syntax::Unicode;
        if one_of_a_kind {
            return Ok((attr, values));
        }
        Ok((attr, values.into_iter().map(|value| self.share(value)).collect()))
    }

    fn share(&mut self, value: Bytes) -> Bytes {
        if value.len() > SHORT {
            return value;
        }
        if let Some(kept) = self.shared.get(&value) {
            return kept.clone();
        }
        self.shared.insert(value.clone());
        value
    }

    /// Linked attributes leave the draft: they are resolved when every entry is there.
    fn take_links(&self, draft: &mut Draft, item: &Item<'a>) -> Vec<Pending<'a>> {
        let schema = self.forest.schema.clone();
        let linked = |attr: &AttrId| {
            let def = schema.attribute(*attr);
            def.is_forward_link() || (def.is_back_link() && def.syntax == Syntax::Dn)
        };
        let attrs: Vec<AttrId> = draft.attrs.keys().copied().filter(linked).collect();
        let mut out = Vec::new();
        for attr in attrs {
            for value in draft.attrs.remove(&attr).unwrap_or_default() {
                out.push(Pending { file: item.file, line: item.line, source: EntryId(0), attr, value });
            }
        }
        out
    }

    /// Forward links first, then the back-links that no forward link accounts for.
    fn links(&mut self) -> Result<(), LoadError> {
        let schema = self.forest.schema.clone();
        let (forward, backward): (Vec<_>, Vec<_>) = std::mem::take(&mut self.pending)
            .into_iter()
            .partition(|p| schema.attribute(p.attr).is_forward_link());
        for link in forward {
            let dn = dn_value(&link, schema.attribute(link.attr).name.as_ref())?;
            let target = match self.forest.find(&dn) {
                Ok(target) => target,
                Err(_) => self.forest.phantom(&String::from_utf8_lossy(&link.value)),
            };
            let entry = self.forest.entry(link.source);
            let (usn, time) = (entry.usn_changed, entry.changed);
            self.forest.links.set(link.source, link.attr, target, true, usn, time);
        }
        for link in backward {
            let dn = dn_value(&link, schema.attribute(link.attr).name.as_ref())?;
            let source = self.forest.find(&dn).ok();
            let forward = schema.link_partner(link.attr);
            let known = source
                .zip(forward)
                .is_some_and(|(source, forward)| self.forest.links.has(source, forward, link.source));
            if !known {
                let mut entry = self.forest.entry(link.source).clone();
                let mut values = entry.stored(link.attr).to_vec();
                values.push(link.value);
                entry.put(link.attr, values);
                self.forest.replace(link.source, entry);
            }
        }
        Ok(())
    }

    /// The counters go on behind the greatest numbers in the file.
    fn counters(&mut self) {
        let ids: Vec<EntryId> = self.forest.ids().collect();
        for id in ids {
            let entry = self.forest.entry(id);
            let (usn, deleted) = (entry.usn_changed.max(entry.usn_created), entry.life == Life::Deleted);
            let in_bin = deleted && !entry.stored(known::LAST_KNOWN_RDN).is_empty();
            let prefix = self.forest.identity.domain_sid.len();
            let sid = entry.stored(known::OBJECT_SID).first();
            let ours = sid.is_some_and(|sid| sid.get(8..prefix) == self.forest.identity.domain_sid.get(8..));
            if ours {
                let rid = self.forest.rid(id).unwrap_or(0);
                self.forest.next_rid = self.forest.next_rid.max(rid.saturating_add(1));
            }
            self.forest.usn = self.forest.usn.max(usn);
            // an object that is deleted and knows its old name was deleted with the recycle bin on
            self.forest.recycle_bin |= in_bin;
        }
    }
}

fn dn_value(link: &Pending<'_>, name: &str) -> Result<Dn, LoadError> {
    let text = String::from_utf8_lossy(&link.value);
    Dn::parse(&text).map_err(|error| LoadError {
        file: link.file.to_owned(),
        line: link.line,
        reason: format!("{name}: {text}: {error}"),
    })
}

fn life(draft: &Draft) -> Life {
    let set =
        |attr: AttrId| draft.attrs.get(&attr).is_some_and(|values| values == &[Bytes::from_static(b"TRUE")]);
    if set(known::IS_RECYCLED) {
        Life::Recycled
    } else if set(known::IS_DELETED) {
        Life::Deleted
    } else {
        Life::Live
    }
}

/// Gives an account a password without the policy being asked: for the start of a test. pwdLastSet only moves from 0.
pub(crate) fn seed_password(forest: &mut Forest, id: EntryId, password: &str, now: Timestamp) {
    forest.secrets.insert(id, Secret::new(password));
    let mut entry = forest.entry(id).clone();
    if entry.number(known::PWD_LAST_SET).unwrap_or(0) == 0
        || account::password_expired(forest, id, super::time::filetime(now))
    {
        entry.put_text(known::PWD_LAST_SET, super::time::filetime(now).to_string());
    }
    forest.replace(id, entry);
}
