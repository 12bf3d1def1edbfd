//! `microsoft.graph.domain`: what is read in a way of its own. Source: resources/domain.md.

use std::borrow::Cow;
use std::sync::LazyLock;

use super::table::{Readers, entity};
use crate::odata::{EntityType, Read, Value};
use crate::tenant::Tenant;

/// One verified domain of the tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Domain {
    name: String,
    is_default: bool,
    is_initial: bool,
    is_root: bool,
}

impl Domain {
    /// Its name, which is its key.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// All domains of a tenant. The first one that isn't the initial one is the default.
    #[must_use]
    pub fn of(tenant: &Tenant) -> Vec<Self> {
        let names = &tenant.company().verified_domains;
        let initial = |name: &str| name.eq_ignore_ascii_case(&tenant.settings().initial_domain);
        let default = names.iter().find(|name| !initial(name)).or(names.first());
        let domain = |name: &String| Self {
            is_default: Some(name) == default,
            is_initial: initial(name),
            is_root: !names.iter().any(|other| is_below(name, other)),
            name: name.clone(),
        };
        names.iter().map(domain).collect()
    }
}

fn is_below(name: &str, other: &str) -> bool {
    let (name, other) = (name.to_lowercase(), other.to_lowercase());
    name.strip_suffix(&other).is_some_and(|rest| rest.ends_with('.'))
}

/// A domain.
pub static DOMAIN: LazyLock<EntityType<Domain>> = LazyLock::new(|| {
    let readers = Readers { own: OWN, stored: |_, _| |_, _| Value::Null, extension: None };
    entity("microsoft.graph.domain", "Domain", &readers)
});

pub(super) const OWN: &[(&str, Read<Domain>)] = &[
    ("authenticationType", |_, _| "Managed".into()),
    ("id", |domain, _| domain.name.as_str().into()),
    ("isAdminManaged", |_, _| true.into()),
    ("isDefault", |domain, _| domain.is_default.into()),
    ("isInitial", |domain, _| domain.is_initial.into()),
    ("isRoot", |domain, _| domain.is_root.into()),
    ("isVerified", |_, _| true.into()),
    // The documented defaults of what nobody has set.
    ("passwordNotificationWindowInDays", |_, _| Value::Int(14)),
    ("passwordValidityPeriodInDays", |_, _| Value::Int(90)),
    ("supportedServices", |_, _| {
        let services = ["Email", "OfficeCommunicationsOnline"].map(str::to_owned);
        Value::Texts(Cow::Owned(services.to_vec()))
    }),
];
