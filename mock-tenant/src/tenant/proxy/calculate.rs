//! The calculation itself: a function of what was written, what was in force, and what the tenant is.

use super::address::{self, prefix, smtp};

/// What the calculation starts from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Calculation<'a> {
    /// mail as it was written.
    pub(super) mail: Option<&'a str>,
    /// mailNickname as it was written.
    pub(super) nickname: Option<&'a str>,
    /// proxyAddresses as they were written, those that are quarantined left out.
    pub(super) addresses: &'a [String],
    /// userPrincipalName in force; groups and contacts have none.
    pub(super) upn: Option<&'a str>,
    /// mailNickname before.
    pub(super) nickname_before: Option<&'a str>,
    /// The address in the initial domain that the object has had so far (MOERA).
    pub(super) routing: Option<&'a str>,
    /// An Exchange Online licence is assigned.
    pub(super) licensed: bool,
}

/// Where an address of the outcome comes from: what happens if somebody else holds it depends on that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// proxyAddresses.
    Written,
    /// mail.
    Mail,
    /// userPrincipalName, or the object's address in the initial domain.
    Derived,
}

/// What is to be in force, if nobody else holds it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Outcome {
    /// Primary SMTP address without its type.
    pub(super) primary: Option<(String, Source)>,
    /// The other addresses, with their types.
    pub(super) others: Vec<(String, Source)>,
    /// mailNickname.
    pub(super) nickname: Option<String>,
}

impl Calculation<'_> {
    /// Everything but the address in the initial domain that a licensed user needs and may not have yet.
    pub(super) fn outcome(&self, is_verified: impl Fn(&str) -> bool) -> Outcome {
        let accepted: Vec<&str> = self.accepted(&is_verified);
        let primary = self.primary(&accepted, &is_verified);
        let nickname = self.nickname(primary.map(|(address, _)| address));
        let mut outcome = Outcome {
            primary: primary.map(|(address, source)| (address.to_owned(), source)),
            others: Vec::new(),
            nickname,
        };
        accepted.iter().for_each(|address| outcome.add(address, Source::Written));
        if let Some(upn) = self.upn.filter(|_| self.wants_upn(&accepted)) {
            outcome.add(&format!("smtp:{upn}"), Source::Derived);
        }
        if let Some(routing) = self.routing {
            outcome.add(&format!("smtp:{routing}"), Source::Derived);
        }
        outcome
    }

    /// Addresses of the directory that the tenant takes.
    fn accepted(&self, is_verified: &impl Fn(&str) -> bool) -> Vec<&str> {
        let addresses = self.addresses.iter().map(String::as_str);
        addresses.filter(|address| self.takes(address, is_verified)).collect()
    }

    /// Addresses of domains that are not verified go when the user gets a licence.
    fn takes(&self, address: &str, is_verified: &impl Fn(&str) -> bool) -> bool {
        let routable = || smtp(address).is_none_or(|address| is_verified(address::domain(address)));
        address::is_acceptable(address) && (!self.licensed || routable())
    }

    fn primary<'s>(
        &'s self,
        accepted: &[&'s str],
        is_verified: &impl Fn(&str) -> bool,
    ) -> Option<(&'s str, Source)> {
        let written = accepted.iter().find_map(|address| address.strip_prefix("SMTP:"));
        let mail = || self.mail.filter(|mail| self.takes(&format!("smtp:{mail}"), is_verified));
        let upn = || self.upn.filter(|_| self.licensed);
        written
            .map(|address| (address, Source::Written))
            .or_else(|| mail().map(|address| (address, Source::Mail)))
            .or_else(|| upn().or(self.routing).map(|address| (address, Source::Derived)))
    }

    /// The user principal name is always an address of who has a licence, and of who had one and has addresses still.
    fn wants_upn(&self, accepted: &[&str]) -> bool {
        let was_recipient = self.routing.is_some() && accepted.iter().any(|address| smtp(address).is_some());
        self.licensed || was_recipient
    }

    /// What the directory says; what was there before, for a nickname that the directory loses is kept; the prefix of the
    /// primary address; that of the user principal name, because the attribute is mandatory.
    fn nickname(&self, primary: Option<&str>) -> Option<String> {
        let derived = || primary.or(self.upn).map(prefix);
        self.nickname.or(self.nickname_before).or_else(derived).map(str::to_owned)
    }
}

impl Outcome {
    /// Adds an address unless it is there.
    pub(super) fn add(&mut self, address: &str, source: Source) {
        let bare = smtp(address);
        let is_primary =
            |(primary, _): &(String, Source)| bare.is_some_and(|bare| bare.eq_ignore_ascii_case(primary));
        let known = self.others.iter().any(|(held, _)| held.eq_ignore_ascii_case(address));
        if known || self.primary.as_ref().is_some_and(is_primary) {
            return;
        }
        // A second address that is marked as primary is a secondary one.
        let address = bare.map_or_else(|| address.to_owned(), |bare| format!("smtp:{bare}"));
        self.others.push((address, source));
    }

    /// All addresses, the primary one first.
    pub(super) fn into_addresses(self) -> (Option<String>, Vec<String>) {
        let mail = self.primary.map(|(address, _)| address);
        let first = mail.iter().map(|address| format!("SMTP:{address}"));
        let addresses = first.chain(self.others.into_iter().map(|(address, _)| address)).collect();
        (mail, addresses)
    }
}
