//! Set-MailUser, Set-Mailbox, Set-MailContact, Set-Contact, Set-User.

use jiff::Timestamp;

use super::argument::Argument;
use super::call::Call;
use super::changes::{Effect, apply, effect, values_of};
use super::error::CmdletError;
use super::identity::{name, resolve};
use super::run::Output;
use super::table::Noun;
use crate::exchange::recipient::{Recipient, RecipientType};
use crate::tenant::{DirectoryObject, ServiceChange, Step, Tenant, View};

const NO_CHANGE: &str = "The command completed successfully but no settings of '{}' have been modified.";

/// Runs the cmdlet.
///
/// # Errors
/// The one that is meant isn't there, is mastered on-premises, or can't be so.
pub(super) fn set(tenant: &mut Tenant, call: &Call, now: Timestamp) -> Result<Output, CmdletError> {
    let identity = call.text("Identity").unwrap_or_default();
    let view = tenant.exchange_view(now);
    let recipient = resolve(tenant, call.cmdlet.noun, identity, view)?;
    check_profile(tenant, call, now)?;
    check_scope(tenant, &recipient, call)?;
    let (id, kind, called) = (recipient.object.id, recipient.kind, name(tenant, &recipient));
    let committed = tenant.get(id, View::Committed).filter(|object| object.is_live()).cloned();
    let before = committed.ok_or_else(|| CmdletError::NotFound(identity.to_owned()))?;
    let mut object = before.clone();
    let touched = apply(tenant, &mut object, kind, call)?;
    if call.flag("WhatIf") == Some(true) {
        return Ok(Output::default());
    }
    let renamed = note_own(tenant, &object, call);
    let changed = before != object;
    if changed {
        let step = Step::Set(values_of(&object, &touched));
        tenant.commit_in_exchange(object, step, now);
    }
    let warning = (!changed && !renamed).then(|| NO_CHANGE.replace("{}", &called));
    Ok(Output { warnings: warning.into_iter().collect(), ..Output::default() })
}

/// The switch is a parameter since the service has it.
fn check_profile(tenant: &Tenant, call: &Call, now: Timestamp) -> Result<(), CmdletError> {
    let parameter = "IsExchangeCloudManaged";
    let known = tenant.profile(now).has(ServiceChange::SourceOfAuthorityPerObject);
    if call.get(parameter).is_some() && !known {
        return Err(CmdletError::Parameters(parameter.to_owned()));
    }
    Ok(())
}

/// What is synced is written on-premises, unless its Exchange attributes are managed in the cloud; what isn't an Exchange
/// attribute is written on-premises all the same.
fn check_scope(tenant: &Tenant, recipient: &Recipient<'_>, call: &Call) -> Result<(), CmdletError> {
    let object = &recipient.object;
    let cloud_managed = tenant.exchange().cloud_managed.contains(&object.id);
    let person = matches!(call.cmdlet.noun, Noun::Contact | Noun::User);
    if !object.is_synced() || (cloud_managed && !person) {
        return Ok(());
    }
    let switches = |parameter: &str| matches!(effect(parameter), None | Some(Effect::SourceOfAuthority));
    match call.arguments().find(|(parameter, _)| !switches(parameter)) {
        None => Ok(()),
        Some((property, _)) => Err(on_premises(tenant, recipient, call.cmdlet.name, property)),
    }
}

/// The refusal to write what the directory masters.
pub(super) fn on_premises(
    tenant: &Tenant,
    recipient: &Recipient<'_>,
    cmdlet: &'static str,
    property: &str,
) -> CmdletError {
    let noun = if recipient.kind == RecipientType::UserMailbox { "mailbox" } else { "Identity" };
    CmdletError::OnPremises { noun, name: name(tenant, recipient), cmdlet, property: property.to_owned() }
}

/// What Exchange keeps of its own: the name, and who masters the attributes. Tells whether it changed.
fn note_own(tenant: &mut Tenant, object: &DirectoryObject, call: &Call) -> bool {
    let before = tenant.exchange().clone();
    let exchange = tenant.exchange_mut();
    if let Some(Argument::Text(name)) = call.get("Name") {
        exchange.names.insert(object.id, name.clone());
    }
    match call.flag("IsExchangeCloudManaged") {
        Some(true) if object.is_synced() => drop(exchange.cloud_managed.insert(object.id)),
        Some(false) => drop(exchange.cloud_managed.remove(&object.id)),
        _ => {}
    }
    *tenant.exchange() != before
}
