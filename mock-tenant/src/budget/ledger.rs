//! Who has spent what.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use super::bucket::Bucket;
use super::{Charge, Limit, Quota, Scope, Throttle};

/// Hundredths of a limit from which on a call is told how much of it is used.
const TOLD_FROM: u64 = 80;
/// Most that is told. Source: "The value ranges from 0.8 to 1.8".
const TOLD_UP_TO: u64 = 180;

/// One account for each face, application and limit. Applications are those that signed in, so there are few.
#[derive(Debug, Default)]
pub struct Ledger {
    throttle: Throttle,
    accounts: Mutex<BTreeMap<Account, Bucket>>,
}

/// Whose bucket: empty texts where a limit does not tell applications apart.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Account {
    face: &'static str,
    application: String,
    scope: Scope,
    quota: Quota,
    amount: u64,
}

/// A call that was within its limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Spent {
    /// Hundredths of the limit that is used most; told from 80 on.
    pub used: Option<u64>,
}

/// A call that was not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exceeded {
    /// Which limit.
    pub limit: Limit,
    /// Whole seconds to wait.
    pub wait: u64,
}

impl Ledger {
    /// Nothing spent.
    #[must_use]
    pub fn new(throttle: Throttle) -> Self {
        Self { throttle, accounts: Mutex::default() }
    }

    /// Whether no limit is in force.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        matches!(self.throttle, Throttle::Off)
    }

    /// Spends a call of an application on a face, of a tenant with so many users. A call that begins within its limits
    /// goes through as a whole; one that doesn't costs nothing.
    ///
    /// # Errors
    /// The limit that makes it wait longest.
    pub fn spend(
        &self,
        face: &'static str,
        application: &str,
        charge: Charge,
        users: usize,
        now: Timestamp,
    ) -> Result<Spent, Exceeded> {
        self.check(face, application, charge, users, now)?;
        Ok(self.pay(face, application, charge, users, now))
    }

    /// Whether such a call may begin.
    ///
    /// # Errors
    /// The limit that makes it wait longest.
    pub fn check(
        &self,
        face: &'static str,
        application: &str,
        charge: Charge,
        users: usize,
        now: Timestamp,
    ) -> Result<(), Exceeded> {
        let mut accounts = self.accounts();
        let exceeded = self.counted(charge, users).filter_map(|(limit, _)| {
            let wait = opened(&mut accounts, face, application, &limit, now).wait();
            wait.map(|wait| Exceeded { limit, wait })
        });
        exceeded.max_by_key(|exceeded| exceeded.wait).map_or(Ok(()), Err)
    }

    /// Pays for a call whose size shows only afterwards.
    pub fn pay(
        &self,
        face: &'static str,
        application: &str,
        charge: Charge,
        users: usize,
        now: Timestamp,
    ) -> Spent {
        let mut accounts = self.accounts();
        let used = self.counted(charge, users).map(|(limit, amount)| {
            let bucket = opened(&mut accounts, face, application, &limit, now);
            bucket.take(amount);
            bucket.used()
        });
        Spent { used: used.max().filter(|used| *used >= TOLD_FROM).map(|used| used.min(TOLD_UP_TO)) }
    }

    /// The limits that a call counts against, with what it takes of each.
    fn counted(&self, charge: Charge, users: usize) -> impl Iterator<Item = (Limit, u64)> {
        self.throttle.limits(users).into_iter().filter_map(move |limit| charge.against(limit))
    }

    /// Forgets what was spent.
    pub fn reset(&self) {
        self.accounts().clear();
    }

    fn accounts(&self) -> MutexGuard<'_, BTreeMap<Account, Bucket>> {
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Charge {
    /// What it takes of a limit, if that counts it at all.
    fn against(self, limit: Limit) -> Option<(Limit, u64)> {
        let amount = match limit.quota {
            Quota::Units => u64::from(self.units),
            Quota::Writes => self.writes,
        };
        (amount > 0).then_some((limit, amount))
    }
}

/// The bucket of a limit, filled up to now.
fn opened<'a>(
    accounts: &'a mut BTreeMap<Account, Bucket>,
    face: &'static str,
    application: &str,
    limit: &Limit,
    now: Timestamp,
) -> &'a mut Bucket {
    let application = if limit.scope == Scope::Tenant { String::new() } else { application.to_owned() };
    let account = Account { face, application, scope: limit.scope, quota: limit.quota, amount: limit.amount };
    let bucket = accounts.entry(account).or_insert_with(|| Bucket::full(limit.amount, limit.period, now));
    bucket.fill(now);
    bucket
}

#[cfg(test)]
mod tests {
    use super::*;

    const WRITE: Charge = Charge { units: 1, writes: 1 };
    const READ: Charge = Charge { units: 2, writes: 0 };

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    #[test]
    fn reads_are_not_counted_against_writes() {
        let ledger = Ledger::new("2/10s".parse().unwrap());
        let spend = |charge| ledger.spend("graph", "app", charge, 1, at(0)).map_err(|exceeded| exceeded.wait);
        assert_eq!(spend(WRITE), Ok(Spent::default()));
        assert_eq!(spend(WRITE), Ok(Spent { used: Some(100) }));
        assert_eq!(spend(WRITE), Err(5));
        assert_eq!(spend(READ), Ok(Spent::default()));
        ledger.reset();
        assert_eq!(spend(WRITE), Ok(Spent::default()));
    }

    #[test]
    fn applications_and_faces_have_their_own_budgets() {
        let ledger = Ledger::new("1/10s".parse().unwrap());
        let spend = |face, app| ledger.spend(face, app, WRITE, 1, at(0)).is_ok();
        assert!(spend("graph", "a") && spend("graph", "b") && spend("provisioning", "a"));
        assert!(!spend("graph", "a") && !spend("provisioning", "a"));
    }

    #[test]
    fn entra_counts_units_and_writes_apart_and_writes_of_the_tenant_together() {
        let ledger = Ledger::new(Throttle::Entra);
        let units = Charge { units: 3_500, writes: 0 };
        assert!(ledger.spend("graph", "a", units, 1, at(0)).is_ok());
        let exceeded = ledger.spend("graph", "a", READ, 1, at(0)).unwrap_err();
        assert_eq!(
            (exceeded.limit.kind().name(), exceeded.limit.kind().reason()),
            ("Tenant_Application/ReadWrite", "ResourceUnitLimitExceeded")
        );
        for app in ["b", "c", "d", "e", "f", "g"] {
            assert!(ledger.spend("graph", app, Charge::writes(3_000), 1, at(0)).is_ok(), "{app}");
        }
        let exceeded = ledger.spend("graph", "h", WRITE, 1, at(0)).unwrap_err();
        assert_eq!(
            (exceeded.limit.kind().name(), exceeded.limit.kind().reason()),
            ("Tenant/Write", "WriteLimitExceeded")
        );
    }
}
