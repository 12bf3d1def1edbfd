//! How properties are read out of the tenant's objects.

use std::borrow::Cow;

use serde_json::{Value as Json, json};

use super::table::Readers;
use crate::odata::{EdmType, Ops, Property, Read, Settable, Support, Value};
use crate::tenant::attributes::is_extension;
use crate::tenant::{DirectoryObject, Value as Stored};

type Object = DirectoryObject;

/// Readers of a type of directory objects.
pub(super) const fn readers(own: &'static [(&'static str, Read<Object>)]) -> Readers<Object> {
    Readers { own, stored, extension: Some(extension) }
}

/// What is kept under Graph's name, as the directory or Graph wrote it.
fn stored(edm: EdmType, collection: bool) -> Read<Object> {
    match (collection, edm) {
        (true, _) => texts,
        (false, EdmType::DateTimeOffset) => time,
        (false, _) => single,
    }
}

fn single<'a>(object: &'a Object, name: &str) -> Value<'a> {
    match object.kept(name) {
        Some(Stored::Text(text)) => Value::Text(Cow::Borrowed(text)),
        Some(Stored::Bool(flag)) => Value::Bool(*flag),
        Some(Stored::Long(number)) => Value::Int(*number),
        Some(Stored::TextList(list)) => Value::Texts(Cow::Borrowed(list)),
        Some(Stored::Null | Stored::Binary(_) | Stored::BinaryList(_)) | None => Value::Null,
    }
}

/// A point in time that is kept as text. What is no time is no value.
fn time<'a>(object: &'a Object, name: &str) -> Value<'a> {
    match single(object, name) {
        Value::Text(text) => text.parse::<jiff::Timestamp>().ok().into(),
        _ => Value::Null,
    }
}

/// A list; what the directory keeps as a single value (telephoneNumber) is a list of one.
fn texts<'a>(object: &'a Object, name: &str) -> Value<'a> {
    match object.kept(name) {
        Some(Stored::Text(text)) => Value::Texts(Cow::Borrowed(std::slice::from_ref(text))),
        Some(Stored::TextList(list)) => Value::Texts(Cow::Borrowed(list)),
        _ => Value::Texts(Cow::Borrowed(&[])),
    }
}

/// `extension_<application>_<name>`: a directory extension, or none of ours.
/// Source: directory-objects-filter.md, "other extension properties".
fn extension(name: &str) -> Option<Property<Object>> {
    let ops = Ops { eq: Support::Always, starts: Support::Advanced, null: Support::Advanced, ..Ops::NONE };
    is_extension(name).then(|| Property {
        name: Cow::Owned(name.to_owned()),
        edm: EdmType::String,
        collection: false,
        default: false,
        settable: Settable::CloudMastered,
        ops,
        members: Vec::new(),
        read: Some(single),
    })
}

pub(super) const ID: (&str, Read<Object>) =
    ("id", |object, _| Value::Text(Cow::Owned(object.id.to_string())));

pub(super) const DISPLAY_NAME: (&str, Read<Object>) =
    ("displayName", |object, _| object.display_name.as_deref().into());

pub(super) const MAIL: (&str, Read<Object>) = ("mail", |object, _| object.mail.as_deref().into());

pub(super) const MAIL_NICKNAME: (&str, Read<Object>) =
    ("mailNickname", |object, _| object.mail_nickname.as_deref().into());

pub(super) const PROXY_ADDRESSES: (&str, Read<Object>) =
    ("proxyAddresses", |object, _| object.proxy_addresses.as_slice().into());

pub(super) const SYNC_ENABLED: (&str, Read<Object>) =
    ("onPremisesSyncEnabled", |object, _| object.on_premises_sync_enabled.into());

pub(super) const LAST_SYNC: (&str, Read<Object>) =
    ("onPremisesLastSyncDateTime", |object, _| object.last_sync.into());

pub(super) const CREATED: (&str, Read<Object>) = ("createdDateTime", |object, _| object.created.into());

pub(super) const DELETED: (&str, Read<Object>) = ("deletedDateTime", |object, _| object.deleted.into());

pub(super) const ACCOUNT_ENABLED: (&str, Read<Object>) =
    ("accountEnabled", |object, _| object.account_enabled().into());

pub(super) const PROVISIONING_ERRORS: (&str, Read<Object>) = ("onPremisesProvisioningErrors", |object, _| {
    Value::Complex(serde_json::to_value(&object.provisioning_errors).unwrap_or_default())
});

pub(super) const SECURITY_IDENTIFIER: (&str, Read<Object>) =
    ("securityIdentifier", |object, _| Value::Text(Cow::Owned(security_identifier(object))));

/// `extensionAttribute1` to 15, all of them, as an object.
pub(super) fn extension_attributes<'a>(object: &'a Object, _: &str) -> Value<'a> {
    let names = (1..=15).map(|number| format!("extensionAttribute{number}"));
    let value = |name: &str| object.get(name).map_or(json!(null), |value| value.to_json());
    Value::Complex(Json::Object(names.map(|name| (name.clone(), value(&name))).collect()))
}

/// `S-1-12-1-` and the object id as four little-endian numbers.
/// Source: learn.microsoft.com, "Microsoft Entra joined devices: SID of a user".
fn security_identifier(object: &Object) -> String {
    let octets = object.id.to_bytes_le();
    let numbers = octets
        .chunks_exact(4)
        .map(|four| four.iter().rev().fold(0_u32, |sum, octet| sum << 8 | u32::from(*octet)));
    numbers.fold("S-1-12-1".to_owned(), |sid, number| format!("{sid}-{number}"))
}
