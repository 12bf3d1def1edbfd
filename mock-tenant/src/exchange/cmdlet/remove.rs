//! Remove-MailUser and Remove-MailContact.

use jiff::Timestamp;

use super::call::Call;
use super::error::CmdletError;
use super::identity::resolve;
use super::run::Output;
use super::set::on_premises;
use crate::tenant::{Step, Tenant, View};

/// Runs the cmdlet: a user goes to the recycle bin, a contact is gone.
///
/// # Errors
/// The one that is meant isn't there, or is mastered on-premises.
pub(super) fn remove(tenant: &mut Tenant, call: &Call, now: Timestamp) -> Result<Output, CmdletError> {
    let identity = call.text("Identity").unwrap_or_default();
    let recipient = resolve(tenant, call.cmdlet.noun, identity, tenant.exchange_view(now))?;
    if recipient.object.is_synced() {
        return Err(on_premises(tenant, &recipient, call.cmdlet.name, "Identity"));
    }
    let id = recipient.object.id;
    if call.flag("WhatIf") == Some(true) {
        return Ok(Output::default());
    }
    if tenant.get(id, View::Committed).is_some_and(|object| object.is_live()) {
        tenant.delete(id, now).map_err(|_| CmdletError::NotFound(identity.to_owned()))?;
    }
    tenant.note_in_exchange(id, Step::Removed, now);
    Ok(Output::default())
}
