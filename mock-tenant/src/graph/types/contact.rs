//! `microsoft.graph.orgContact`. Source: microsoft-graph-docs, resources/orgcontact.md.

use super::read::{
    ID, display_name, empty, last_sync, mail, mail_nickname, provisioning_errors, proxy_addresses,
    sync_enabled, text,
};
use crate::odata::{EdmType, EntityType, Ops, Property, Value};
use crate::tenant::{DirectoryObject, Value as Stored};

/// A contact of the organization.
pub(in crate::graph) static CONTACT: EntityType<DirectoryObject> = EntityType {
    name: "microsoft.graph.orgContact",
    resource: "OrgContact",
    properties: &[
        Property {
            name: "addresses",
            edm: EdmType::Complex,
            default: true,
            ops: Ops::NONE,
            read: |c, _| addresses(c),
        },
        text("companyName", true, Ops::TEXT),
        text("department", true, Ops::TEXT),
        display_name(Ops::TEXT.or(Ops::ORDER)),
        text("givenName", true, Ops::TEXT),
        text("jobTitle", true, Ops::TEXT),
        mail(Ops::TEXT),
        mail_nickname(true),
        last_sync(true),
        provisioning_errors(true),
        sync_enabled(true),
        Property {
            name: "phones",
            edm: EdmType::Complex,
            default: true,
            ops: Ops::NONE,
            read: |c, _| phones(c),
        },
        proxy_addresses(true),
        empty("serviceProvisioningErrors"),
        text("surname", true, Ops::TEXT),
        ID,
    ],
    unserved: &[],
};

fn text_of(contact: &DirectoryObject, name: &str) -> serde_json::Value {
    contact.get_graph(name).map_or(serde_json::Value::Null, |value| value.to_json())
}

fn addresses(contact: &DirectoryObject) -> Value<'_> {
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

fn phones(contact: &DirectoryObject) -> Value<'_> {
    let phone = |(kind, name): &(&str, &str)| match contact.get_graph(name) {
        Some(Stored::Text(number)) => serde_json::json!({"number": number, "type": kind}),
        _ => serde_json::json!({"number": null, "type": kind}),
    };
    Value::Complex(PHONES.iter().map(phone).collect())
}
