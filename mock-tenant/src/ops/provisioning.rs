//! Operations of the provisioning service.

use super::Op;

/// The first is the documented one (entra docs, "authenticate-application-id"); the second stands for the directory role
/// "Directory Synchronization Accounts" in an application's token for Azure AD Graph.
const SYNC: &[&str] = &["ADSynchronization.ReadWrite.All", "Directory.ReadWrite.All"];
/// What a person's token for Azure AD Graph has. Source: AADInternals.
const PERSON: &[&str] = &["user_impersonation"];

const fn read(name: &'static str) -> Op {
    Op::read(name).roles(SYNC, PERSON)
}

const fn write(name: &'static str) -> Op {
    Op::write(name).roles(SYNC, PERSON)
}

pub(super) const OPS: &[Op] = &[
    read("provisioning.capabilities"),
    read("provisioning.get_company_configuration"),
    read("provisioning.get_device_configuration"),
    read("provisioning.get_kerberos_domain"),
    read("provisioning.get_kerberos_domain_sync_config"),
    read("provisioning.get_monitoring_tenant_certificate"),
    write("provisioning.get_service_account"),
    read("provisioning.get_windows_credentials_sync_config"),
    write("provisioning.set_company_dirsync_features"),
    write("provisioning.set"),
    write("provisioning.add"),
    write("provisioning.delete"),
    read("provisioning.read_back"),
    write("provisioning.finalize_export"),
    write("provisioning.provision_credentials"),
    read("provisioning.unknown"),
];
