//! What Exchange keeps of its own: its configuration, and changes that it made itself.
//!
//! A change that a cmdlet makes is in Exchange's directory at once, and flows back to Entra. What Entra commits is in
//! Exchange after the forward-sync lag. So Exchange's view of an object is the old version that the lag lets through, with
//! Exchange's own later steps on top. Each step is a commit in Entra's store too: when the lag has passed, the store alone
//! says the same and the step is forgotten.

use std::borrow::Cow;
use std::sync::Arc;

use imbl::{OrdMap, OrdSet};
use jiff::Timestamp;
use uuid::Uuid;

use super::exchange_config::{OrganizationConfig, SmimeConfig};
use super::model::DirectoryObject;
use super::store::View;
use super::tenant::Tenant;
use super::value::Value;

/// Exchange's own part of the tenant.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Exchange {
    /// What `Set-SmimeConfig` sets.
    pub smime: SmimeConfig,
    /// What `Set-OrganizationConfig` sets.
    pub organization: OrganizationConfig,
    /// `Name` of objects whose name Exchange set.
    pub names: OrdMap<Uuid, String>,
    /// Synced objects whose Exchange attributes are managed in the cloud (`IsExchangeCloudManaged`).
    pub cloud_managed: OrdSet<Uuid>,
    pub(super) steps: OrdMap<Uuid, Vec<(Timestamp, Step)>>,
}

/// One change that Exchange made itself.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// It made the object.
    Created(Arc<DirectoryObject>),
    /// It set properties, by canonical name.
    Set(Vec<(&'static str, Value)>),
    /// It removed the object.
    Removed,
}

impl Tenant {
    /// Exchange's own part.
    #[must_use]
    pub fn exchange(&self) -> &Exchange {
        &self.exchange
    }

    /// Exchange's own part, to change.
    pub fn exchange_mut(&mut self) -> &mut Exchange {
        Arc::make_mut(&mut self.exchange)
    }

    /// An object as Exchange has it; `view` is the one of [`Tenant::exchange_view`].
    #[must_use]
    pub fn exchange_object(&self, id: Uuid, view: View) -> Option<Cow<'_, DirectoryObject>> {
        self.in_exchange(id, self.get(id, view), view)
    }

    fn in_exchange<'a>(
        &'a self,
        id: Uuid,
        synced: Option<&'a DirectoryObject>,
        view: View,
    ) -> Option<Cow<'a, DirectoryObject>> {
        let steps = self.exchange.later(id, view);
        steps.fold(synced.map(Cow::Borrowed), Step::applied).filter(|object| object.is_live())
    }

    /// All live objects as Exchange has them: in the order of creation, then those that Exchange made within the lag.
    pub fn exchange_objects(&self, view: View) -> impl Iterator<Item = Cow<'_, DirectoryObject>> {
        let synced = self.store.iter(0, view).map(|(_, object)| (object.id, Some(object)));
        let made = self.exchange.steps.keys().filter(move |id| self.get(**id, view).is_none());
        let all = synced.chain(made.map(|id| (*id, None)));
        all.filter_map(move |(id, object)| self.in_exchange(id, object, view))
    }

    /// Live objects that hold that address (`smtp:a@x`, or `a@x`) in Exchange.
    #[must_use]
    pub fn exchange_with_address(&self, address: &str, view: View) -> Vec<Cow<'_, DirectoryObject>> {
        let old = self.store.with_address(address, view).map(|object| object.id);
        let mut ids: Vec<Uuid> = old.chain(self.exchange.steps.keys().copied()).collect();
        ids.sort_unstable();
        ids.dedup();
        let objects = ids.into_iter().filter_map(|id| self.exchange_object(id, view));
        objects.filter(|object| object.has_address(address)).collect()
    }

    /// An id for an object that Exchange makes, from the seed and its name.
    pub(crate) fn id_for_exchange(&mut self, name: &str) -> Uuid {
        self.new_id(&format!("exchange/{}", name.to_lowercase()))
    }

    /// Commits what Exchange did to an object, at both stages. What it wrote is in force as it is.
    pub(crate) fn commit_in_exchange(&mut self, mut object: DirectoryObject, step: Step, now: Timestamp) {
        let id = object.id;
        object.shadow = None;
        self.commit(object, now);
        self.note_in_exchange(id, step, now);
    }

    /// Remembers a step until the forward sync has caught up.
    pub(crate) fn note_in_exchange(&mut self, id: Uuid, step: Step, now: Timestamp) {
        let horizon = now.checked_sub(self.settings.exchange_lag).unwrap_or(Timestamp::MIN);
        let exchange = self.exchange_mut();
        exchange.forget_before(horizon);
        if horizon < now {
            exchange.steps.entry(id).or_default().push((now, step));
        }
    }
}

/// Exchange's attributes: what the sync no longer writes on an object whose Exchange attributes are managed in the cloud.
/// Source: "Enable Exchange attributes in Microsoft Entra ID for cloud management"; that the certificates belong to them is
/// assumed.
const EXCHANGE_ATTRIBUTES: &[&str] = &[
    "altRecipient",
    "mail",
    "mailNickname",
    "msExchHideFromAddressLists",
    "proxyAddresses",
    "targetAddress",
    "userCertificate",
    "userSMIMECertificate",
];

impl Exchange {
    /// Whether the cloud masters this (canonical) attribute of an object.
    pub(super) fn masters(&self, id: Uuid, name: &str) -> bool {
        self.cloud_managed.contains(&id)
            && (EXCHANGE_ATTRIBUTES.contains(&name) || name.starts_with("extensionAttribute"))
    }

    /// Steps that a view does not have yet.
    fn later(&self, id: Uuid, view: View) -> impl Iterator<Item = &Step> {
        let since = match view {
            View::AsOf(time) => time,
            View::Committed | View::Stale => Timestamp::MAX,
        };
        let steps = self.steps.get(&id).map_or(&[][..], Vec::as_slice);
        steps.iter().filter(move |(at, _)| *at > since).map(|(_, step)| step)
    }

    fn forget_before(&mut self, horizon: Timestamp) {
        let kept = self.steps.iter().filter_map(|(id, steps)| {
            let steps: Vec<_> = steps.iter().filter(|(at, _)| *at > horizon).cloned().collect();
            (!steps.is_empty()).then_some((*id, steps))
        });
        self.steps = kept.collect();
    }
}

impl Step {
    fn applied<'a>(
        base: Option<Cow<'a, DirectoryObject>>,
        step: &'a Self,
    ) -> Option<Cow<'a, DirectoryObject>> {
        match step {
            Self::Removed => None,
            Self::Created(object) => base.or(Some(Cow::Borrowed(object))),
            Self::Set(values) => base.map(|object| Cow::Owned(with(object.into_owned(), values))),
        }
    }
}

fn with(mut object: DirectoryObject, values: &[(&'static str, Value)]) -> DirectoryObject {
    for (name, value) in values {
        // the same values were set on Entra's version before: they have the right types
        let _ = object.set(name, value.clone());
    }
    object
}
