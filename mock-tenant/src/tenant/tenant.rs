//! The tenant: its objects, its company, its clockwork. No I/O and no clock: whoever calls says what time it is.

use std::sync::Arc;

use imbl::{OrdMap, OrdSet};
use jiff::{SignedDuration, Timestamp};
use kit::Ids;
use uuid::Uuid;

use super::access::stored_names;
use super::company::{Company, Settings};
use super::exchange::Exchange;
use super::exchange_config::OrganizationConfig;
use super::links::Link;
use super::model::{DirectoryObject, Kind};
use super::profile::Profile;
use super::store::{Change, Probe, Seq, Store, View};

/// How long a deleted user waits in the recycle bin. Source: entra docs, "recover-from-deletions".
pub const RECYCLE_BIN: SignedDuration = SignedDuration::from_hours(30 * 24);

/// How long a tombstone is told to delta readers: as long as directory delta tokens may live.
const TOMBSTONE_LIFE: SignedDuration = SignedDuration::from_hours(30 * 24);

/// A tenant. Cloning makes a snapshot and costs a few pointers, however much it holds.
#[derive(Debug, Clone)]
pub struct Tenant {
    pub(super) settings: Arc<Settings>,
    pub(super) company: Arc<Company>,
    pub(super) store: Store,
    pub(super) exchange: Arc<Exchange>,
    pub(super) ids: Ids,
    /// How many ids were given out for a name (by a digest of it), so that a second object of a name gets another id.
    pub(super) named: OrdMap<u64, u32>,
    /// Source anchors that are referred to and that no object has yet, with who refers to them and how.
    pub(super) awaited: OrdMap<String, OrdSet<(Uuid, Link)>>,
    /// When the quarantine was last swept.
    pub(super) last_heal: Option<Timestamp>,
    /// Deleted users by when they leave the recycle bin.
    pub(super) recycle_bin: OrdSet<(Timestamp, Uuid)>,
    /// Objects with values in quarantine.
    pub(super) quarantined: OrdSet<Uuid>,
}

impl Tenant {
    /// An empty tenant. `ids` is where its object ids are drawn from.
    #[must_use]
    pub fn new(settings: Settings, company: Company, ids: Ids) -> Self {
        let organization = OrganizationConfig::allowing(settings.ews_allowed_apps.clone());
        Self {
            settings: Arc::new(settings),
            company: Arc::new(company),
            store: Store::default(),
            exchange: Arc::new(Exchange { organization, ..Exchange::default() }),
            ids,
            named: OrdMap::new(),
            awaited: OrdMap::new(),
            last_heal: None,
            recycle_bin: OrdSet::new(),
            quarantined: OrdSet::new(),
        }
    }

    /// How it is set up.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// How it is set up, to change.
    pub fn settings_mut(&mut self) -> &mut Settings {
        Arc::make_mut(&mut self.settings)
    }

    /// The company.
    #[must_use]
    pub fn company(&self) -> &Company {
        &self.company
    }

    /// The company, to change.
    pub fn company_mut(&mut self) -> &mut Company {
        Arc::make_mut(&mut self.company)
    }

    /// The service as it is at that time, unless the tenant was set up with another profile.
    #[must_use]
    pub fn profile(&self, now: Timestamp) -> Profile {
        self.company.profile.or(self.settings.profile).unwrap_or_else(|| Profile::at(now))
    }

    /// What Graph reads at that time, given the replication lag.
    #[must_use]
    pub fn graph_view(&self, now: Timestamp) -> View {
        lagging(now, self.settings.replication_lag)
    }

    /// What Exchange's address book holds at that time, given the forward-sync lag.
    #[must_use]
    pub fn exchange_view(&self, now: Timestamp) -> View {
        lagging(now, self.settings.exchange_lag)
    }

    /// An object by its id, in the recycle bin or not.
    #[must_use]
    pub fn get(&self, id: Uuid, view: View) -> Option<&DirectoryObject> {
        self.store.get(id, view)
    }

    /// Any object by its id, with its place in the order of creation.
    #[must_use]
    pub fn placed(&self, id: Uuid, view: View) -> Option<(Seq, &DirectoryObject)> {
        self.store.placed(id, view)
    }

    /// A live object of that type by its id, or a user by object id or user principal name.
    #[must_use]
    pub fn lookup(&self, kind: Kind, key: &str, view: View) -> Option<&DirectoryObject> {
        let found = match Uuid::try_parse(key) {
            Ok(id) => self.store.get(id, view),
            Err(_) => self.store.with_upn(key, view),
        };
        found.filter(|object| object.kind() == kind && object.is_live())
    }

    /// A live user by object id or user principal name.
    #[must_use]
    pub fn user(&self, key: &str, view: View) -> Option<&DirectoryObject> {
        self.lookup(Kind::User, key, view)
    }

    /// Live objects of a type in the order of creation, from a place on (`0` = all). Pages go on after the last place.
    pub fn objects(
        &self,
        kind: Kind,
        after: Seq,
        view: View,
    ) -> impl Iterator<Item = (Seq, &DirectoryObject)> {
        self.store.of_kind(kind, after, view).filter(|(_, object)| object.is_live())
    }

    /// Objects of a type in the recycle bin, in the order of creation, from a place on.
    pub fn deleted_objects(
        &self,
        kind: Kind,
        after: Seq,
        view: View,
    ) -> impl Iterator<Item = (Seq, &DirectoryObject)> {
        self.store.in_bin(kind, after, view)
    }

    /// Objects with that source anchor, in the recycle bin or not.
    pub fn with_anchor<'a>(
        &'a self,
        anchor: &'a str,
        view: View,
    ) -> impl Iterator<Item = &'a DirectoryObject> {
        self.store.with_anchor(anchor, view)
    }

    /// Live objects that hold that address (`smtp:a@x`, or `a@x`) as mail or among their proxy addresses.
    pub fn with_address(&self, address: &str, view: View) -> impl Iterator<Item = &DirectoryObject> {
        self.store.with_address(address, view)
    }

    /// Objects of a type, live or not, that may hold such a value of a property (by Graph's or the stored name), each
    /// once, in the order of creation. There may be others among them, so whoever asks filters. `None`: the property has
    /// no look-up table.
    #[must_use]
    pub fn probed(
        &self,
        kind: Kind,
        name: &str,
        probe: Probe<'_>,
        view: View,
    ) -> Option<Vec<(Seq, &DirectoryObject)>> {
        let (stored, other) = stored_names(name);
        let mut found = self.store.candidates(kind, stored, probe, view)?;
        if other != stored {
            found.extend(self.store.candidates(kind, other, probe, view).unwrap_or_default());
            found.sort_by_key(|(seq, _)| *seq);
            found.dedup_by_key(|(seq, _)| *seq);
        }
        Some(found)
    }

    /// Groups that have this object as a member, in the order of creation.
    pub fn groups_of(&self, id: Uuid, view: View) -> impl Iterator<Item = &DirectoryObject> {
        self.store.groups_of(id, view)
    }

    /// Groups that have this object as a member, or a group that has it, and so on; each once, the nearest first.
    #[must_use]
    pub fn transitive_groups_of(&self, id: Uuid, view: View) -> Vec<&DirectoryObject> {
        let mut found: Vec<&DirectoryObject> = Vec::new();
        let mut seen = OrdSet::unit(id);
        let mut next = 0;
        let mut member = Some(id);
        while let Some(id) = member {
            found.extend(self.groups_of(id, view).filter(|group| seen.insert(group.id).is_none()));
            member = found.get(next).map(|group| group.id);
            next += 1;
        }
        found
    }

    /// Number of the last change: what a delta reader remembers.
    #[must_use]
    pub const fn last_change(&self) -> u64 {
        self.store.last_change()
    }

    /// What changed after that number, oldest first; each object once.
    pub fn changes_after(&self, change: u64) -> impl Iterator<Item = (u64, Change<'_>)> {
        self.store.changes(&Kind::ALL, change, View::Committed)
    }

    /// What the clock demands: expired objects leave the recycle bin, quarantined values are tried again every hour.
    /// Cheap when nothing is due; the writing operations call it, readers that want the present state do so too.
    pub fn tick(&mut self, now: Timestamp) {
        self.empty_recycle_bin(now);
        self.heal_if_due(now);
    }

    /// Whether [`Tenant::tick`] would change something: readers need not wait for it otherwise.
    #[must_use]
    pub fn is_due(&self, now: Timestamp) -> bool {
        let expires = self.recycle_bin.get_min().is_some_and(|(due, _)| *due <= now);
        let forgets = self.store.oldest_end().is_some_and(|at| at < tombstones_since(now));
        expires || forgets || (!self.quarantined.is_empty() && self.is_heal_due(now))
    }

    fn empty_recycle_bin(&mut self, now: Timestamp) {
        while let Some((due, id)) = self.recycle_bin.get_min().copied().filter(|(due, _)| *due <= now) {
            self.recycle_bin.remove(&(due, id));
            self.end(id, due);
        }
        self.store.forget_before(tombstones_since(now));
    }

    /// Ends an object for good, and every reference to it.
    pub(super) fn end(&mut self, id: Uuid, now: Timestamp) {
        self.unlink_gone(id, now);
        self.store.remove(id, now, self.keep());
    }

    /// How far back a reader may look.
    pub(super) fn keep(&self) -> SignedDuration {
        self.settings.replication_lag.max(self.settings.exchange_lag)
    }

    pub(super) fn commit(&mut self, object: DirectoryObject, now: Timestamp) {
        if object.provisioning_errors.is_empty() {
            self.quarantined.remove(&object.id);
        } else {
            self.quarantined.insert(object.id);
        }
        self.store.commit(object, now, self.keep());
    }

    /// An id that follows from the seed and the name alone.
    pub(super) fn new_id(&mut self, name: &str) -> Uuid {
        let count = self.named.entry(self.ids.u64(name)).or_insert(0);
        *count += 1;
        self.ids.uuid(&format!("object/{name}/{count}"))
    }
}

fn tombstones_since(now: Timestamp) -> Timestamp {
    now.checked_sub(TOMBSTONE_LIFE).unwrap_or(Timestamp::MIN)
}

fn lagging(now: Timestamp, lag: SignedDuration) -> View {
    if lag.is_zero() { View::Committed } else { View::AsOf(now.checked_sub(lag).unwrap_or(Timestamp::MIN)) }
}
