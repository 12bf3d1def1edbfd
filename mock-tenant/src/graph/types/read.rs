//! How properties are read out of the tenant's objects.

use std::borrow::Cow;

use crate::odata::{EdmType, Ops, Property, Value};
use crate::tenant::{DirectoryObject, Value as Stored};

pub(super) const fn text(name: &'static str, default: bool, ops: Ops) -> Property<DirectoryObject> {
    Property { name, edm: EdmType::String, default, ops, read: stored }
}

pub(super) const fn texts(name: &'static str, default: bool, ops: Ops) -> Property<DirectoryObject> {
    Property { name, edm: EdmType::Strings, default, ops, read: stored_list }
}

/// A property under Graph's name, as the directory or Graph wrote it.
fn stored<'a>(object: &'a DirectoryObject, name: &'static str) -> Value<'a> {
    match object.get_graph(name) {
        Some(Stored::Text(text)) => Value::Text(Cow::Owned(text)),
        Some(Stored::Bool(flag)) => Value::Bool(flag),
        Some(Stored::Long(number)) => Value::Int(number),
        Some(Stored::TextList(list)) => Value::Texts(Cow::Owned(list)),
        Some(Stored::Null | Stored::Binary(_) | Stored::BinaryList(_)) | None => Value::Null,
    }
}

/// A list; what the directory keeps as a single value (telephoneNumber) is a list of one.
fn stored_list<'a>(object: &'a DirectoryObject, name: &'static str) -> Value<'a> {
    match stored(object, name) {
        Value::Text(text) => Value::Texts(Cow::Owned(vec![text.into_owned()])),
        Value::Texts(list) => Value::Texts(list),
        _ => Value::Texts(Cow::Borrowed(&[])),
    }
}

pub(super) const ID: Property<DirectoryObject> = Property {
    name: "id",
    edm: EdmType::String,
    default: true,
    ops: Ops::EQ.or(Ops::NE).or(Ops::NOT).or(Ops::IN),
    read: |object, _| Value::Text(Cow::Owned(object.id.to_string())),
};

pub(super) const fn display_name(ops: Ops) -> Property<DirectoryObject> {
    Property {
        name: "displayName",
        edm: EdmType::String,
        default: true,
        ops,
        read: |object, _| object.display_name.as_deref().into(),
    }
}

pub(super) const fn mail(ops: Ops) -> Property<DirectoryObject> {
    Property {
        name: "mail",
        edm: EdmType::String,
        default: true,
        ops,
        read: |object, _| object.mail.as_deref().into(),
    }
}

pub(super) const fn mail_nickname(default: bool) -> Property<DirectoryObject> {
    Property {
        name: "mailNickname",
        edm: EdmType::String,
        default,
        ops: Ops::TEXT,
        read: |object, _| object.mail_nickname.as_deref().into(),
    }
}

pub(super) const fn proxy_addresses(default: bool) -> Property<DirectoryObject> {
    let ops = Ops::EQ.or(Ops::NOT).or(Ops::RANGE).or(Ops::STARTS).or(Ops::ENDS);
    Property {
        name: "proxyAddresses",
        edm: EdmType::Strings,
        default,
        ops,
        read: |object, _| object.proxy_addresses.as_slice().into(),
    }
}

pub(super) const fn sync_enabled(default: bool) -> Property<DirectoryObject> {
    let ops = Ops::EQ.or(Ops::NE).or(Ops::NOT).or(Ops::IN).or(Ops::NULL);
    Property {
        name: "onPremisesSyncEnabled",
        edm: EdmType::Boolean,
        default,
        ops,
        read: |object, _| object.on_premises_sync_enabled.into(),
    }
}

pub(super) const fn last_sync(default: bool) -> Property<DirectoryObject> {
    let (edm, ops) = (EdmType::DateTimeOffset, Ops::COMMON);
    Property {
        name: "onPremisesLastSyncDateTime",
        edm,
        default,
        ops,
        read: |object, _| object.last_sync.into(),
    }
}

pub(super) const fn provisioning_errors(default: bool) -> Property<DirectoryObject> {
    Property {
        name: "onPremisesProvisioningErrors",
        edm: EdmType::Complex,
        default,
        ops: Ops::NONE,
        read: |object, _| {
            Value::Complex(serde_json::to_value(&object.provisioning_errors).unwrap_or_default())
        },
    }
}

/// A property that is always an empty collection here: the double has no licences, plans and the like.
pub(super) const fn empty(name: &'static str) -> Property<DirectoryObject> {
    let read = |_: &'_ DirectoryObject, _: &'static str| -> Value<'_> {
        Value::Complex(serde_json::Value::Array(Vec::new()))
    };
    Property { name, edm: EdmType::Complex, default: false, ops: Ops::NONE, read }
}
