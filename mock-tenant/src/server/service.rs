//! What the faces share.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use kit::faults::Faults;
use kit::{Clock, Ids, Journal};
use uuid::Uuid;

use super::published::{Published, Writing};
use crate::budget::{Charge, Exceeded, Ledger, Spent, Throttle};
use crate::observe::Watch;
use crate::odata::TokenKey;
use crate::signin::{Authority, SignIn};
use crate::tenant::{Kind, Tenant, View};
use crate::world::World;

/// Users from which on a tenant is large for its limits.
const LARGE: usize = 501;

/// The double without its listeners.
#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) clock: Clock,
    pub(crate) journal: Journal,
    pub(crate) faults: Faults,
    /// Tenant id and applications; domains change with the state, see [`Service::authority_with_domains`].
    pub(crate) authority: Authority,
    pub(crate) pages: TokenKey,
    signin: Mutex<SignIn>,
    initial_signin: SignIn,
    /// Certificates are Graph properties (the double's own extension).
    pub(crate) certificates: bool,
    tenant: Published,
    initial: Tenant,
    ids: Ids,
    requests: AtomicU64,
    ledger: Ledger,
}

/// How a service is set up.
pub(super) struct Setup {
    pub(super) clock: Clock,
    pub(super) faults: Faults,
    pub(super) authority: Authority,
    pub(super) signin: SignIn,
    pub(super) tenant: Tenant,
    pub(super) ids: Ids,
    pub(super) certificates: bool,
    pub(super) throttle: Throttle,
}

impl Service {
    pub(super) fn new(setup: Setup) -> Self {
        Self {
            journal: Journal::new(setup.clock.clone()),
            clock: setup.clock,
            faults: setup.faults,
            authority: setup.authority,
            pages: TokenKey::new(&setup.ids.bytes("page-tokens")),
            certificates: setup.certificates,
            initial_signin: setup.signin.clone(),
            signin: Mutex::new(setup.signin),
            initial: setup.tenant.clone(),
            tenant: Published::new(setup.tenant),
            ids: setup.ids,
            requests: AtomicU64::new(0),
            ledger: Ledger::new(setup.throttle),
        }
    }

    /// An id for something that happens for the n-th time.
    pub(crate) fn next_id(&self, kind: &str) -> Uuid {
        let number = self.requests.fetch_add(1, Ordering::Relaxed);
        self.ids.uuid(&format!("{kind}/{number}"))
    }

    /// The tenant to read, after what the clock demands: the version of this moment, whoever writes meanwhile.
    pub(crate) fn tenant_at(&self, now: Timestamp) -> Arc<Tenant> {
        if self.tenant.read().is_due(now) {
            self.tenant_mut().tick(now);
        }
        self.tenant.read()
    }

    /// The tenant to change. The change is published as a whole when this is dropped, or not at all.
    pub(crate) fn tenant_mut(&self) -> Writing<'_> {
        self.tenant.write()
    }

    /// What sign-in remembers.
    pub(crate) fn signin(&self) -> MutexGuard<'_, SignIn> {
        self.signin.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What an App Service gives its programs to prove that they are its own.
    pub(crate) fn identity_header(&self) -> String {
        hex::encode(self.ids.bytes::<16>("identity-header"))
    }

    /// Gives people the passwords of a world.
    pub(super) fn set_passwords(&self, world: &World) {
        world.set_passwords(&self.snapshot(), &mut self.signin());
    }

    /// Sign-in's view of the tenant with the domains it has now.
    pub(crate) fn authority_with_domains(&self) -> Authority {
        let tenant = self.tenant.read();
        let mut domains: Vec<String> =
            tenant.company().verified_domains.iter().map(|domain| domain.to_lowercase()).collect();
        domains.push(tenant.settings().initial_domain.to_lowercase());
        Authority { domains, ..self.authority.clone() }
    }

    /// Journal and faults on behalf of a caller.
    pub(crate) fn watch(&self, principal: &str) -> Watch {
        Watch { journal: self.journal.clone(), faults: self.faults.clone(), principal: principal.to_owned() }
    }

    /// Spends a call of an application on a face.
    ///
    /// # Errors
    /// The limit that is exceeded, and how long to wait.
    pub(crate) fn spend(
        &self,
        face: &'static str,
        application: &str,
        charge: Charge,
        now: Timestamp,
    ) -> Result<Spent, Exceeded> {
        self.ledger.spend(face, application, charge, self.size(), now)
    }

    /// Whether a call may begin whose size shows only afterwards.
    ///
    /// # Errors
    /// The limit that is exceeded, and how long to wait.
    pub(crate) fn may_write(
        &self,
        face: &'static str,
        application: &str,
        now: Timestamp,
    ) -> Result<(), Exceeded> {
        self.ledger.check(face, application, Charge::writes(1), self.size(), now)
    }

    /// Pays for what a call has written.
    pub(crate) fn pay(&self, face: &'static str, application: &str, writes: u64, now: Timestamp) {
        self.ledger.pay(face, application, Charge::writes(writes), self.size(), now);
    }

    /// Users, as far as they decide over the limits; nobody is counted if there are none.
    fn size(&self) -> usize {
        if self.ledger.is_open() {
            return 0;
        }
        let tenant = self.tenant.read();
        tenant.objects(Kind::User, 0, View::Committed).take(LARGE).count()
    }

    /// The tenant as it is, to come back to.
    pub(super) fn snapshot(&self) -> Tenant {
        Tenant::clone(&self.tenant.read())
    }

    /// Cursors that were given out before are refused then.
    pub(super) fn restore(&self, mut tenant: Tenant) {
        let mut current = self.tenant_mut();
        tenant.succeed(&current);
        *current = tenant;
    }

    /// Back to how it was started.
    pub(super) fn reset(&self) {
        self.restore(self.initial.clone());
        let (mut signin, mut initial) = (self.signin(), self.initial_signin.clone());
        initial.succeed(&signin);
        *signin = initial;
        self.ledger.reset();
    }
}
