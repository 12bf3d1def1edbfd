//! Look-up tables: which objects have a value, or one that begins with a text.

use std::sync::Arc;

use imbl::OrdSet;

use super::super::attributes::{self, AttributeId};
use super::super::model::{DirectoryObject, Kind};
use super::super::value::Value;
use super::store::Seq;

/// Properties with a look-up table, by the names under which they are stored: those that Graph lets one filter by with
/// `eq` or `startsWith`, and those that matching and the address book ask for. Sorted.
/// Source: microsoft-graph-docs, aad-advanced-queries, "user properties".
const INDEXED: &[&str] = &[
    "city",
    "co",
    "company",
    "companyName",
    "country",
    "department",
    "deviceId",
    "displayName",
    "employeeId",
    "employeeType",
    "givenName",
    "jobTitle",
    "l",
    "mailNickname",
    "manager",
    "mobile",
    "mobilePhone",
    "onPremiseSecurityIdentifier",
    "onPremisesDistinguishedName",
    "onPremisesSamAccountName",
    "onPremisesSecurityIdentifier",
    "onPremisesUserPrincipalName",
    "physicalDeliveryOfficeName",
    "postalCode",
    "proxyAddresses",
    "sAMAccountName",
    "sn",
    "sourceAnchor",
    "st",
    "state",
    "streetAddress",
    "surname",
    "telephoneNumber",
    "title",
    "usageLocation",
    "userPrincipalName",
];

/// What is looked for; letter case does not matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Probe<'a> {
    /// Objects with this value.
    Equals(&'a str),
    /// Objects with a value that begins so.
    StartsWith(&'a str),
}

/// Property, and the value in lower case.
pub(super) type Key = (AttributeId, Arc<str>);

/// Where an object is.
pub(super) type Place = (Seq, Kind);

/// Values with the objects that hold them in any version that is kept.
#[derive(Debug, Clone, Default)]
pub(super) struct Index(OrdSet<(AttributeId, Arc<str>, Place)>);

impl Index {
    pub(super) fn add(&mut self, (attribute, value): Key, place: Place) {
        self.0.insert((attribute, value, place));
    }

    pub(super) fn remove(&mut self, (attribute, value): Key, place: Place) {
        self.0.remove(&(attribute, value, place));
    }

    /// Objects with that key, in the order of creation.
    pub(super) fn equal(&self, (attribute, value): Key) -> impl Iterator<Item = Place> {
        let first = (attribute, value.clone(), (Seq::MIN, Kind::User));
        let last = (attribute, value, (Seq::MAX, Kind::User));
        self.0.range(first..=last).map(|(_, _, place)| *place)
    }

    /// Objects with a key that begins so, in the order of the keys.
    pub(super) fn prefixed(&self, (attribute, prefix): Key) -> impl Iterator<Item = Place> {
        let first = (attribute, prefix.clone(), (Seq::MIN, Kind::User));
        let entries = self.0.range(first..);
        let meant = move |entry: &&(AttributeId, Arc<str>, Place)| {
            entry.0 == attribute && entry.1.starts_with(prefix.as_ref())
        };
        entries.take_while(meant).map(|(_, _, place)| *place)
    }

    /// Objects that a probe means, each once, in the order of creation.
    pub(super) fn find(&self, attribute: AttributeId, probe: Probe<'_>) -> Vec<Place> {
        let mut found: Vec<Place> = match probe {
            Probe::Equals(value) if attribute == address_id() => {
                self.equal((attribute, smtp_key(value).into())).collect()
            }
            Probe::Equals(value) => self.equal((attribute, fold(value))).collect(),
            Probe::StartsWith(prefix) => {
                let typed = (attribute == address_id()).then(|| smtp_key(prefix).into());
                let typed = typed.into_iter().flat_map(|key| self.prefixed((attribute, key)));
                self.prefixed((attribute, fold(prefix))).chain(typed).collect()
            }
        };
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// How values compare: character by character, so that the beginning of a value folds to the beginning of its key (which
/// `str::to_lowercase` does not do for a sigma at the end of a word).
pub(super) fn fold(value: &str) -> Arc<str> {
    value.chars().flat_map(char::to_lowercase).collect::<String>().into()
}

/// What an address that may lack a type is compared by: `mail` and the like are SMTP addresses.
#[must_use]
pub(super) fn smtp_key(address: &str) -> String {
    if address.contains(':') { address.to_lowercase() } else { format!("smtp:{}", address.to_lowercase()) }
}

/// The property, if it has a look-up table. `mail` shares the one of proxyAddresses.
pub(super) fn indexed(name: &str) -> Option<AttributeId> {
    match name {
        "mail" => Some(address_id()),
        _ => INDEXED.binary_search(&name).ok().and_then(|_| attributes::id(name)),
    }
}

fn is_indexed(attribute: AttributeId) -> bool {
    INDEXED.binary_search(&attribute.name()).is_ok()
}

fn id(name: &'static str) -> AttributeId {
    attributes::id(name).unwrap_or_default()
}

/// Addresses: `smtp:` before those that have no type.
pub(super) fn address_id() -> AttributeId {
    id("proxyAddresses")
}

/// Sign-in names.
pub(super) fn upn_id() -> AttributeId {
    id("userPrincipalName")
}

/// Source anchors.
pub(super) fn anchor_id() -> AttributeId {
    id("sourceAnchor")
}

/// Everything under which an object is found.
pub(super) fn keys(object: &DirectoryObject) -> Vec<Key> {
    let mut keys: Vec<Key> =
        fields(object).filter_map(|(name, value)| Some((attributes::id(name)?, fold(value?)))).collect();
    let addresses = object.proxy_addresses.iter().chain(&object.mail);
    keys.extend(addresses.map(|address| (address_id(), smtp_key(address).into())));
    for (attribute, value) in object.properties.known().filter(|(attribute, _)| is_indexed(*attribute)) {
        keys.extend(texts(value).map(|text| (attribute, fold(text))));
    }
    keys
}

fn fields(object: &DirectoryObject) -> impl Iterator<Item = (&'static str, Option<&str>)> {
    [
        ("sourceAnchor", object.source_anchor.as_deref()),
        ("userPrincipalName", object.user_principal_name()),
        ("displayName", object.display_name.as_deref()),
        ("mailNickname", object.mail_nickname.as_deref()),
        ("deviceId", object.device().and_then(|device| device.device_id.as_deref())),
    ]
    .into_iter()
}

fn texts(value: &Value) -> impl Iterator<Item = &str> {
    let list: &[String] = match value {
        Value::TextList(list) => list,
        _ => &[],
    };
    value.as_text().into_iter().chain(list.iter().map(String::as_str))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_and_names_known_properties() {
        assert!(INDEXED.is_sorted());
        for name in INDEXED {
            assert_eq!(attributes::find(name).map(|known| known.name), Some(*name));
        }
    }
}
