//! The commands of the service, one row each.

use jiff::Timestamp;
use kit::faults::Effect;
use serde_json::{Value as Json, json};

use super::contract::{Naming, told};
use super::fault::Refusal;
use super::infoset::{CONTRACTS, Element, INSTANCE, SERVICE};
use super::request::Request;
use super::{company, configuration, credentials, read_back};
use crate::tenant::Tenant;

/// One call of a command that concerns no single object.
pub(super) struct Call<'a> {
    pub(super) request: &'a Request,
    pub(super) naming: Naming,
    pub(super) now: Timestamp,
    /// Faults that have a meaning to the command.
    pub(super) effects: &'a [Effect],
}

/// What is inside of `<Command>Response`, and what the journal is told.
pub(super) type Answer = (Element, Json);

/// What carries a call out.
pub(super) type Run = fn(&Call<'_>, &mut Tenant) -> Result<Answer, Refusal>;

/// A command.
pub(super) struct Command {
    /// Last part of the action, and local name of the element in the body.
    pub(super) name: &'static str,
    /// What the journal calls it.
    pub(super) op: &'static str,
    pub(super) work: Work,
}

/// What a command does.
#[derive(Clone, Copy)]
pub(super) enum Work {
    /// It provisions a batch of objects, each an operation of its own.
    Batch,
    /// It is one operation.
    Single(Run),
}

const fn single(name: &'static str, op: &'static str, run: Run) -> Command {
    Command { name, op, work: Work::Single(run) }
}

const fn batch(name: &'static str) -> Command {
    Command { name, op: "provisioning.set", work: Work::Batch }
}

/// Source of the names: AADInternals, AzureADConnectAPI.ps1.
pub(super) static COMMANDS: [Command; 15] = [
    single("Capabilities", "provisioning.capabilities", configuration::capabilities),
    single("FinalizeExport", "provisioning.finalize_export", company::finalize),
    single("GetCompanyConfiguration", "provisioning.get_company_configuration", company::configuration),
    single("GetDeviceConfiguration", "provisioning.get_device_configuration", configuration::devices),
    single("GetKerberosDomain", "provisioning.get_kerberos_domain", configuration::kerberos_domain),
    single(
        "GetKerberosDomainSyncConfig",
        "provisioning.get_kerberos_domain_sync_config",
        configuration::absent,
    ),
    single(
        "GetMonitoringTenantCertificate",
        "provisioning.get_monitoring_tenant_certificate",
        configuration::absent,
    ),
    single("GetServiceAccount", "provisioning.get_service_account", configuration::not_served),
    single(
        "GetWindowsCredentialsSyncConfig",
        "provisioning.get_windows_credentials_sync_config",
        configuration::windows_credentials,
    ),
    batch("ProvisionAzureADSyncObjects"),
    batch("ProvisionAzureADSyncObjects2"),
    single("ProvisionCredentials", "provisioning.provision_credentials", credentials::provision),
    single("ReadBackAzureADSyncObjects", "provisioning.read_back", read_back::read_back),
    single("ReadBackAzureADSyncObjects2", "provisioning.read_back", read_back::read_back),
    single("SetCompanyDirsyncFeatures", "provisioning.set_company_dirsync_features", company::set_features),
];

impl Call<'_> {
    /// An argument of the command, if it was given.
    pub(super) fn argument(&self, name: &str) -> Option<String> {
        told(self.naming.member(&self.request.body, SERVICE, name))
    }

    /// A number among the arguments.
    pub(super) fn number(&self, name: &str) -> Result<u32, Refusal> {
        let text = self.argument(name).ok_or_else(|| self.malformed(name, "missing"))?;
        text.parse().map_err(|_| self.malformed(name, &format!("{text:?} is not a number")))
    }

    /// What is wrong with an argument.
    pub(super) fn malformed(&self, name: &str, problem: &str) -> Refusal {
        Refusal::Malformed(format!("{}/{name}: {problem}", self.request.body.name))
    }

    /// `<CommandResult>`, for the members of a data contract.
    pub(super) fn result(&self) -> Element {
        result(&self.request.body.name)
    }

    /// `<CommandResult>` that is nothing.
    pub(super) fn nil(&self) -> Element {
        let name = format!("{}Result", self.request.body.name);
        Element::named("", name.into()).declare("i", INSTANCE).with("i:nil", "true")
    }
}

/// `<CommandResult>` with the prefixes that WCF declares on results.
pub(super) fn result(command: &str) -> Element {
    Element::named("", format!("{command}Result").into()).declare("b", CONTRACTS).declare("i", INSTANCE)
}

/// What the journal is told of a call that has nothing to tell.
pub(super) fn nothing() -> Json {
    json!({})
}
