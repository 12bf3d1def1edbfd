//! A body as a change of the tenant.

use std::sync::Arc;

use base64::prelude::*;
use bytes::Bytes;
use serde_json::Value as Json;
use uuid::Uuid;

use super::call::Call;
use super::error::GraphError;
use super::mixed::entity_of;
use super::model::{Relation, is};
use super::{body, links};
use crate::odata::Found;
use crate::tenant::{GraphChange, Kind, MutationError, Tenant, Value};

/// Settable properties that reading does not give back.
const WRITE_ONLY: &[&str] = &["passwordProfile", "mySite", "showInAddressList", "employeeHireDate"];

/// Relationships that a body may set. Sources: microsoft-graph-docs, api/group-post-groups.md, group-update.md,
/// user-post-users.md.
const BOUND: &[(&str, Kind, Relation)] = &[
    ("members@odata.bind", Kind::Group, Relation::Members),
    ("owners@odata.bind", Kind::Group, Relation::Owners),
    ("manager@odata.bind", Kind::User, Relation::Manager),
];

/// What a body asks for.
pub(super) struct Change {
    /// Properties.
    pub(super) properties: GraphChange,
    /// New ends of relationships.
    pub(super) links: Vec<(Relation, Uuid)>,
    given: Vec<String>,
}

impl Change {
    /// Reads the body of a call on an object of that type.
    pub(super) fn read(tenant: &Tenant, call: &Call<'_>, kind: Kind) -> Result<Self, GraphError> {
        let mut change = Self { properties: Vec::new(), links: Vec::new(), given: Vec::new() };
        for (name, value) in body::object(call)? {
            if let Some((_, _, relation)) =
                BOUND.iter().find(|(bound, of, _)| is(bound, &name) && *of == kind)
            {
                change.links.extend(bound(tenant, call, *relation, &name, &value)?);
            } else if !name.contains('@') {
                change.add(call, kind, name, value)?;
            }
        }
        Ok(change)
    }

    /// A property was given, and not as nothing.
    pub(super) fn gives(&self, name: &str) -> bool {
        self.given.iter().any(|given| is(given, name))
    }

    fn add(&mut self, call: &Call<'_>, kind: Kind, name: String, value: Json) -> Result<(), GraphError> {
        if !is_blank(&value) {
            self.given.push(name.clone());
        }
        self.properties.extend(property(call, kind, name, value)?);
        Ok(())
    }
}

fn bound(
    tenant: &Tenant,
    call: &Call<'_>,
    relation: Relation,
    name: &str,
    value: &Json,
) -> Result<Vec<(Relation, Uuid)>, GraphError> {
    let urls: Vec<&str> = match value {
        Json::String(url) => vec![url],
        Json::Array(list) => list.iter().filter_map(Json::as_str).collect(),
        _ => return Err(invalid(name, "Group")),
    };
    if urls.len() > links::BOUND_MAX {
        let max = links::BOUND_MAX;
        let message = format!("Too many references in '{name}': {}. The maximum is {max}.", urls.len());
        return Err(GraphError::new(400, "Request_BadRequest", message));
    }
    urls.into_iter().map(|url| Ok((relation, links::referred(tenant, call, url)?))).collect()
}

fn is_blank(value: &Json) -> bool {
    value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty())
}

/// One member of the body as changes of the tenant.
fn property(call: &Call<'_>, kind: Kind, name: String, value: Json) -> Result<GraphChange, GraphError> {
    let resource = kind.name();
    if is(&name, "onPremisesExtensionAttributes") || is(&name, "extensionAttributes") {
        return members(&name, value, "", resource);
    }
    if is(&name, "employeeOrgData") {
        return members(&name, value, "employeeOrgData/", resource);
    }
    let is_writable = WRITE_ONLY.iter().any(|known| is(known, &name))
        || (call.is_beta() && is(&name, "onPremisesObjectIdentifier"));
    match entity_of(call, kind).find(&name) {
        Found::Unknown if !is_writable => {
            let message =
                format!("Property '{name}' does not exist as a declared property or extension property.");
            return Err(GraphError::new(400, "Request_BadRequest", message));
        }
        Found::Unserved(known) if !is_writable => {
            return Err(GraphError::not_by_double(&format!("the property '{known}'")));
        }
        _ => {}
    }
    if is(&name, "passwordProfile") {
        // passwords are taken and not kept: the tenant hears only that there was one
        return Ok(vec![(name, Value::Bool(true))]);
    }
    let is_certificate = is(&name, "userCertificate") || is(&name, "userSMIMECertificate");
    let value = if is_certificate { certificates(&name, value)? } else { stored(&name, value, resource)? };
    Ok(vec![(name, value)])
}

/// What is kept member by member, under their names with something before them.
fn members(name: &str, value: Json, prefix: &str, resource: &'static str) -> Result<GraphChange, GraphError> {
    let Json::Object(members) = value else { return Err(invalid(name, resource)) };
    let member =
        |(name, value): (String, Json)| Ok((format!("{prefix}{name}"), stored(&name, value, resource)?));
    members.into_iter().map(member).collect()
}

fn stored(name: &str, value: Json, resource: &'static str) -> Result<Value, GraphError> {
    let invalid = || invalid(name, resource);
    match value {
        Json::Null => Ok(Value::Null),
        Json::Bool(flag) => Ok(Value::Bool(flag)),
        Json::String(text) => Ok(Value::Text(text)),
        Json::Number(number) => number.as_i64().map(Value::Long).ok_or_else(invalid),
        Json::Array(items) => texts(items).map(Value::TextList).ok_or_else(invalid),
        Json::Object(_) => Err(invalid()),
    }
}

fn texts(items: Vec<Json>) -> Option<Vec<String>> {
    items.into_iter().map(|item| item.as_str().map(str::to_owned)).collect()
}

fn certificates(name: &str, value: Json) -> Result<Value, GraphError> {
    let items = match value {
        Json::Null => Vec::new(),
        Json::Array(items) => texts(items).ok_or_else(|| invalid(name, "User"))?,
        _ => return Err(invalid(name, "User")),
    };
    let octets = items.iter().map(|text| BASE64_STANDARD.decode(text).map(Bytes::from));
    let octets: Vec<Bytes> = octets.collect::<Result<_, _>>().map_err(|_| invalid(name, "User"))?;
    Ok(Value::BinaryList(Arc::from(octets)))
}

fn invalid(name: &str, resource: &'static str) -> GraphError {
    MutationError::InvalidValue { property: name.to_owned(), resource }.into()
}
