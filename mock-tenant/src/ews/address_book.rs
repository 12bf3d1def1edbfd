//! Exchange's address book: who is in it, and whom a name means.

use crate::tenant::{DirectoryObject, Kind, Tenant, Value, View};

/// Somebody in the address book, as Exchange's copy of the directory has them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Recipient<'a> {
    /// The copy.
    pub object: &'a DirectoryObject,
    /// Primary SMTP address.
    pub address: &'a str,
}

/// Whom a name means. An address (with or without `smtp:`) means those that have it; anything else is resolved as Exchange
/// does ambiguous names: by the beginning of display name, alias, given name, surname or address.
/// Source: "How to: resolve ambiguous names by using EWS" and MS-ADTS 3.1.1.3.1.3.6 (ANR).
#[must_use]
pub fn find<'a>(tenant: &'a Tenant, name: &str, view: View) -> Vec<Recipient<'a>> {
    let name = name.trim();
    let address = match name.split_at_checked("smtp:".len()) {
        Some((prefix, address)) if prefix.eq_ignore_ascii_case("smtp:") => address,
        _ => name,
    };
    let exact = by_address(tenant, address, view);
    if !exact.is_empty() || address.len() != name.len() || name.is_empty() {
        return exact;
    }
    let wanted = name.to_lowercase();
    let objects = Kind::ALL.into_iter().flat_map(|kind| tenant.objects(kind, 0, view));
    objects.filter_map(|(_, object)| recipient(object)).filter(|found| is_meant(found, &wanted)).collect()
}

fn by_address<'a>(tenant: &'a Tenant, address: &str, view: View) -> Vec<Recipient<'a>> {
    let mut found: Vec<Recipient<'a>> = tenant.with_address(address, view).filter_map(recipient).collect();
    if found.is_empty() && address.contains('@') {
        found.extend(tenant.user(address, view).and_then(recipient));
    }
    found
}

/// The object as a recipient: not a device, not hidden, and with an address.
fn recipient(object: &DirectoryObject) -> Option<Recipient<'_>> {
    let hidden = object.properties.get("msExchHideFromAddressLists") == Some(&Value::Bool(true));
    if object.kind() == Kind::Device || hidden {
        return None;
    }
    let own = || object.mail_nickname.as_ref().and_then(|_| object.user_principal_name());
    let address = object.primary_smtp().or(object.mail.as_deref()).or_else(own)?;
    Some(Recipient { object, address })
}

fn is_meant(found: &Recipient<'_>, wanted: &str) -> bool {
    let property =
        |name: &str| found.object.get_graph(name).and_then(|value| value.as_text().map(str::to_lowercase));
    let names =
        [found.object.display_name.as_deref(), found.object.mail_nickname.as_deref(), Some(found.address)];
    names.into_iter().flatten().any(|name| name.to_lowercase().starts_with(wanted))
        || ["givenName", "surname"]
            .iter()
            .filter_map(|name| property(name))
            .any(|name| name.starts_with(wanted))
}
