//! Staging what the directory says: full and delta imports merged into the connector space.
//!
//! Nothing of an import touches the state before it ended well: a broken one leaves no trace.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::dn;
use super::packed::Packed;
use super::report::Counts;
use super::state::{Change, StagedObject, State};
use crate::model::{Attributes, DirectoryChange, Guid};
use crate::rules::class_of;

/// Attributes that the engine itself needs, whatever the rules read.
pub(super) const ENGINE_ATTRIBUTES: [&str; 3] = ["objectClass", "objectGUID", "parentGUID"];

/// One import of the directory while it runs.
#[derive(Debug)]
pub(super) struct DirectoryImport {
    full: bool,
    wanted: BTreeSet<String>,
    references: BTreeSet<String>,
    seen: BTreeSet<Guid>,
    staged: BTreeMap<Guid, Option<StagedObject>>,
    /// Entries so far.
    pub(super) read: usize,
    /// Objects of which a delta does not say all (`need-full-object`), until they are read whole.
    incomplete: BTreeSet<Guid>,
}

/// What an import that ended well changes.
#[derive(Debug, Default)]
pub(super) struct Imported {
    /// Changes of the connector space.
    pub(super) changes: Vec<Change>,
    /// Objects that are new or differ.
    pub(super) changed: BTreeSet<Guid>,
    /// Objects that went, with their last DN.
    pub(super) removed: BTreeMap<Guid, Box<str>>,
    /// Users, contacts and whatever else the rules can read among the entries that were sent.
    pub(super) importable: usize,
    /// Folded DNs under which something appeared, went or was renamed, old and new.
    pub(super) touched_dns: BTreeSet<String>,
}

impl DirectoryImport {
    /// Begins an import; `wanted` are the attributes worth staging, `references` those of them that hold DNs.
    pub(super) fn new<'a>(
        full: bool,
        wanted: impl IntoIterator<Item = &'a str>,
        references: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        Self {
            full,
            wanted: wanted.into_iter().chain(ENGINE_ATTRIBUTES).map(str::to_ascii_lowercase).collect(),
            references: references.into_iter().map(str::to_ascii_lowercase).collect(),
            seen: BTreeSet::new(),
            staged: BTreeMap::new(),
            read: 0,
            incomplete: BTreeSet::new(),
        }
    }

    /// Everything was asked for.
    pub(super) const fn is_full(&self) -> bool {
        self.full
    }

    /// Stages one entry.
    pub(super) fn take(&mut self, change: &DirectoryChange, state: &State) {
        self.read += 1;
        if change.deleted {
            self.seen.remove(&change.guid);
            self.incomplete.remove(&change.guid);
            self.staged.insert(change.guid, None);
            return;
        }
        let base = match self.staged.get(&change.guid) {
            Some(staged) => staged.as_ref(),
            None => state.directory.get(&change.guid).map(Arc::as_ref),
        };
        let object = self.merged(change, base);
        self.note_completeness(change, &object);
        self.seen.insert(change.guid);
        self.staged.insert(change.guid, Some(object));
    }

    /// An object that was not staged has to be told whole, and so has one that came back from the dead: what it was
    /// before is no base, for its links went without a word.
    fn note_completeness(&mut self, change: &DirectoryChange, object: &StagedObject) {
        let unknown = object.attributes.get("objectclass").is_none();
        if unknown || (change.partial && is_reanimated(change)) {
            self.incomplete.insert(change.guid);
        } else if !change.partial {
            self.incomplete.remove(&change.guid);
        }
    }

    /// Some object was not read whole: only a full import tells what is there.
    pub(super) fn needs_full(&self) -> bool {
        !self.incomplete.is_empty()
    }

    fn merged(&self, change: &DirectoryChange, base: Option<&StagedObject>) -> StagedObject {
        let dn = if change.dn.is_empty() { base.map_or("", |b| &b.dn) } else { &change.dn };
        let old = base.filter(|_| change.partial).map(|b| &b.attributes);
        let told = change.attributes.iter().find(|(name, _)| name.eq_ignore_ascii_case("parentguid"));
        let parent = told.and_then(|(_, values)| values.first()?.as_slice().try_into().ok());
        StagedObject {
            dn: dn.into(),
            parent: parent.or_else(|| base.and_then(|b| b.parent)),
            attributes: merge(old, &change.attributes, &self.wanted),
            error: base.and_then(|b| b.error.clone()),
        }
    }

    /// The import ended well: what it changes. Only now is an object that was not seen an object that is gone.
    pub(super) fn finish(mut self, state: &State, counts: &mut Counts) -> Imported {
        if self.full {
            let unseen = state.directory.keys().filter(|guid| !self.seen.contains(*guid));
            let gone: Vec<Guid> = unseen.copied().collect();
            gone.into_iter().for_each(|guid| drop(self.staged.insert(guid, None)));
        }
        self.follow_renames(state);
        let readable = |o: &StagedObject| class_of(&o.attributes).is_some();
        let importable = self.staged.values().flatten().filter(|o| readable(o)).count();
        let mut imported = Imported { importable, ..Imported::default() };
        for (guid, object) in std::mem::take(&mut self.staged) {
            imported.note(guid, object, state.directory.get(&guid), counts);
        }
        counts.directory_read = self.read;
        imported
    }

    /// A renamed container changes the DNs of what lies below, and a renamed object those that refer to it; DirSync
    /// reports neither.
    fn follow_renames(&mut self, state: &State) {
        let renames = self.renames(state);
        if renames.is_empty() {
            return;
        }
        for (guid, object) in &state.directory {
            if self.staged.get(guid).is_some_and(Option::is_none) {
                continue;
            }
            let current = self.staged.get(guid).and_then(Option::as_ref).unwrap_or(object);
            if let Some(moved) = moved(current, &renames, &self.references) {
                self.staged.insert(*guid, Some(moved));
            }
        }
    }

    /// Old DN → new DN of the staged objects whose DN changed.
    fn renames(&self, state: &State) -> Vec<(String, String)> {
        let pairs = self.staged.iter().filter_map(|(guid, object)| {
            let (old, new) = (&state.directory.get(guid)?.dn, &object.as_ref()?.dn);
            (old != new).then(|| (old.to_string(), new.to_string()))
        });
        pairs.collect()
    }
}

/// A delta tells that isDeleted was removed: undelete, MS-ADTS 3.1.1.5.3.7.
fn is_reanimated(change: &DirectoryChange) -> bool {
    let undeleted =
        |(name, values): (&String, &Vec<_>)| name.eq_ignore_ascii_case("isdeleted") && values.is_empty();
    change.attributes.iter().any(undeleted)
}

/// `object` as it is after the renames, if they touch it.
fn moved(
    object: &StagedObject,
    renames: &[(String, String)],
    references: &BTreeSet<String>,
) -> Option<StagedObject> {
    let dn = renamed(&object.dn, renames);
    let refers = |name: &str, value: &[u8]| {
        references
            .contains(name)
            .then(|| std::str::from_utf8(value).ok().and_then(|dn| renamed(dn, renames)))
            .flatten()
    };
    let touched =
        object.attributes.iter().any(|(name, mut values)| values.any(|v| refers(name, v).is_some()));
    if dn.is_none() && !touched {
        return None;
    }
    let entries = object.attributes.iter().map(|(name, values)| {
        (
            name,
            values
                .map(|v| refers(name, v).map_or_else(|| v.to_vec(), String::into_bytes))
                .collect::<Vec<_>>(),
        )
    });
    let attributes = Packed::from_entries(entries);
    Some(StagedObject {
        dn: dn.map_or_else(|| object.dn.clone(), String::into_boxed_str),
        attributes,
        ..object.clone()
    })
}

fn renamed(dn: &str, renames: &[(String, String)]) -> Option<String> {
    renames.iter().find_map(|(old, new)| {
        if dn::same(dn, old) {
            return (dn != new).then(|| new.clone());
        }
        dn::below(dn, old).map(|head| format!("{head},{new}"))
    })
}

/// The staged attributes after a change: `old` (of a delta) overlaid with what was told; an empty list removes.
fn merge(old: Option<&Packed>, told: &Attributes, wanted: &BTreeSet<String>) -> Packed {
    let mut merged: BTreeMap<String, Vec<Vec<u8>>> = BTreeMap::new();
    for (name, values) in old.into_iter().flat_map(Packed::iter) {
        merged.insert(name.to_owned(), values.map(<[u8]>::to_vec).collect());
    }
    for (name, values) in told {
        let name = name.to_ascii_lowercase();
        if !wanted.contains(&name) {
            continue;
        }
        if values.is_empty() {
            merged.remove(&name);
        } else {
            let values = in_order(&name, values.clone());
            merged.insert(name, values);
        }
    }
    Packed::from_entries(merged)
}

/// Values in an order that does not depend on the server, each once. AD promises no order but for objectClass, where
/// the most specific class comes last.
fn in_order(name: &str, mut values: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    if name != "objectclass" {
        values.sort_unstable();
        values.dedup();
    }
    values
}

impl Imported {
    fn note(
        &mut self,
        guid: Guid,
        object: Option<StagedObject>,
        before: Option<&Arc<StagedObject>>,
        counts: &mut Counts,
    ) {
        match (object, before) {
            (None, None) => {}
            (None, Some(before)) => {
                counts.directory_removed += 1;
                self.touched_dns.insert(dn::folded(&before.dn));
                self.removed.insert(guid, before.dn.clone());
                self.changes.push(Change::DropObject { guid });
            }
            (Some(object), Some(before)) if object == **before => {}
            (Some(object), before) => {
                *(if before.is_some() {
                    &mut counts.directory_changed
                } else {
                    &mut counts.directory_added
                }) += 1;
                if before.is_none_or(|b| b.dn != object.dn) {
                    self.touched_dns.extend(before.map(|b| dn::folded(&b.dn)));
                    self.touched_dns.insert(dn::folded(&object.dn));
                }
                self.changed.insert(guid);
                self.changes.push(Change::PutObject { guid, object: Arc::new(object) });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(id: u8, dn: &str, partial: bool, attributes: &[(&str, &[&str])]) -> DirectoryChange {
        let attributes = attributes
            .iter()
            .map(|(n, v)| ((*n).to_owned(), v.iter().map(|x| x.as_bytes().to_vec()).collect()));
        DirectoryChange {
            guid: [id; 16],
            dn: dn.into(),
            deleted: false,
            partial,
            attributes: attributes.collect(),
        }
    }

    fn import(state: &mut State, full: bool, entries: Vec<DirectoryChange>) -> Imported {
        let mut import = DirectoryImport::new(full, ["cn", "mail", "manager"], ["manager"]);
        entries.into_iter().for_each(|e| import.take(&e, state));
        let imported = import.finish(state, &mut Counts::default());
        state.apply(&super::super::state::StateChange(imported.changes.clone()));
        imported
    }

    fn two() -> State {
        let mut state = State::default();
        import(
            &mut state,
            true,
            vec![
                entry(1, "OU=A,DC=x", false, &[("objectClass", &["top", "organizationalUnit"])]),
                entry(
                    2,
                    "CN=b,OU=A,DC=x",
                    false,
                    &[("objectClass", &["user"]), ("mail", &["b@x"]), ("cn", &["b"])],
                ),
                entry(3, "CN=c,DC=x", false, &[("objectClass", &["user"]), ("manager", &["CN=b,OU=A,DC=x"])]),
            ],
        );
        state
    }

    #[test]
    fn a_delta_holds_only_what_changed() {
        let mut state = two();
        import(&mut state, false, vec![entry(2, "", true, &[("cn", &["bb"]), ("mail", &[])])]);
        let object = &state.directory[&[2; 16]];
        assert_eq!(&*object.dn, "CN=b,OU=A,DC=x");
        assert_eq!(object.attributes.text("cn"), Some("bb"));
        assert!(object.attributes.get("mail").is_none(), "an empty list removes");
        assert_eq!(object.attributes.text("objectclass"), Some("user"), "what is not told stays");
    }

    #[test]
    fn absence_means_deletion_only_in_a_full_import() {
        let mut state = two();
        assert!(import(&mut state, false, vec![]).removed.is_empty());
        let gone =
            import(&mut state, true, vec![entry(3, "CN=c,DC=x", false, &[("objectClass", &["user"])])])
                .removed;
        assert_eq!(gone.into_keys().collect::<Vec<_>>(), [[1; 16], [2; 16]]);
    }

    #[test]
    fn a_replay_changes_nothing_whatever_the_order_of_values() {
        let mut state = State::default();
        import(
            &mut state,
            true,
            vec![entry(2, "CN=b", false, &[("objectClass", &["user"]), ("mail", &["1", "2", "2"])])],
        );
        let again = import(&mut state, false, vec![entry(2, "CN=b", true, &[("mail", &["2", "1"])])]);
        assert!(again.changes.is_empty(), "{:?}", again.changes);
    }

    #[test]
    fn a_renamed_container_takes_its_content_and_references_along() {
        let mut state = two();
        import(&mut state, false, vec![entry(1, "OU=Z,DC=x", true, &[])]);
        assert_eq!(&*state.directory[&[2; 16]].dn, "CN=b,OU=Z,DC=x");
        assert_eq!(state.directory[&[3; 16]].attributes.text("manager"), Some("CN=b,OU=Z,DC=x"));
    }

    #[test]
    fn a_delta_for_an_unknown_object_asks_for_a_full_import() {
        let mut import = DirectoryImport::new(false, ["cn"], []);
        import.take(&entry(9, "CN=z", true, &[("cn", &["z"])]), &State::default());
        assert!(import.needs_full());
        let whole = entry(9, "CN=z", false, &[("objectClass", &["user"]), ("cn", &["z"])]);
        import.take(&whole, &State::default());
        assert!(!import.needs_full(), "now it was read");
    }

    #[test]
    fn what_came_back_from_the_dead_has_to_be_read_whole() {
        let state = two();
        let reanimated = entry(2, "CN=b,OU=A,DC=x", true, &[("isDeleted", &[]), ("mail", &[])]);
        let whole = entry(2, "CN=b,OU=A,DC=x", false, &[("objectClass", &["user"])]);
        let deleted = DirectoryChange { deleted: true, ..entry(2, "", true, &[]) };
        for (then, needs_full) in [(None, true), (Some(whole), false), (Some(deleted), false)] {
            let mut import = DirectoryImport::new(false, ["cn"], []);
            [Some(reanimated.clone()), then].iter().flatten().for_each(|change| import.take(change, &state));
            assert_eq!(import.needs_full(), needs_full);
        }
    }

    #[test]
    fn unknown_attributes_are_not_kept() {
        let mut state = State::default();
        import(
            &mut state,
            true,
            vec![entry(2, "CN=b", false, &[("objectClass", &["user"]), ("jpegPhoto", &["x"])])],
        );
        assert!(state.directory[&[2; 16]].attributes.get("jpegphoto").is_none());
    }
}
