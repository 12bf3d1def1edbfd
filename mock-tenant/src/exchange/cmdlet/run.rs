//! Runs a cmdlet over the tenant.

use jiff::Timestamp;

use super::call::Call;
use super::error::CmdletError;
use super::rows::Row;
use super::table::{Noun, Verb};
use super::{create, get, organization, remove, set, smime};
use crate::tenant::{Tenant, View};

/// What a cmdlet gives out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Output {
    /// Objects.
    pub rows: Vec<Row>,
    /// Warnings.
    pub warnings: Vec<String>,
}

impl Output {
    /// These objects and no warning.
    pub(super) fn rows(rows: Vec<Row>) -> Self {
        Self { rows, warnings: Vec::new() }
    }
}

/// Runs a cmdlet that reads; `view` is what Exchange has.
///
/// # Errors
/// As the cmdlet fails.
pub fn read(tenant: &Tenant, call: &Call, view: View) -> Result<Output, CmdletError> {
    match call.cmdlet.noun {
        Noun::SmimeConfig => Ok(smime::get(tenant)),
        Noun::OrganizationConfig => Ok(organization::get(tenant, call)),
        Noun::AcceptedDomain => organization::accepted_domains(tenant, call),
        _ => get::get(tenant, call, view),
    }
}

/// Runs a cmdlet that changes something, or any other.
///
/// # Errors
/// As the cmdlet fails; nothing is changed then.
pub fn run(tenant: &mut Tenant, call: &Call, now: Timestamp) -> Result<Output, CmdletError> {
    tenant.tick(now);
    match (call.cmdlet.verb, call.cmdlet.noun) {
        (Verb::Set, Noun::SmimeConfig) => smime::set(tenant, call, now),
        (Verb::Set, Noun::OrganizationConfig) => organization::set(tenant, call, now),
        (Verb::Set, _) => set::set(tenant, call, now),
        (Verb::New, _) => create::create(tenant, call, now),
        (Verb::Remove, _) => remove::remove(tenant, call, now),
        (Verb::Get, _) => read(tenant, call, tenant.exchange_view(now)),
    }
}
