//! `$ref`: who is a member.

use serde_json::{Value as Json, json};

use super::call::{Call, Reply};
use crate::tenant::{DirectoryObject, Kind, Tenant};

/// `GET …/$ref`: the ids of what is there.
pub(super) fn list(tenant: &Tenant, call: &Call<'_>, found: &[&DirectoryObject]) -> Reply {
    let link = |object: &&DirectoryObject| json!({"@odata.id": location(tenant, object)});
    let value: Vec<Json> = found.iter().map(link).collect();
    let context = format!("{}/$metadata#Collection($ref)", call.root());
    Reply::ok(json!({"@odata.context": context, "value": value}))
}

/// Where Graph says that an object is.
pub(super) fn location(tenant: &Tenant, object: &DirectoryObject) -> String {
    let (tenant, id) = (tenant.settings().tenant_id, object.id);
    let of = match object.kind() {
        Kind::User => "User",
        Kind::Group => "Group",
        Kind::Contact => "Contact",
        Kind::Device => "Device",
    };
    format!("https://graph.microsoft.com/v2/{tenant}/directoryObjects/{id}/Microsoft.DirectoryServices.{of}")
}
