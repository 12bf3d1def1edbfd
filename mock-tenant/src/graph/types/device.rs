//! `microsoft.graph.device`: what is read in a way of its own.

use std::borrow::Cow;
use std::sync::LazyLock;

use super::read::{
    ACCOUNT_ENABLED, CREATED, DELETED, DISPLAY_NAME, ID, LAST_SYNC, SYNC_ENABLED, extension_attributes,
    readers,
};
use super::table::entity;
use crate::odata::{EntityType, Read, Value};
use crate::tenant::DirectoryObject;

/// A device.
pub static DEVICE: LazyLock<EntityType<DirectoryObject>> =
    LazyLock::new(|| entity("microsoft.graph.device", "Device", &readers(OWN)));

pub(super) const OWN: &[(&str, Read<DirectoryObject>)] = &[
    ACCOUNT_ENABLED,
    CREATED,
    DELETED,
    ("deviceId", |device, _| device.device().and_then(|device| device.device_id.as_deref()).into()),
    // "For internal use only"; 2 in the answers that the documentation shows.
    ("deviceVersion", |_, _| Value::Int(2)),
    DISPLAY_NAME,
    ("extensionAttributes", extension_attributes),
    ID,
    LAST_SYNC,
    ("operatingSystem", |device, name| first(device, [name, "deviceOSType"])),
    ("operatingSystemVersion", |device, name| first(device, [name, "deviceOSVersion"])),
    ("profileType", profile_type),
    SYNC_ENABLED,
    ("trustType", trust_type),
];

/// Graph's name of a property, or the sync service's.
fn first<'a>(device: &'a DirectoryObject, names: [&str; 2]) -> Value<'a> {
    let value = names.iter().find_map(|name| device.get(name));
    let text = value.and_then(|value| value.as_text().map(str::to_owned));
    text.map_or(Value::Null, |text| Value::Text(Cow::Owned(text)))
}

/// `ServerAd`: joined to the on-premises domain, which is what a directory syncs.
/// Source: resources/device.md, trustType.
fn trust_type<'a>(device: &'a DirectoryObject, name: &str) -> Value<'a> {
    match first(device, [name, "deviceTrustType"]) {
        Value::Null if device.is_synced() => "ServerAd".into(),
        value => value,
    }
}

/// `RegisteredDevice` is the default. Source: resources/device.md.
fn profile_type<'a>(device: &'a DirectoryObject, name: &str) -> Value<'a> {
    match first(device, [name, name]) {
        Value::Null => "RegisteredDevice".into(),
        value => value,
    }
}
