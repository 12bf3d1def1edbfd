//! Properties of an object by name: what has a field of its own, and the rest.

use std::sync::Arc;

use super::attributes::{self, Syntax};
use super::model::{Detail, DirectoryObject};
use super::value::{Certificates, Value, no_certificates};

/// A value that a property can't take.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("property '{name}' takes {expected}, not {got}")]
pub struct WrongType {
    /// Property.
    pub name: String,
    /// What it takes.
    pub expected: &'static str,
    /// What was given.
    pub got: &'static str,
}

/// Graph's name, the name under which the directory and Graph write it, and another spelling that directories use.
/// Source: entra docs, "attributes synchronized", and Graph's `user` resource type.
const GRAPH_NAMES: &[(&str, &str, &str)] = &[
    ("businessPhones", "telephoneNumber", "businessPhones"),
    ("city", "city", "l"),
    ("companyName", "company", "companyName"),
    ("country", "country", "co"),
    ("faxNumber", "facsimileTelephoneNumber", "faxNumber"),
    ("jobTitle", "title", "jobTitle"),
    ("mobilePhone", "mobile", "mobilePhone"),
    ("officeLocation", "physicalDeliveryOfficeName", "officeLocation"),
    ("onPremisesImmutableId", "sourceAnchor", "onPremisesImmutableId"),
    ("onPremisesSecurityIdentifier", "onPremiseSecurityIdentifier", "onPremisesSecurityIdentifier"),
    ("state", "state", "st"),
    ("surname", "surname", "sn"),
];

/// The name under which Graph's property is stored, and another one.
#[must_use]
pub fn stored_names(name: &str) -> (&str, &str) {
    let found = GRAPH_NAMES.iter().find(|(graph, _, _)| graph.eq_ignore_ascii_case(name));
    found.map_or((name, name), |(_, stored, other)| (*stored, *other))
}

/// The name under which a property of Graph is stored.
pub(super) fn stored_name(name: &str) -> &str {
    stored_names(name).0
}

impl DirectoryObject {
    /// A property by its name in any letter case; `None` if it has no value or the type has no such property.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Value> {
        let name = attributes::canonical(name);
        match name.as_ref() {
            "displayName" => text(self.display_name.as_deref()),
            "mail" => text(self.mail.as_deref()),
            "mailNickname" => text(self.mail_nickname.as_deref()),
            "sourceAnchor" => text(self.source_anchor.as_deref()),
            "cloudAnchor" => Some(Value::Text(self.cloud_anchor())),
            "userPrincipalName" => text(self.user_principal_name()),
            "deviceId" => text(self.device().and_then(|device| device.device_id.as_deref())),
            "accountEnabled" => self.account_enabled().map(Value::Bool),
            "securityEnabled" => self.group().map(|group| Value::Bool(group.security_enabled)),
            "mailEnabled" => self.group().map(|group| Value::Bool(group.mail_enabled)),
            "proxyAddresses" => some(&self.proxy_addresses).map(|list| Value::TextList(list.to_vec())),
            "userCertificate" => {
                some(&self.user_certificate).map(|_| Value::BinaryList(self.user_certificate.clone()))
            }
            "userSMIMECertificate" => some(&self.user_smime_certificate)
                .map(|_| Value::BinaryList(self.user_smime_certificate.clone())),
            other => self.properties.get(other).cloned(),
        }
    }

    /// Everything that the directory wrote, by canonical name: what a read-back tells. A sign-in name that the tenant
    /// rewrote, and addresses that it dropped, added or quarantined, are told as they were written.
    #[must_use]
    pub fn written(&self) -> Vec<(&str, Value)> {
        const FIELDS: [&str; 7] = [
            "accountEnabled",
            "deviceId",
            "displayName",
            "mailEnabled",
            "securityEnabled",
            "userCertificate",
            "userSMIMECertificate",
        ];
        let fields = FIELDS.iter().filter_map(|name| Some((*name as &str, self.get(name)?)));
        let others = self.properties.iter().map(|(name, value)| (name, value.clone()));
        // A client that knows the property stops writing an object whose source of authority is the cloud.
        // Source: entra docs, how-to-user-source-of-authority-configure.
        let blocked: Option<(&str, Value)> =
            self.cloud_managed.then_some(("blockOnPremisesSync", Value::Bool(true)));
        let mut written: Vec<_> = fields.chain(self.written_names()).collect();
        written.sort_by_key(|(name, _)| name.to_ascii_lowercase());
        written.extend(others.chain(blocked));
        written
    }

    fn written_names(&self) -> impl Iterator<Item = (&str, Value)> {
        let shadow = self.as_shadowed();
        let addresses = Value::TextList(shadow.proxy_addresses);
        [
            ("mail", shadow.mail.map(Value::Text)),
            ("mailNickname", shadow.mail_nickname.map(Value::Text)),
            ("proxyAddresses", Some(addresses).filter(|addresses| !addresses.is_nothing())),
            ("userPrincipalName", shadow.user_principal_name.map(Value::Text)),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
    }

    /// A property by Graph's name: `jobTitle` is what the directory wrote as `title`, and so on.
    #[must_use]
    pub fn get_graph(&self, name: &str) -> Option<Value> {
        let (stored, other) = stored_names(name);
        self.get(stored).or_else(|| self.get(other))
    }

    /// A property by Graph's name, of those that have no field of their own.
    #[must_use]
    pub fn kept(&self, name: &str) -> Option<&Value> {
        let (stored, other) = stored_names(name);
        let find = |name: &str| self.properties.get(&attributes::canonical(name));
        find(stored).or_else(|| find(other))
    }

    /// Sets a property by Graph's name.
    ///
    /// # Errors
    /// The value has a type that the property can't take.
    pub fn set_graph(&mut self, name: &str, value: Value) -> Result<(), WrongType> {
        self.set(stored_names(name).0, value)
    }

    /// Sets a property by its name in any letter case. What decides about the object as a whole (anchors, sign-in name,
    /// members) is not set here.
    ///
    /// # Errors
    /// The value has a type that the property can't take.
    pub fn set(&mut self, name: &str, value: Value) -> Result<(), WrongType> {
        let name = attributes::canonical(name);
        let value = coerce(&name, value)?;
        match (name.as_ref(), &mut self.detail) {
            ("displayName", _) => self.display_name = into_text(value),
            ("mail", _) => self.mail = into_text(value),
            ("mailNickname", _) => self.mail_nickname = into_text(value),
            ("proxyAddresses", _) => self.proxy_addresses = into_texts(value),
            ("userCertificate", _) => self.user_certificate = into_binaries(value),
            ("userSMIMECertificate", _) => self.user_smime_certificate = into_binaries(value),
            ("accountEnabled", Detail::User(user)) => user.account_enabled = into_bool(&value, true),
            ("accountEnabled", Detail::Device(device)) => device.account_enabled = into_bool(&value, true),
            ("deviceId", Detail::Device(device)) => device.device_id = into_text(value),
            ("securityEnabled", Detail::Group(group)) => group.security_enabled = into_bool(&value, false),
            ("mailEnabled", Detail::Group(group)) => group.mail_enabled = into_bool(&value, false),
            _ => self.properties.set(name, value),
        }
        Ok(())
    }
}

fn some<T>(list: &[T]) -> Option<&[T]> {
    (!list.is_empty()).then_some(list)
}

fn text(value: Option<&str>) -> Option<Value> {
    value.map(Value::from)
}

fn into_text(value: Value) -> Option<String> {
    match value {
        Value::Text(text) if !text.is_empty() => Some(text),
        _ => None,
    }
}

fn into_texts(value: Value) -> Vec<String> {
    match value {
        Value::TextList(list) => list,
        _ => Vec::new(),
    }
}

fn into_binaries(value: Value) -> Certificates {
    match value {
        Value::BinaryList(list) => list,
        _ => no_certificates(),
    }
}

const fn into_bool(value: &Value, default: bool) -> bool {
    match value {
        Value::Bool(flag) => *flag,
        _ => default,
    }
}

/// The value as the property's syntax wants it: single values become lists, `True` becomes a boolean.
pub(super) fn coerce(name: &str, value: Value) -> Result<Value, WrongType> {
    let Some(attribute) = attributes::find(name) else { return Ok(value) };
    let got = value.kind();
    let expected = match (attribute.syntax, value) {
        (_, Value::Null) => return Ok(Value::Null),
        (Syntax::Text(_), value @ Value::Text(_))
        | (Syntax::Texts(_), value @ Value::TextList(_))
        | (Syntax::Bool, value @ Value::Bool(_))
        | (Syntax::Long, value @ Value::Long(_))
        | (Syntax::Binary, value @ Value::Binary(_))
        | (Syntax::Binaries, value @ Value::BinaryList(_)) => return Ok(value),
        (Syntax::Texts(_), Value::Text(text)) => return Ok(Value::TextList(vec![text])),
        (Syntax::Binaries, Value::Binary(octets)) => return Ok(Value::BinaryList(Arc::from(vec![octets]))),
        (Syntax::Binaries, Value::TextList(list)) if list.is_empty() => return Ok(Value::Null),
        (Syntax::Text(_), Value::Long(number)) => return Ok(Value::Text(number.to_string())),
        (Syntax::Text(_), Value::TextList(mut list)) if list.len() < 2 => {
            return Ok(list.pop().map_or(Value::Null, Value::Text));
        }
        (Syntax::Bool, Value::Text(text)) if text.eq_ignore_ascii_case("true") => {
            return Ok(Value::Bool(true));
        }
        (Syntax::Bool, Value::Text(text)) if text.eq_ignore_ascii_case("false") => {
            return Ok(Value::Bool(false));
        }
        (Syntax::Long, Value::Text(text)) => match text.parse() {
            Ok(number) => return Ok(Value::Long(number)),
            Err(_) => "a long",
        },
        (Syntax::Text(_), _) => "a string",
        (Syntax::Texts(_), _) => "an ArrayOfstring",
        (Syntax::Bool, _) => "a boolean",
        (Syntax::Long, _) => "a long",
        (Syntax::Binary, _) => "a base64Binary",
        (Syntax::Binaries, _) => "an ArrayOfbase64Binary",
    };
    Err(WrongType { name: name.to_owned(), expected, got })
}
