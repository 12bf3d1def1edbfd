//! When the parts of an object last changed: what a delta query with `$select`, `owners@delta` and `manager@delta` are told
//! from. Members are many, and the store has them.
//!
//! Change numbers are those of the whole tenant. A property that has not changed since the object was made or restored
//! has no entry, so an object that is only ever written once costs nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use uuid::Uuid;

use super::links::Link;
use super::model::DirectoryObject;
use super::value::Value;

/// Numbers of the last changes of one object's parts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct History {
    /// When the object was made or came back from the recycle bin.
    born: u64,
    changes: Option<Arc<Changes>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Changes {
    properties: BTreeMap<String, u64>,
    /// When it was added (`true`) or removed.
    links: BTreeMap<(Link, Uuid), (u64, bool)>,
}

impl History {
    /// It was made or restored after that change.
    #[must_use]
    pub const fn is_new_since(&self, change: u64) -> bool {
        self.born > change
    }

    /// A property, by its canonical name, has another value than at that change.
    #[must_use]
    pub fn has_changed_since(&self, property: &str, change: u64) -> bool {
        self.changed(property).is_some_and(|at| at > change)
    }

    /// A property had a value at some time and lost or changed it.
    #[must_use]
    pub fn has_ever_changed(&self, property: &str) -> bool {
        self.changed(property).is_some()
    }

    fn changed(&self, property: &str) -> Option<u64> {
        self.changes.as_ref()?.properties.get(property).copied()
    }

    /// What was added (`true`) or removed after that change.
    pub fn links_since(&self, link: Link, change: u64) -> impl Iterator<Item = (Uuid, bool)> {
        let changes = self.changes.iter();
        let of =
            changes.flat_map(move |changes| changes.links.range((link, Uuid::nil())..=(link, Uuid::max())));
        of.filter(move |(_, (at, _))| *at > change).map(|((_, id), (_, added))| (*id, *added))
    }

    /// The history of `object`, which takes the place of `previous` with this change. What was removed before `horizon`
    /// is of interest to nobody any more.
    pub(super) fn of(
        object: &DirectoryObject,
        previous: Option<&DirectoryObject>,
        change: u64,
        horizon: u64,
    ) -> Self {
        let Some(previous) = previous.filter(|previous| previous.is_live() || !object.is_live()) else {
            return Self { born: change, ..Self::default() };
        };
        let mut changes = previous.history.changes.as_deref().cloned().unwrap_or_default();
        changes.links.retain(|_, (at, added)| *added || *at > horizon);
        changes.note_properties(object, previous, change);
        changes.note_links(object, previous, change);
        Self { born: previous.history.born, changes: Some(Arc::new(changes)) }
    }
}

impl Changes {
    fn note_properties(&mut self, object: &DirectoryObject, previous: &DirectoryObject, change: u64) {
        let (now, before) = (parts(object), parts(previous));
        let gone = before.keys().filter(|name| !now.contains_key(*name));
        let changed =
            now.iter().filter(|(name, value)| before.get(*name) != Some(value)).map(|(name, _)| name);
        for name in gone.chain(changed) {
            self.properties.insert((*name).to_owned(), change);
        }
    }

    fn note_links(&mut self, object: &DirectoryObject, previous: &DirectoryObject, change: u64) {
        for link in [Link::Owner, Link::Manager] {
            let (now, before) = (object.links(link), previous.links(link));
            let added = now.iter().filter(|id| before.binary_search(id).is_err()).map(|id| (*id, true));
            let removed = before.iter().filter(|id| now.binary_search(id).is_err()).map(|id| (*id, false));
            for (id, is_added) in added.chain(removed) {
                self.links.insert((link, id), (change, is_added));
            }
        }
    }
}

/// Every part that has a name and a value.
fn parts(object: &DirectoryObject) -> BTreeMap<&str, Value> {
    let mut parts: BTreeMap<&str, Value> =
        object.properties.iter().map(|(name, value)| (name, value.clone())).collect();
    parts.extend(FIELDS.iter().filter_map(|name| Some((*name, object.get(name)?))));
    if let Some(synced) = object.on_premises_sync_enabled {
        parts.insert("onPremisesSyncEnabled", Value::Bool(synced));
    }
    if let Some(at) = object.last_sync {
        parts.insert("onPremisesLastSyncDateTime", Value::Text(at.to_string()));
    }
    let errors = object.provisioning_errors.iter().map(|error| error.value.clone()).collect();
    parts.insert("onPremisesProvisioningErrors", Value::TextList(errors));
    parts
}

/// Properties that objects keep in fields of their own.
const FIELDS: &[&str] = &[
    "accountEnabled",
    "deviceId",
    "displayName",
    "mail",
    "mailEnabled",
    "mailNickname",
    "proxyAddresses",
    "securityEnabled",
    "sourceAnchor",
    "userCertificate",
    "userPrincipalName",
    "userSMIMECertificate",
];
