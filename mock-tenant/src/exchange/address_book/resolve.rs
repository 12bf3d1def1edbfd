//! Whom a name means. Source: EWS reference, "UnresolvedEntry" (first name, last name, display name, full name, office,
//! alias and SMTP address; a routing type in front asks for a partial match against each proxy address, without one only
//! the primary address is looked at) and "ResolveNames operation"; MS-ADTS 3.1.1.3.1.3.6 for how a name of two words
//! matches given name and surname in either order.

use crate::exchange::recipient::{Recipient, recipients};
use crate::tenant::{Tenant, View};

/// Most candidates of an answer. Source: "ResolveNames operation".
pub const CANDIDATES_MAX: usize = 100;

/// Everybody of the address book whom a name means, in the order of creation. A whole primary address means its owner
/// alone; an equals sign in front of a name asks for the whole name.
#[must_use]
pub fn find<'a>(tenant: &'a Tenant, name: &str, view: View) -> Vec<Recipient<'a>> {
    let name = name.trim().to_lowercase();
    if name.is_empty() {
        return Vec::new();
    }
    let visible = recipients(tenant, view).filter(|recipient| !recipient.is_hidden());
    let found: Vec<Recipient<'a>> = visible.filter(|recipient| is_meant(recipient, &name)).collect();
    let owner = found.iter().position(|recipient| recipient.address().to_lowercase() == name);
    match owner {
        Some(at) => found.into_iter().skip(at).take(1).collect(),
        None => found,
    }
}

fn is_meant(recipient: &Recipient<'_>, wanted: &str) -> bool {
    if has_routing_type(wanted) {
        let held = |address: &String| address.to_lowercase().starts_with(wanted);
        return recipient.object.proxy_addresses.iter().any(held)
            || format!("smtp:{}", recipient.address().to_lowercase()).starts_with(wanted);
    }
    match wanted.strip_prefix('=') {
        Some(whole) => names(recipient).any(|name| name == whole),
        None => names(recipient).any(|name| begins(&name, wanted)) || is_full_name(recipient, wanted),
    }
}

/// `smtp:`, `sip:`, `x500:`: letters and digits before a colon.
fn has_routing_type(wanted: &str) -> bool {
    wanted.split_once(':').is_some_and(|(routing_type, _)| {
        !routing_type.is_empty() && routing_type.bytes().all(|c| c.is_ascii_alphanumeric())
    })
}

/// The names that count, in lower case.
fn names<'a>(recipient: &'a Recipient<'_>) -> impl Iterator<Item = String> + 'a {
    let object = &recipient.object;
    let own = [object.display_name.as_deref(), object.mail_nickname.as_deref(), Some(recipient.address())];
    let own = own.into_iter().flatten().map(str::to_lowercase);
    own.chain(
        ["givenName", "surname", "officeLocation"].into_iter().filter_map(|name| property(recipient, name)),
    )
}

fn property(recipient: &Recipient<'_>, name: &str) -> Option<String> {
    recipient.object.get_graph(name).and_then(|value| value.as_text().map(str::to_lowercase))
}

/// A name begins so, or one of its words does, from there on.
fn begins(name: &str, wanted: &str) -> bool {
    name.starts_with(wanted)
        || name
            .match_indices(' ')
            .any(|(at, _)| name.get(at + 1..).is_some_and(|rest| rest.starts_with(wanted)))
}

/// `given sur` or `sur given`, each the beginning of a name.
fn is_full_name(recipient: &Recipient<'_>, wanted: &str) -> bool {
    let (Some(given), Some(surname)) = (property(recipient, "givenName"), property(recipient, "surname"))
    else {
        return false;
    };
    wanted.split_once([' ', ',']).is_some_and(|(first, second)| {
        let second = second.trim_start();
        (given.starts_with(first) && surname.starts_with(second))
            || (surname.starts_with(first) && given.starts_with(second))
    })
}
