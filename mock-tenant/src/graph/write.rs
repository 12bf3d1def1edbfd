//! Changes of users: the body becomes a change of the tenant, the tenant decides.

use std::sync::Arc;

use base64::prelude::*;
use bytes::Bytes;
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::call::{Call, Reply};
use super::error::GraphError;
use super::get::single;
use crate::odata::{Found, Select};
use crate::tenant::{GraphChange, Kind, MutationError, Tenant, Value, View};

/// What `POST /users` must have. Source: microsoft-graph-docs, api/user-post-users.md.
const REQUIRED: &[&str] =
    &["accountEnabled", "displayName", "mailNickname", "passwordProfile", "userPrincipalName"];

/// Settable properties that reading does not give back.
const WRITE_ONLY: &[&str] = &["passwordProfile", "mySite"];

/// `POST /users`.
pub(super) fn create_user(tenant: &mut Tenant, call: &Call<'_>) -> Result<Reply, GraphError> {
    let change = change(call)?;
    for property in REQUIRED.iter().copied() {
        if !change.iter().any(|(name, value)| name.eq_ignore_ascii_case(property) && !is_blank(value)) {
            return Err(MutationError::Required { property, resource: "User" }.into());
        }
    }
    let id = tenant.create(Kind::User, without_secrets(change), call.now)?;
    let select = Select::parse(None, call.user_type(), call.is_beta())?;
    let user = tenant.get(id, View::Committed).ok_or_else(|| GraphError::not_found(&id.to_string()))?;
    let body = single(call, "users", user, &select);
    let tenant_id = tenant.settings().tenant_id;
    let location = format!(
        "https://graph.microsoft.com/v2/{tenant_id}/directoryObjects/{id}/Microsoft.DirectoryServices.User"
    );
    Ok(Reply { status: 201, body: Some(body), text: None, location: Some(location) })
}

/// `PATCH /users/{key}`.
pub(super) fn patch_user(tenant: &mut Tenant, call: &Call<'_>, key: &str) -> Result<Reply, GraphError> {
    let change = change(call)?;
    let id = user_id(tenant, key)?;
    tenant.patch(id, without_secrets(change), call.now)?;
    Ok(Reply::no_content())
}

/// `DELETE /users/{key}`.
pub(super) fn delete_user(tenant: &mut Tenant, call: &Call<'_>, key: &str) -> Result<Reply, GraphError> {
    let id = user_id(tenant, key)?;
    tenant.delete(id, call.now)?;
    Ok(Reply::no_content())
}

fn user_id(tenant: &Tenant, key: &str) -> Result<Uuid, GraphError> {
    tenant.user(key, View::Committed).map(|user| user.id).ok_or_else(|| GraphError::not_found(key))
}

/// Passwords are taken and not kept.
fn without_secrets(change: GraphChange) -> GraphChange {
    change.into_iter().filter(|(name, _)| !name.eq_ignore_ascii_case("passwordProfile")).collect()
}

fn is_blank(value: &Value) -> bool {
    matches!(value, Value::Null) || value.as_text().is_some_and(|text| text.trim().is_empty())
}

fn change(call: &Call<'_>) -> Result<GraphChange, GraphError> {
    let unreadable = |_| {
        let message = "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.";
        GraphError::new(400, "BadRequest", message)
    };
    let body: Map<String, Json> = serde_json::from_slice(call.body).map_err(unreadable)?;
    let members = body.into_iter().filter(|(name, _)| !name.starts_with('@'));
    let members = members.map(|(name, value)| property(call, name, value)).collect::<Result<Vec<_>, _>>()?;
    Ok(members.into_iter().flatten().collect())
}

/// One member of the body as changes of the tenant.
fn property(call: &Call<'_>, name: String, value: Json) -> Result<GraphChange, GraphError> {
    if is(&name, "onPremisesExtensionAttributes") {
        return members(&name, value, "");
    }
    if is(&name, "employeeOrgData") {
        return members(&name, value, "employeeOrgData/");
    }
    if is(&name, "passwordProfile") {
        return Ok(vec![(name, Value::Bool(true))]);
    }
    let known = matches!(call.user_type().find(&name), Found::Served(_))
        || WRITE_ONLY.iter().any(|known| is(known, &name));
    if !known && !crate::tenant::attributes::is_extension(&name) {
        let message =
            format!("Property '{name}' does not exist as a declared property or extension property.");
        return Err(GraphError::new(400, "Request_BadRequest", message));
    }
    let is_certificate = is(&name, "userCertificate") || is(&name, "userSMIMECertificate");
    let value = if is_certificate { certificates(&name, value)? } else { stored(&name, value)? };
    Ok(vec![(name, value)])
}

/// What is kept member by member, under their names with something before them.
fn members(name: &str, value: Json, prefix: &str) -> Result<GraphChange, GraphError> {
    let Json::Object(members) = value else { return Err(invalid(name)) };
    let member = |(name, value): (String, Json)| Ok((format!("{prefix}{name}"), stored(&name, value)?));
    members.into_iter().map(member).collect()
}

fn stored(name: &str, value: Json) -> Result<Value, GraphError> {
    match value {
        Json::Null => Ok(Value::Null),
        Json::Bool(flag) => Ok(Value::Bool(flag)),
        Json::String(text) => Ok(Value::Text(text)),
        Json::Number(number) => number.as_i64().map(Value::Long).ok_or_else(|| invalid(name)),
        Json::Array(items) => texts(items).map(Value::TextList).ok_or_else(|| invalid(name)),
        Json::Object(_) => Err(invalid(name)),
    }
}

fn texts(items: Vec<Json>) -> Option<Vec<String>> {
    items.into_iter().map(|item| item.as_str().map(str::to_owned)).collect()
}

fn certificates(name: &str, value: Json) -> Result<Value, GraphError> {
    let items = match value {
        Json::Null => Vec::new(),
        Json::Array(items) => texts(items).ok_or_else(|| invalid(name))?,
        _ => return Err(invalid(name)),
    };
    let octets = items.iter().map(|text| BASE64_STANDARD.decode(text).map(Bytes::from));
    let octets: Vec<Bytes> = octets.collect::<Result<_, _>>().map_err(|_| invalid(name))?;
    Ok(Value::BinaryList(Arc::from(octets)))
}

fn invalid(name: &str) -> GraphError {
    MutationError::InvalidValue { property: name.to_owned(), resource: "User" }.into()
}

fn is(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b)
}
