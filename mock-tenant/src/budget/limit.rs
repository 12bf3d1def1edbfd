//! The limits as data.

use std::str::FromStr;

use jiff::SignedDuration;

/// `--throttle off|entra|N/PERIOD`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Throttle {
    /// No limit.
    #[default]
    Off,
    /// What Entra grants: resource units and writes.
    Entra,
    /// So many writes in each period, for each application and face.
    Budget {
        /// Writes.
        writes: u64,
        /// Period.
        period: SignedDuration,
    },
}

/// Text that is no throttle.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected off, entra, or N/PERIOD such as 100/10s or 3000/PT150S")]
pub struct BadThrottle;

impl FromStr for Throttle {
    type Err = BadThrottle;

    fn from_str(text: &str) -> Result<Self, BadThrottle> {
        match text {
            "off" => Ok(Self::Off),
            "entra" => Ok(Self::Entra),
            _ => budget(text),
        }
    }
}

fn budget(text: &str) -> Result<Throttle, BadThrottle> {
    let (writes, period) = text.split_once('/').ok_or(BadThrottle)?;
    let writes = writes.trim().parse().map_err(|_| BadThrottle)?;
    let period: SignedDuration = period.trim().parse().map_err(|_| BadThrottle)?;
    if period <= SignedDuration::ZERO { Err(BadThrottle) } else { Ok(Throttle::Budget { writes, period }) }
}

/// Whose calls one limit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// One application in this tenant.
    TenantApplication,
    /// One application, in all tenants (there is one).
    Application,
    /// All applications of this tenant.
    Tenant,
}

/// What one limit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Quota {
    /// Resource units.
    Units,
    /// Writes.
    Writes,
}

/// One limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Whose calls it counts.
    pub scope: Scope,
    /// What it counts.
    pub quota: Quota,
    /// How much.
    pub amount: u64,
    /// In which time.
    pub period: SignedDuration,
}

const fn limit(scope: Scope, quota: Quota, amount: u64, seconds: i64) -> Limit {
    Limit { scope, quota, amount, period: SignedDuration::from_secs(seconds) }
}

/// All limits of Entra but the one that depends on the tenant's size.
const ENTRA: &[Limit] = &[
    limit(Scope::TenantApplication, Quota::Writes, 3_000, 150),
    limit(Scope::Application, Quota::Units, 150_000, 20),
    limit(Scope::Application, Quota::Writes, 70_000, 300),
    limit(Scope::Tenant, Quota::Writes, 18_000, 300),
];

/// Resource units of an application in a tenant in 10 seconds: small below 50 users, medium up to 500, large above.
const fn units_by_size(users: usize) -> u64 {
    match users {
        0..50 => 3_500,
        50..=500 => 5_000,
        _ => 8_000,
    }
}

impl Throttle {
    /// The limits in force for a tenant with so many users.
    #[must_use]
    pub fn limits(self, users: usize) -> Vec<Limit> {
        match self {
            Self::Off => Vec::new(),
            Self::Budget { writes, period } => {
                vec![Limit { scope: Scope::TenantApplication, quota: Quota::Writes, amount: writes, period }]
            }
            Self::Entra => {
                let sized = limit(Scope::TenantApplication, Quota::Units, units_by_size(users), 10);
                [sized].into_iter().chain(ENTRA.iter().copied()).collect()
            }
        }
    }
}

impl Limit {
    /// What it is called by.
    #[must_use]
    pub const fn kind(&self) -> LimitKind {
        LimitKind { scope: self.scope, quota: self.quota }
    }
}

/// A limit without its numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LimitKind {
    /// Whose calls it counts.
    pub scope: Scope,
    /// What it counts.
    pub quota: Quota,
}

impl LimitKind {
    /// `x-ms-throttle-scope` without ids: `Tenant_Application/ReadWrite`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match (self.scope, self.quota) {
            (Scope::TenantApplication, Quota::Units) => "Tenant_Application/ReadWrite",
            (Scope::TenantApplication, Quota::Writes) => "Tenant_Application/Write",
            (Scope::Application, Quota::Units) => "Application/ReadWrite",
            (Scope::Application, Quota::Writes) => "Application/Write",
            (Scope::Tenant, Quota::Units) => "Tenant/ReadWrite",
            (Scope::Tenant, Quota::Writes) => "Tenant/Write",
        }
    }

    /// `x-ms-throttle-information`.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self.quota {
            Quota::Units => "ResourceUnitLimitExceeded",
            Quota::Writes => "WriteLimitExceeded",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_read_or_refused() {
        let ten = Throttle::Budget { writes: 10, period: SignedDuration::from_secs(60) };
        for (text, throttle) in
            [("off", Throttle::Off), ("entra", Throttle::Entra), ("10/60s", ten), ("10/PT1M", ten)]
        {
            assert_eq!(text.parse(), Ok(throttle), "{text}");
        }
        for bad in ["", "10", "x/10s", "10/", "10/-5s", "10/0s"] {
            assert_eq!(bad.parse::<Throttle>(), Err(BadThrottle), "{bad}");
        }
    }

    #[test]
    fn units_depend_on_the_size_of_the_tenant() {
        for (users, units) in [(0, 3_500), (49, 3_500), (50, 5_000), (500, 5_000), (501, 8_000)] {
            assert_eq!(Throttle::Entra.limits(users)[0].amount, units, "{users} users");
        }
    }
}
