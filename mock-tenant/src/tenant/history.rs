//! When the properties of an object last changed: what a delta query with `$select` is told from.
//!
//! Change numbers are those of the whole tenant. A property that has not changed since the object was made or restored
//! has no entry, so an object that is only ever written once costs nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::model::DirectoryObject;
use super::value::Value;

/// Numbers of the last changes of one object's parts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct History {
    /// When the object was made or came back from the recycle bin.
    born: u64,
    changes: Option<Arc<BTreeMap<String, u64>>>,
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
        self.changes.as_ref()?.get(property).copied()
    }

    /// The history of `object`, which takes the place of `previous` with this change.
    pub(super) fn of(object: &DirectoryObject, previous: Option<&DirectoryObject>, change: u64) -> Self {
        let Some(previous) = previous.filter(|previous| previous.is_live() || !object.is_live()) else {
            return Self { born: change, changes: None };
        };
        let mut changes = previous.history.changes.as_deref().cloned().unwrap_or_default();
        let (now, before) = (parts(object), parts(previous));
        let gone = before.keys().filter(|name| !now.contains_key(*name));
        let differs = |name: &&&str| before.get(**name) != now.get(**name);
        for name in gone.chain(now.keys().filter(differs)) {
            changes.insert((*name).to_owned(), change);
        }
        Self { born: previous.history.born, changes: Some(Arc::new(changes)) }
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
