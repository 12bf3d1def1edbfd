//! SearchResultEntry → attributes under their bare names, with ranges and options resolved.

use std::collections::HashSet;

use indexmap::IndexMap;
use ldap3::asn1::{PL, StructureTag};

use super::dn;
use crate::model::{Attributes, DirectoryChange, Guid};

/// An entry as the server sent it, attribute descriptions resolved.
#[derive(Debug, Default)]
pub(super) struct Entry {
    /// DN text; empty if the server hides it.
    pub(super) dn: String,
    attributes: IndexMap<String, Values>,
}

/// Values of one attribute.
#[derive(Debug, Default, PartialEq, Eq)]
struct Values {
    values: Vec<Vec<u8>>,
    /// Ranged retrieval: the index of the first value that was not sent.
    rest_from: Option<usize>,
}

/// What stands behind the first `;` of an attribute description and matters.
#[derive(Debug, PartialEq, Eq)]
struct Description {
    name: String,
    /// First index of the block and last (`None`: the block ends the list).
    range: Option<(usize, Option<usize>)>,
}

impl Description {
    /// `userCertificate;binary;range=0-1499` → name, range. `;binary` is a transfer option: same attribute, with or without.
    fn parse(text: &str) -> Self {
        let mut parts = text.split(';');
        let name = parts.next().unwrap_or_default().to_ascii_lowercase();
        let range = parts.find_map(|option| {
            let (key, range) = option.split_once('=')?;
            let (first, last) =
                key.eq_ignore_ascii_case("range").then_some(range).and_then(|range| range.split_once('-'))?;
            let last = if last == "*" { None } else { Some(last.parse().ok()?) };
            Some((first.parse().ok()?, last))
        });
        Self { name, range }
    }
}

impl Entry {
    /// Reads the protocol element; `None` if it isn't shaped like an entry.
    pub(super) fn decode(tag: StructureTag) -> Option<Self> {
        let mut parts = constructed(tag)?.into_iter();
        let dn = String::from_utf8(primitive(parts.next()?)?).ok()?;
        let mut entry = Self { dn, ..Self::default() };
        for attribute in constructed(parts.next()?)? {
            let mut pair = constructed(attribute)?.into_iter();
            let description = String::from_utf8(primitive(pair.next()?)?).ok()?;
            let values = constructed(pair.next()?)?.into_iter().map(primitive).collect::<Option<_>>()?;
            entry.add(&Description::parse(&description), values);
        }
        Some(entry)
    }

    fn add(&mut self, description: &Description, values: Vec<Vec<u8>>) {
        let held = self.attributes.entry(description.name.clone()).or_default();
        union(&mut held.values, values);
        if let Some((_, last)) = description.range {
            held.rest_from = last.map(|last| last + 1);
        }
    }

    /// Attributes of which the server holds back values, and from which index on.
    pub(super) fn unfinished(&self) -> Vec<(String, usize)> {
        let rest = |(name, held): (&String, &Values)| held.rest_from.map(|from| (name.clone(), from));
        self.attributes.iter().filter_map(rest).collect()
    }

    /// Takes a block that was asked for later. `None`: the attribute wasn't in the answer.
    pub(super) fn take_block(&mut self, name: &str) -> Option<(Vec<Vec<u8>>, Option<usize>)> {
        let held = self.attributes.swap_remove(name)?;
        Some((held.values, held.rest_from))
    }

    /// Adds the rest of a list that came in blocks; it is whole now.
    pub(super) fn complete(&mut self, name: &str, rest: Vec<Vec<u8>>) {
        let held = self.attributes.entry(name.to_owned()).or_default();
        union(&mut held.values, rest);
        held.rest_from = None;
    }

    /// First value of an attribute.
    pub(super) fn first(&self, name: &str) -> Option<&[u8]> {
        self.attributes.get(name)?.values.first().map(Vec::as_slice)
    }

    /// Every value of an attribute, as text.
    pub(super) fn into_values(mut self, name: &str) -> Vec<String> {
        let held = self.attributes.swap_remove(name).unwrap_or_default();
        held.values.iter().map(|value| String::from_utf8_lossy(value).into_owned()).collect()
    }

    /// The attribute was sent, with values or without.
    pub(super) fn mentions(&self, name: &str) -> bool {
        self.attributes.contains_key(name)
    }

    /// objectGUID, if it has 16 octets.
    pub(super) fn guid(&self) -> Option<Guid> {
        self.first("objectguid")?.try_into().ok()
    }

    /// The entry is a tombstone.
    pub(super) fn is_deleted(&self) -> bool {
        self.first("isdeleted").is_some_and(|value| value.eq_ignore_ascii_case(b"TRUE"))
    }

    /// The whole object, of a plain search; attributes without values tell nothing there.
    pub(super) fn into_whole(self) -> Option<DirectoryChange> {
        let guid = self.guid()?;
        let deleted = self.is_deleted();
        let attributes = self.attributes.into_iter().filter(|(_, held)| !held.values.is_empty());
        let attributes = attributes.map(|(name, held)| (name, held.values)).collect();
        Some(DirectoryChange { guid, dn: self.dn, deleted, partial: false, attributes })
    }

    /// What changed, of DirSync; attributes without values were removed. DirSync never tells the naming attribute, so it
    /// is taken from the DN when the name is told.
    pub(super) fn into_partial(self) -> Option<DirectoryChange> {
        let guid = self.guid()?;
        let deleted = self.is_deleted();
        let named = self.mentions("name") && !deleted;
        let mut attributes: Attributes =
            self.attributes.into_iter().map(|(name, held)| (name, held.values)).collect();
        if let Some((kind, value)) = dn::leaf(&self.dn).filter(|_| named) {
            attributes.insert(kind, vec![value.into_bytes()]);
        }
        Some(DirectoryChange { guid, dn: self.dn, deleted, partial: true, attributes })
    }
}

/// Appends what is not there yet. Equality is byte equality.
fn union(values: &mut Vec<Vec<u8>>, more: Vec<Vec<u8>>) {
    if values.is_empty() {
        *values = more;
        return;
    }
    let fresh: Vec<_> = {
        let seen: HashSet<&[u8]> = values.iter().map(Vec::as_slice).collect();
        more.into_iter().filter(|value| !seen.contains(value.as_slice())).collect()
    };
    values.extend(fresh);
}

fn constructed(tag: StructureTag) -> Option<Vec<StructureTag>> {
    match tag.payload {
        PL::C(parts) => Some(parts),
        PL::P(_) => None,
    }
}

fn primitive(tag: StructureTag) -> Option<Vec<u8>> {
    match tag.payload {
        PL::P(octets) => Some(octets),
        PL::C(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use ldap3::asn1::TagClass;

    use super::*;

    fn octets(value: &[u8]) -> StructureTag {
        StructureTag { class: TagClass::Universal, id: 4, payload: PL::P(value.to_vec()) }
    }

    fn list(parts: Vec<StructureTag>) -> StructureTag {
        StructureTag { class: TagClass::Universal, id: 16, payload: PL::C(parts) }
    }

    fn entry(attributes: &[(&str, &[&[u8]])]) -> Entry {
        let attributes = attributes
            .iter()
            .map(|(name, values)| {
                list(vec![octets(name.as_bytes()), list(values.iter().map(|v| octets(v)).collect())])
            })
            .collect();
        Entry::decode(list(vec![octets(b"CN=Ana Li,OU=Staff,DC=x"), list(attributes)])).unwrap()
    }

    const GUID: &[u8] = &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 0xff];

    #[test]
    fn binary_option_and_case_give_one_attribute() {
        let whole = entry(&[
            ("objectGUID", &[GUID]),
            ("userCertificate;binary", &[b"a", b"b"]),
            ("USERCERTIFICATE", &[b"b", b"c"]),
        ])
        .into_whole()
        .unwrap();
        assert_eq!(whole.attributes["usercertificate"], [b"a", b"b", b"c"]);
        assert_eq!(whole.attributes.len(), 2);
    }

    #[test]
    fn range_shows_where_to_go_on_and_the_bare_empty_one_is_harmless() {
        let entry = entry(&[("member", &[]), ("member;range=0-1", &[b"a", b"b"])]);
        assert_eq!(entry.unfinished(), [("member".to_owned(), 2)]);
    }

    #[test]
    fn last_block_is_the_end() {
        assert!(entry(&[("member;Range=2-*", &[b"c"])]).unfinished().is_empty());
    }

    #[test]
    fn completing_removes_duplicates_and_the_mark() {
        let mut entry = entry(&[("objectGUID", &[GUID]), ("member;range=0-1", &[b"a", b"b"])]);
        entry.complete("member", vec![b"b".to_vec(), b"c".to_vec()]);
        assert!(entry.unfinished().is_empty());
        assert_eq!(entry.into_whole().unwrap().attributes["member"], [b"a", b"b", b"c"]);
    }

    #[test]
    fn empty_attribute_means_removed_only_in_a_delta() {
        let attributes: &[(&str, &[&[u8]])] = &[("objectGUID", &[GUID]), ("mail", &[])];
        assert_eq!(entry(attributes).into_partial().unwrap().attributes["mail"], Vec::<Vec<u8>>::new());
        assert!(!entry(attributes).into_whole().unwrap().attributes.contains_key("mail"));
    }

    #[test]
    fn delta_takes_the_naming_attribute_from_the_dn() {
        let change = entry(&[("objectGUID", &[GUID]), ("name", &[b"Ana Li"])]).into_partial().unwrap();
        assert_eq!(change.attributes["cn"], [b"Ana Li"]);
        let change = entry(&[("objectGUID", &[GUID]), ("mail", &[b"m"])]).into_partial().unwrap();
        assert!(!change.attributes.contains_key("cn"));
    }

    #[test]
    fn entries_without_a_guid_or_shape_are_none() {
        assert!(entry(&[("objectGUID", &[b"short"])]).into_whole().is_none());
        assert!(Entry::decode(octets(b"x")).is_none());
    }
}
