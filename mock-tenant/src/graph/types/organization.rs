//! `microsoft.graph.organization`. Source: microsoft-graph-docs, resources/organization.md.

use std::borrow::Cow;

use serde_json::json;

use crate::odata::{EdmType, EntityType, Ops, Property, Value};
use crate::tenant::{Company, Settings, Tenant};

/// The tenant's one organization.
#[derive(Debug)]
pub(in crate::graph) struct Organization {
    company: Company,
    settings: Settings,
}

impl Organization {
    pub(in crate::graph) fn of(tenant: &Tenant) -> Self {
        Self { company: tenant.company().clone(), settings: tenant.settings().clone() }
    }
}

const fn property(
    name: &'static str,
    edm: EdmType,
    read: for<'a> fn(&'a Organization, &'static str) -> Value<'a>,
) -> Property<Organization> {
    Property { name, edm, default: true, ops: Ops::NONE, read }
}

const fn empty(name: &'static str) -> Property<Organization> {
    property(name, EdmType::Complex, |_, _| Value::Complex(json!([])))
}

/// An organization.
pub(in crate::graph) static ORGANIZATION: EntityType<Organization> = EntityType {
    name: "microsoft.graph.organization",
    resource: "Organization",
    properties: &[
        property("id", EdmType::String, |o, _| Value::Text(Cow::Owned(o.settings.tenant_id.to_string()))),
        property("deletedDateTime", EdmType::DateTimeOffset, |_, _| Value::Null),
        empty("assignedPlans"),
        empty("businessPhones"),
        property("displayName", EdmType::String, |o, _| o.company.display_name.as_str().into()),
        property("onPremisesLastSyncDateTime", EdmType::DateTimeOffset, |o, _| o.company.last_sync.into()),
        property("onPremisesSyncEnabled", EdmType::Boolean, |o, _| {
            o.company.dir_sync_enabled.then_some(true).into()
        }),
        empty("provisionedPlans"),
        empty("technicalNotificationMails"),
        property("tenantType", EdmType::String, |_, _| "AAD".into()),
        property("verifiedDomains", EdmType::Complex, |o, _| Value::Complex(verified_domains(o))),
    ],
    unserved: &[
        "branding",
        "city",
        "country",
        "countryLetterCode",
        "createdDateTime",
        "defaultUsageLocation",
        "directorySizeQuota",
        "marketingNotificationEmails",
        "mobileDeviceManagementAuthority",
        "onPremisesLastPasswordSyncDateTime",
        "onPremisesSyncStatus",
        "partnerTenantType",
        "postalCode",
        "preferredLanguage",
        "privacyProfile",
        "securityComplianceNotificationMails",
        "securityComplianceNotificationPhones",
        "state",
        "street",
    ],
};

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
