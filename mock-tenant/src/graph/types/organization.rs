//! `microsoft.graph.organization`: what is read in a way of its own.

use std::borrow::Cow;
use std::sync::LazyLock;

use serde_json::json;

use super::table::{Readers, entity};
use crate::odata::{EntityType, Read, Value};
use crate::tenant::{Company, Settings, Tenant};

/// The tenant's one organization.
#[derive(Debug)]
pub struct Organization {
    company: Company,
    settings: Settings,
}

impl Organization {
    /// What a tenant tells about itself.
    #[must_use]
    pub fn of(tenant: &Tenant) -> Self {
        Self { company: tenant.company().clone(), settings: tenant.settings().clone() }
    }
}

/// An organization.
pub static ORGANIZATION: LazyLock<EntityType<Organization>> = LazyLock::new(|| {
    let readers = Readers { own: OWN, stored: |_, _| |_, _| Value::Null, extension: None };
    entity("microsoft.graph.organization", "Organization", &readers)
});

pub(super) const OWN: &[(&str, Read<Organization>)] = &[
    ("id", |o, _| Value::Text(Cow::Owned(o.settings.tenant_id.to_string()))),
    ("displayName", |o, _| o.company.display_name.as_str().into()),
    ("onPremisesLastSyncDateTime", |o, _| o.company.last_sync.into()),
    ("onPremisesSyncEnabled", |o, _| o.company.dir_sync_enabled.then_some(true).into()),
    ("tenantType", |_, _| "AAD".into()),
    ("verifiedDomains", |o, _| Value::Complex(verified_domains(o))),
];

/// The first domain that isn't the initial one is the default.
fn verified_domains(organization: &Organization) -> serde_json::Value {
    let initial = |name: &str| name.eq_ignore_ascii_case(&organization.settings.initial_domain);
    let domains = &organization.company.verified_domains;
    let default = domains.iter().find(|name| !initial(name)).or(domains.first());
    let entry = |name: &String| {
        json!({"capabilities": "Email, OfficeCommunicationsOnline", "isDefault": Some(name) == default,
            "isInitial": initial(name), "name": name, "type": "Managed"})
    };
    domains.iter().map(entry).collect()
}
