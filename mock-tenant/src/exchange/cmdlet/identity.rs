//! Which recipient an identity means.
//! Source: office-docs-powershell, `-Identity` of Get-Recipient: name, alias, distinguished name, canonical name, e-mail
//! address, GUID, user principal name; display name where the cmdlet's page lists it.

use uuid::Uuid;

use super::error::CmdletError;
use super::table::Noun;
use crate::exchange::recipient::{Recipient, RecipientType, recipients, with_address};
use crate::tenant::{Kind, Tenant, View};

/// Whether a cmdlet of that noun is for this recipient.
pub(super) fn is_for(noun: Noun, kind: RecipientType) -> bool {
    match noun {
        Noun::MailUser => kind == RecipientType::MailUser,
        Noun::Mailbox => kind == RecipientType::UserMailbox,
        Noun::MailContact | Noun::Contact => kind == RecipientType::MailContact,
        Noun::User => matches!(kind, RecipientType::MailUser | RecipientType::UserMailbox),
        Noun::Recipient => true,
        Noun::SmimeConfig | Noun::OrganizationConfig | Noun::AcceptedDomain => false,
    }
}

/// The one recipient that is meant.
///
/// # Errors
/// There is none, or more than one.
pub(super) fn resolve<'a>(
    tenant: &'a Tenant,
    noun: Noun,
    identity: &str,
    view: View,
) -> Result<Recipient<'a>, CmdletError> {
    let mut found = candidates(tenant, noun, identity, view);
    match found.len() {
        0 => Err(CmdletError::NotFound(identity.to_owned())),
        1 => Ok(found.remove(0)),
        _ => Err(CmdletError::Ambiguous(identity.to_owned())),
    }
}

/// By what is unique first; names are searched for among all.
fn candidates<'a>(tenant: &'a Tenant, noun: Noun, identity: &str, view: View) -> Vec<Recipient<'a>> {
    let wanted = |recipient: &Recipient<'_>| is_for(noun, recipient.kind);
    if let Ok(id) = Uuid::try_parse(identity) {
        let by_id = tenant.exchange_object(id, view).and_then(Recipient::of).filter(wanted);
        if let Some(recipient) = by_id {
            return vec![recipient];
        }
    }
    let by_address: Vec<_> = with_address(tenant, identity, view).into_iter().filter(wanted).collect();
    if !by_address.is_empty() {
        return by_address;
    }
    let all = recipients(tenant, view).filter(wanted);
    all.filter(|recipient| is_named(tenant, recipient, identity)).collect()
}

fn is_named(tenant: &Tenant, recipient: &Recipient<'_>, identity: &str) -> bool {
    let object = &recipient.object;
    let same = |name: &str| name.to_lowercase() == identity.to_lowercase();
    same(&name(tenant, recipient))
        || object.mail_nickname.as_deref().is_some_and(same)
        || object.display_name.as_deref().is_some_and(same)
        || same(&distinguished_name(tenant, recipient))
        || same(&legacy_dn(tenant, recipient))
        || same(&guid(tenant, object.id).to_string())
}

/// `Name`: as it was set; else the object id of a user (what the service does since 2023), a contact's display name.
pub(super) fn name(tenant: &Tenant, recipient: &Recipient<'_>) -> String {
    let object = &recipient.object;
    let set = tenant.exchange().names.get(&object.id).cloned();
    set.unwrap_or_else(|| match (object.kind(), &object.display_name) {
        (Kind::User, _) | (_, None) => object.id.to_string(),
        (_, Some(display_name)) => display_name.clone(),
    })
}

/// `Guid`: the object's own in Exchange's directory.
pub(super) fn guid(tenant: &Tenant, id: Uuid) -> Uuid {
    tenant.ids().uuid(&format!("exchange/{id}"))
}

/// `OrganizationalUnit`.
pub(super) fn organizational_unit(tenant: &Tenant) -> String {
    format!(
        "eurpr00a000.prod.outlook.com/Microsoft Exchange Hosted Organizations/{}",
        tenant.settings().initial_domain
    )
}

/// `DistinguishedName`.
pub(super) fn distinguished_name(tenant: &Tenant, recipient: &Recipient<'_>) -> String {
    format!(
        "CN={},OU={},OU=Microsoft Exchange Hosted Organizations,DC=EURPR00A000,DC=PROD,DC=OUTLOOK,DC=COM",
        name(tenant, recipient),
        tenant.settings().initial_domain
    )
}

/// `LegacyExchangeDN`: as the directory wrote it, else of the service's form.
pub(super) fn legacy_dn(tenant: &Tenant, recipient: &Recipient<'_>) -> String {
    let object = &recipient.object;
    let written = object.get("legacyExchangeDN").and_then(|value| value.as_text().map(str::to_owned));
    written.unwrap_or_else(|| {
        let alias = object.mail_nickname.as_deref().unwrap_or_default();
        let number = guid(tenant, object.id).simple();
        format!(
            "/o=ExchangeLabs/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients/cn={number}-{alias}"
        )
    })
}
