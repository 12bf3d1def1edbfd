//! On whose behalf a request is made.
//! Sources: EWS reference, ExchangeImpersonation and ConnectingSID; the two refusals by kind of token as the service words
//! them (OfficeDev/ews-managed-api issues 212 and 245).

use super::caller::Caller;
use super::fault::{Fault, TYPES};
use crate::exchange::recipient::{RecipientType, with_address};
use crate::tenant::{Tenant, View};
use crate::xml::Element;

/// Names of the identifier, of which one must be there.
const IDENTIFIERS: &[&str] = &["PrimarySmtpAddress", "SmtpAddress", "PrincipalName", "SID"];

/// Checks the header of a request by its caller: an application must name a mailbox, a user must not.
///
/// # Errors
/// What is wrong with it.
pub(super) fn check(envelope: &Element, caller: &Caller, tenant: &Tenant, view: View) -> Result<(), Fault> {
    let invalid = |message: &str| Fault::new("ErrorInvalidExchangeImpersonationHeaderData", message);
    let header = envelope.get("Header").and_then(|header| header.get("ExchangeImpersonation"));
    match (header.filter(|header| &*header.namespace == TYPES), caller.must_impersonate) {
        (None, Some(true)) => {
            Err(invalid("ExchangeImpersonation SOAP header must be present for this type of OAuth token."))
        }
        (Some(_), Some(false)) => {
            Err(invalid("ExchangeImpersonation SOAP header must not exist for this type of OAuth token."))
        }
        (None, _) => Ok(()),
        (Some(header), _) => mailbox(header, tenant, view),
    }
}

fn mailbox(header: &Element, tenant: &Tenant, view: View) -> Result<(), Fault> {
    let account = header.get("ConnectingSID");
    let named = account.and_then(|account| IDENTIFIERS.iter().find_map(|name| account.get(name)));
    let named = named.map(|name| name.content().trim().to_owned()).filter(|name| !name.is_empty());
    let name = named.ok_or_else(|| {
        Fault::new(
            "ErrorInvalidExchangeImpersonationHeaderData",
            "ExchangeImpersonation SOAP header names no account.",
        )
    })?;
    let has_mailbox = |name: &str| {
        let found = with_address(tenant, name, view).into_iter().map(|recipient| recipient.kind);
        found.into_iter().any(|kind| kind == RecipientType::UserMailbox)
    };
    if has_mailbox(&name) || has_upn_mailbox(tenant, &name, view) {
        return Ok(());
    }
    Err(Fault::new("ErrorNonExistentMailbox", "The SMTP address has no mailbox associated with it."))
}

/// A sign-in name that is nobody's address.
fn has_upn_mailbox(tenant: &Tenant, name: &str, view: View) -> bool {
    let user = tenant.user(name, view).and_then(|user| tenant.exchange_object(user.id, view));
    user.and_then(crate::exchange::recipient::Recipient::of)
        .is_some_and(|recipient| recipient.kind == RecipientType::UserMailbox)
}
