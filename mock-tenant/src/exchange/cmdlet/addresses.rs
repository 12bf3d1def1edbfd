//! Addresses of a recipient: one primary, all of them nobody else's.
//! Source: office-docs-powershell, `-EmailAddresses`, `-PrimarySmtpAddress`, `-WindowsEmailAddress` and
//! `-ExternalEmailAddress` of Set-Mailbox, Set-MailUser and Set-MailContact.

use super::argument::Values;
use super::error::CmdletError;
use super::identity::name;
use crate::exchange::recipient::{Recipient, RecipientType};
use crate::tenant::{DirectoryObject, Tenant, Value, View};

/// Sets or changes the list.
///
/// # Errors
/// An address that is none, or somebody else's.
pub(super) fn change(
    tenant: &Tenant,
    object: &mut DirectoryObject,
    kind: RecipientType,
    change: &Values<String>,
) -> Result<(), CmdletError> {
    let list = match change {
        Values::Replace(list) => list.iter().map(|given| typed(given)).collect(),
        Values::Modify { add, remove } => {
            let gone: Vec<String> = remove.iter().map(|given| typed(given).to_lowercase()).collect();
            let mut list = object.proxy_addresses.clone();
            list.retain(|held| !gone.contains(&held.to_lowercase()));
            add.iter().for_each(|given| insert(&mut list, typed(given)));
            list
        }
    };
    put(tenant, object, kind, list)
}

/// Makes an address the primary one; the one that was stays as a secondary one.
///
/// # Errors
/// An address that is none, or somebody else's.
pub(super) fn make_primary(
    tenant: &Tenant,
    object: &mut DirectoryObject,
    kind: RecipientType,
    address: &str,
) -> Result<(), CmdletError> {
    let mut list = object.proxy_addresses.clone();
    if let (true, Some(mail)) = (list.is_empty(), &object.mail) {
        list.push(format!("SMTP:{mail}"));
    }
    insert(&mut list, format!("SMTP:{}", bare(address)));
    put(tenant, object, kind, list)
}

/// Where mail goes. The old one isn't kept as an address; if it was the primary one, the new one is.
///
/// # Errors
/// An address that is none, or somebody else's.
pub(super) fn set_external(
    tenant: &Tenant,
    object: &mut DirectoryObject,
    kind: RecipientType,
    address: &str,
) -> Result<(), CmdletError> {
    let (old, new) = (object.get("targetAddress"), format!("SMTP:{}", bare(address)));
    let old = old.and_then(|value| value.as_text().map(str::to_lowercase)).unwrap_or_default();
    let mut list = object.proxy_addresses.clone();
    let was_primary = list.iter().any(|held| held.starts_with("SMTP:") && held.to_lowercase() == old);
    list.retain(|held| held.to_lowercase() != old);
    if was_primary || list.is_empty() {
        insert(&mut list, new.clone());
    }
    put(tenant, object, kind, list)?;
    object.set("targetAddress", Value::Text(new)).map_err(|error| CmdletError::Invalid(error.to_string()))
}

/// `smtp:a@x` of `a@x`; other types stay.
fn typed(given: &str) -> String {
    if given.contains(':') { given.to_owned() } else { format!("smtp:{given}") }
}

fn bare(address: &str) -> &str {
    let prefix = address.get(..5).filter(|prefix| prefix.eq_ignore_ascii_case("smtp:"));
    prefix.and_then(|_| address.get(5..)).unwrap_or(address)
}

/// Adds an address; a new primary one makes the old one secondary.
fn insert(list: &mut Vec<String>, address: String) {
    list.retain(|held| !held.eq_ignore_ascii_case(&address));
    if address.starts_with("SMTP:") {
        list.iter_mut().for_each(demote);
        list.insert(0, address);
    } else {
        list.push(address);
    }
}

fn demote(address: &mut String) {
    if address.starts_with("SMTP:") {
        *address = format!("smtp:{}", bare(address));
    }
}

fn put(
    tenant: &Tenant,
    object: &mut DirectoryObject,
    kind: RecipientType,
    mut list: Vec<String>,
) -> Result<(), CmdletError> {
    for address in &list {
        check(tenant, object, kind, address)?;
    }
    choose_primary(&mut list);
    object.mail = list.iter().find_map(|address| address.strip_prefix("SMTP:")).map(str::to_owned);
    object.proxy_addresses = list;
    Ok(())
}

/// Exactly one: the first that says so, else the first.
fn choose_primary(list: &mut [String]) {
    let is_smtp = |address: &String| bare(address).len() < address.len();
    let chosen = list.iter().position(|address| address.starts_with("SMTP:"));
    let chosen = chosen.or_else(|| list.iter().position(is_smtp));
    for (at, address) in list.iter_mut().enumerate() {
        if Some(at) == chosen {
            *address = format!("SMTP:{}", bare(address));
        } else {
            demote(address);
        }
    }
}

fn check(
    tenant: &Tenant,
    object: &DirectoryObject,
    kind: RecipientType,
    address: &str,
) -> Result<(), CmdletError> {
    let smtp = bare(address);
    if smtp.len() == address.len() {
        return Ok(());
    }
    let domain = smtp.split_once('@').filter(|(local, domain)| !local.is_empty() && !domain.is_empty());
    let (_, domain) = domain.ok_or_else(|| not_an_address(smtp))?;
    if kind == RecipientType::UserMailbox && !tenant.company().is_verified(domain) {
        return Err(CmdletError::NotAcceptedDomain);
    }
    let holder = tenant.with_address(address, View::Committed).find(|other| other.id != object.id);
    match holder.cloned().and_then(|holder| Recipient::of(std::borrow::Cow::Owned(holder))) {
        None => Ok(()),
        Some(holder) => {
            let owner = name(tenant, &holder);
            Err(CmdletError::AddressTaken { address: address.to_owned(), owner })
        }
    }
}

fn not_an_address(address: &str) -> CmdletError {
    CmdletError::Invalid(format!(
        "The email address \"{address}\" isn't correct. Please use this format: user name, the @ sign, followed by the domain name. For example, tonysmith@contoso.com or tony.smith@contoso.com."
    ))
}
