//! `microsoft.graph.orgContact`: what is read in a way of its own.

use std::sync::LazyLock;

use super::read::{
    CREATED, DISPLAY_NAME, ID, LAST_SYNC, MAIL, MAIL_NICKNAME, PROVISIONING_ERRORS, PROXY_ADDRESSES,
    SYNC_ENABLED, readers,
};
use super::table::entity;
use crate::odata::{EntityType, Read, Value};
use crate::tenant::{DirectoryObject, Value as Stored};

/// A contact of the organization.
pub static CONTACT: LazyLock<EntityType<DirectoryObject>> =
    LazyLock::new(|| entity("microsoft.graph.orgContact", "OrgContact", &readers(OWN)));

pub(super) const OWN: &[(&str, Read<DirectoryObject>)] = &[
    ("addresses", addresses),
    CREATED,
    DISPLAY_NAME,
    ID,
    LAST_SYNC,
    MAIL,
    MAIL_NICKNAME,
    PROVISIONING_ERRORS,
    ("phones", phones),
    PROXY_ADDRESSES,
    SYNC_ENABLED,
];

fn text_of(contact: &DirectoryObject, name: &str) -> serde_json::Value {
    contact.get_graph(name).map_or(serde_json::Value::Null, |value| value.to_json())
}

fn addresses<'a>(contact: &'a DirectoryObject, _: &str) -> Value<'a> {
    let member = |name: &str, graph: &str| (name.to_owned(), text_of(contact, graph));
    let members = [
        member("city", "city"),
        member("countryOrRegion", "country"),
        member("officeLocation", "officeLocation"),
        member("postalCode", "postalCode"),
        member("state", "state"),
        member("street", "streetAddress"),
    ];
    Value::Complex(serde_json::Value::Array(vec![serde_json::Value::Object(members.into_iter().collect())]))
}

const PHONES: &[(&str, &str)] =
    &[("mobile", "mobilePhone"), ("business", "telephoneNumber"), ("businessFax", "faxNumber")];

fn phones<'a>(contact: &'a DirectoryObject, _: &str) -> Value<'a> {
    let phone = |(kind, name): &(&str, &str)| match contact.get_graph(name) {
        Some(Stored::Text(number)) => serde_json::json!({"number": number, "type": kind}),
        _ => serde_json::json!({"number": null, "type": kind}),
    };
    Value::Complex(PHONES.iter().map(phone).collect())
}
