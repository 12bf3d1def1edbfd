//! Puts names and addresses in force: the calculation, and what happens to values that somebody else holds.

use jiff::Timestamp;

use super::super::error::SyncError;
use super::super::model::{DirectoryObject, Kind};
use super::super::shadow::Shadow;
use super::super::store::View;
use super::super::tenant::Tenant;
use super::super::unique::{forget, remember};
use super::super::upn::with_digits;
use super::address::{domain, smtp};
use super::{Calculation, Outcome, Source};

/// What becomes of a value that another object holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::tenant) enum OnConflict {
    /// It goes into quarantine, if the tenant has the feature; else the write fails.
    Quarantine,
    /// The write fails: there is no quarantine for what Graph writes.
    Refuse,
}

impl Tenant {
    /// Puts in force what follows from the names and addresses that somebody wrote. The sign-in name is settled before.
    pub(in crate::tenant) fn settle_addresses(
        &self,
        object: &mut DirectoryObject,
        shadow: Shadow,
        on_conflict: OnConflict,
        now: Timestamp,
    ) -> Result<(), SyncError> {
        if object.kind() == Kind::Device || self.exchange.masters(object.id, "proxyAddresses") {
            return Ok(());
        }
        forget(object, "ProxyAddress", |held| !is_written(&shadow, held));
        let settling = Settling { tenant: self, on_conflict, now };
        let addresses = settling.free_addresses(object, &shadow)?;
        let outcome = settling.free_outcome(object, &shadow, &addresses)?;
        object.mail_nickname.clone_from(&outcome.nickname);
        (object.mail, object.proxy_addresses) = outcome.into_addresses();
        object.set_shadow(shadow);
        Ok(())
    }

    /// Only SMTP addresses must be unique, against the addresses and the mail of every other object of any type.
    pub(in crate::tenant) fn is_taken(&self, address: &str, object: &DirectoryObject) -> bool {
        smtp(address).is_some()
            && self.store.with_address(address, View::Committed).any(|other| other.id != object.id)
    }
}

/// `held` is one of the written addresses, or what mail would have become.
fn is_written(shadow: &Shadow, held: &str) -> bool {
    let mail = shadow.mail.as_deref().zip(smtp(held));
    shadow.proxy_addresses.iter().any(|address| address == held)
        || mail.is_some_and(|(mail, held)| mail.eq_ignore_ascii_case(held))
}

#[derive(Debug, Clone, Copy)]
struct Settling<'a> {
    tenant: &'a Tenant,
    on_conflict: OnConflict,
    now: Timestamp,
}

impl Settling<'_> {
    /// The written addresses that nobody else holds.
    fn free_addresses(self, object: &mut DirectoryObject, shadow: &Shadow) -> Result<Vec<String>, SyncError> {
        let mut free = Vec::with_capacity(shadow.proxy_addresses.len());
        for address in &shadow.proxy_addresses {
            if self.claims(object, "ProxyAddresses", address)? {
                free.push(address.clone());
            }
        }
        Ok(free)
    }

    /// Whether the object gets an address; if not, the conflict is noted or refused.
    fn claims(self, object: &mut DirectoryObject, property: &str, address: &str) -> Result<bool, SyncError> {
        if !super::address::is_acceptable(address) || !self.tenant.is_taken(address, object) {
            forget(object, "ProxyAddress", |held| held == address);
            return Ok(true);
        }
        if self.on_conflict == OnConflict::Refuse || !self.tenant.is_resilient("ProxyAddresses") {
            return Err(SyncError::taken(property, smtp(address).unwrap_or(address)));
        }
        remember(object, "ProxyAddress", address, self.now);
        Ok(false)
    }

    /// The outcome of the calculation without what others hold. A primary address that is taken makes room for the next
    /// choice, so the calculation is made again without it.
    fn free_outcome(
        self,
        object: &mut DirectoryObject,
        shadow: &Shadow,
        addresses: &[String],
    ) -> Result<Outcome, SyncError> {
        let mut mail = shadow.mail.as_deref();
        let mut outcome = self.outcome(object, shadow, addresses, mail);
        if let Some((primary, Source::Mail)) = outcome.primary.clone()
            && !self.claims(object, "Mail", &format!("SMTP:{primary}"))?
        {
            mail = None;
            outcome = self.outcome(object, shadow, addresses, mail);
        }
        self.drop_derived(object, &mut outcome)?;
        self.add_routing(object, &mut outcome);
        Ok(outcome)
    }

    fn outcome(
        self,
        object: &DirectoryObject,
        shadow: &Shadow,
        addresses: &[String],
        mail: Option<&str>,
    ) -> Outcome {
        let company = &self.tenant.company;
        let calculation = Calculation {
            mail,
            nickname: shadow.mail_nickname.as_deref(),
            addresses,
            upn: object.user_principal_name(),
            nickname_before: object.mail_nickname.as_deref(),
            routing: self.tenant.routing_address(object),
            licensed: object.is_licensed(),
        };
        calculation.outcome(|domain| company.is_verified(domain))
    }

    /// Addresses that were derived from the sign-in name make way for who holds them.
    fn drop_derived(self, object: &mut DirectoryObject, outcome: &mut Outcome) -> Result<(), SyncError> {
        if let Some((primary, Source::Derived)) = outcome.primary.clone()
            && !self.claims(object, "ProxyAddresses", &format!("smtp:{primary}"))?
        {
            outcome.primary = None;
        }
        let mut kept = Vec::with_capacity(outcome.others.len());
        for (address, source) in std::mem::take(&mut outcome.others) {
            if source != Source::Derived || self.claims(object, "ProxyAddresses", &address)? {
                kept.push((address, source));
            }
        }
        outcome.others = kept;
        Ok(())
    }

    /// A licence brings an address in the initial domain: that of the nickname, with four digits if somebody has it.
    fn add_routing(self, object: &DirectoryObject, outcome: &mut Outcome) {
        let Some(nickname) = outcome.nickname.clone().filter(|_| object.is_licensed()) else { return };
        if self.tenant.routing_address(object).is_some() {
            return;
        }
        if let Some(address) = self.tenant.new_routing_address(object, &nickname) {
            outcome.add(&format!("smtp:{address}"), Source::Derived);
        }
    }
}

impl Tenant {
    /// The object's address in the initial domain (MOERA), without type. The sign-in name may be in that domain too; it is
    /// told apart as long as it is not the only one.
    fn routing_address<'o>(&self, object: &'o DirectoryObject) -> Option<&'o str> {
        let initial = &self.settings.initial_domain;
        let in_initial = |address: &&str| domain(address).eq_ignore_ascii_case(initial);
        let addresses = object.proxy_addresses.iter().filter_map(|address| smtp(address));
        let found: Vec<&str> = addresses.filter(in_initial).collect();
        let upn = object.user_principal_name().unwrap_or_default();
        found.iter().find(|address| !address.eq_ignore_ascii_case(upn)).or(found.first()).copied()
    }

    fn new_routing_address(&self, object: &DirectoryObject, nickname: &str) -> Option<String> {
        let initial = &self.settings.initial_domain;
        let plain = format!("{nickname}@{initial}");
        let is_free = |address: &str| !self.is_taken(&format!("smtp:{address}"), object);
        if is_free(&plain) {
            return Some(plain);
        }
        let start = self.ids.u64(&format!("routing/{}", object.id));
        with_digits(start, |number| format!("{nickname}{number:04}@{initial}"), is_free)
    }
}

impl DirectoryObject {
    /// A user with an Exchange Online licence.
    #[must_use]
    pub fn is_licensed(&self) -> bool {
        self.user().is_some_and(|user| user.exchange_license)
    }
}
