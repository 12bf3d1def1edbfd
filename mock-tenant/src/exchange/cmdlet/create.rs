//! New-MailUser and New-MailContact.

use jiff::Timestamp;

use super::addresses;
use super::call::Call;
use super::changes::{apply, shared};
use super::error::CmdletError;
use super::identity::distinguished_name;
use super::rows::row;
use super::run::Output;
use super::table::Noun;
use crate::exchange::recipient::{Recipient, RecipientType, recipients};
use crate::tenant::{Contact, Detail, DirectoryObject, Step, Tenant, User, View};

/// Runs the cmdlet.
///
/// # Errors
/// A name or an address that somebody has, or that can't be.
pub(super) fn create(tenant: &mut Tenant, call: &Call, now: Timestamp) -> Result<Output, CmdletError> {
    let name = call.text("Name").unwrap_or_default().to_owned();
    check_name(tenant, &name)?;
    let (kind, detail) = match call.cmdlet.noun {
        Noun::MailContact => (RecipientType::MailContact, Detail::Contact(Contact)),
        _ => (RecipientType::MailUser, account(tenant, call)?),
    };
    let id = tenant.id_for_exchange(&name);
    let mut object = DirectoryObject::new(id, detail, now);
    object.display_name = Some(name.clone());
    object.mail_nickname = Some(alias(&object, &name));
    object.source_anchor = call.text("ImmutableId").map(str::to_owned);
    // a cloud user without an external address gets mail at the sign-in name
    let (own, external) =
        (object.user_principal_name().map(str::to_owned), call.text("ExternalEmailAddress"));
    if let (Some(own), None) = (own, external) {
        addresses::set_external(tenant, &mut object, kind, &own)?;
    }
    apply(tenant, &mut object, kind, call)?;
    if call.flag("WhatIf") == Some(true) {
        return Ok(Output::default());
    }
    tenant.exchange_mut().names.insert(id, name);
    let step = Step::Created(shared(&object));
    tenant.commit_in_exchange(object, step, now);
    let made = tenant.exchange_object(id, tenant.exchange_view(now)).and_then(Recipient::of);
    Ok(Output::rows(made.map(|made| row(tenant, &made)).into_iter().collect()))
}

fn check_name(tenant: &Tenant, name: &str) -> Result<(), CmdletError> {
    let named =
        |recipient: &Recipient<'_>| super::identity::name(tenant, recipient).eq_ignore_ascii_case(name);
    match recipients(tenant, View::Committed).find(named) {
        Some(holder) => Err(CmdletError::Exists(distinguished_name(tenant, &holder))),
        None => Ok(()),
    }
}

/// A user to sign in with that name.
fn account(tenant: &Tenant, call: &Call) -> Result<Detail, CmdletError> {
    let upn = call.text("MicrosoftOnlineServicesID").unwrap_or_default();
    let domain = upn.split_once('@').filter(|(local, _)| !local.is_empty()).map(|(_, domain)| domain);
    let domain = domain.ok_or_else(|| CmdletError::Invalid(format!("\"{upn}\" isn't a valid user ID.")))?;
    if !tenant.company().is_verified(domain) {
        return Err(CmdletError::NotAcceptedDomain);
    }
    match tenant.user(upn, View::Committed) {
        Some(_) => Err(CmdletError::Invalid(format!(
            "The user ID \"{upn}\" is already being used. Please try another user ID."
        ))),
        None => Ok(Detail::User(User {
            user_principal_name: upn.to_owned(),
            account_enabled: true,
            roles: Vec::new(),
            ..User::default()
        })),
    }
}

/// The beginning of the sign-in name, else the name without spaces, with `?` for what an alias can't have.
/// Source: office-docs-powershell, `-Alias` of New-MailUser and New-MailContact.
fn alias(object: &DirectoryObject, name: &str) -> String {
    let source = object.user_principal_name().and_then(|upn| upn.split('@').next()).unwrap_or(name);
    let allowed = |c: char| c.is_alphanumeric() || "!#%*+-/=?^_~.$&'`{}|".contains(c);
    let characters = source.chars().filter(|c| !c.is_whitespace());
    characters.map(|c| if allowed(c) { c } else { '?' }).collect()
}
