//! What a hard match may no longer do since July 2026.
//! Source: entra docs, "how-to-connect-install-existing-tenant" (2026-07-01), "Hard match security protections".

use jiff::Timestamp;

use super::error::SyncError;
use super::model::DirectoryObject;
use super::profile::ServiceChange;
use super::sync::SyncObject;
use super::tenant::Tenant;

/// Roles that Microsoft labels as privileged.
/// Source: entra docs, "permissions-reference" (the label PRIVILEGED); "Company Administrator" is an older name.
const PRIVILEGED: &[&str] = &[
    "Application Administrator",
    "Application Developer",
    "Attribute Provisioning Administrator",
    "Attribute Provisioning Reader",
    "Authentication Administrator",
    "Authentication Extensibility Administrator",
    "B2C IEF Keyset Administrator",
    "Cloud Application Administrator",
    "Cloud Device Administrator",
    "Company Administrator",
    "Conditional Access Administrator",
    "Directory Synchronization Accounts",
    "Directory Writers",
    "Domain Name Administrator",
    "External Identity Provider Administrator",
    "Global Administrator",
    "Global Reader",
    "Helpdesk Administrator",
    "Hybrid Identity Administrator",
    "Intune Administrator",
    "Lifecycle Workflows Administrator",
    "Partner Tier1 Support",
    "Partner Tier2 Support",
    "Password Administrator",
    "Privileged Authentication Administrator",
    "Privileged Role Administrator",
    "Security Administrator",
    "Security Operator",
    "Security Reader",
    "User Administrator",
];

impl Tenant {
    /// Refuses to associate a directory object anew with a user who is risky to take over. A user within the scope of the
    /// sync keeps syncing, unless the write would map it to another object of the directory.
    pub(super) fn harden(
        &self,
        object: &DirectoryObject,
        given: &SyncObject,
        now: Timestamp,
    ) -> Result<(), SyncError> {
        let exempt = object.cloud_managed || self.company.allow_object_identifier_update;
        if exempt || !self.profile(now).has(ServiceChange::HardMatchHardening) {
            return Ok(());
        }
        if let Some(role) = privileged_role(object).filter(|_| !object.is_synced()) {
            let user = object.user_principal_name().unwrap_or_default().to_owned();
            return Err(SyncError::PrivilegedHardMatch { user, role: role.to_owned() });
        }
        match (&object.object_identifier, given.object_identifier()) {
            (Some(mapped), Some(told)) if !mapped.eq_ignore_ascii_case(&told) => {
                Err(SyncError::AttributeUpdateNotAllowed)
            }
            _ => Ok(()),
        }
    }
}

/// A privileged role that a user holds, or may activate.
fn privileged_role(object: &DirectoryObject) -> Option<&str> {
    let user = object.user()?;
    let roles = user.roles.iter().chain(&user.eligible_roles).map(String::as_str);
    roles.into_iter().find(|role| PRIVILEGED.iter().any(|known| known.eq_ignore_ascii_case(role)))
}
