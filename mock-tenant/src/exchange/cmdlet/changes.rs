//! Arguments applied to an object.

use std::sync::Arc;

use bytes::Bytes;

use super::addresses;
use super::argument::{Argument, Values};
use super::call::Call;
use super::error::CmdletError;
use super::rows::{CUSTOM, PERSON};
use crate::exchange::recipient::RecipientType;
use crate::tenant::{CERTIFICATES_MAX, Certificates, DirectoryObject, Tenant, Value};

/// What a parameter changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    /// A property as it is.
    Stored(&'static str),
    /// A certificate attribute.
    Certificates(&'static str),
    /// The list of addresses.
    Addresses,
    /// The primary address.
    Primary,
    /// Where mail goes.
    External,
    /// The object's name.
    Name,
    /// Who masters the Exchange attributes.
    SourceOfAuthority,
}

/// What every other parameter changes.
const EFFECTS: &[(&str, Effect)] = &[
    ("Alias", Effect::Stored("mailNickname")),
    ("DisplayName", Effect::Stored("displayName")),
    ("EmailAddresses", Effect::Addresses),
    ("ExternalEmailAddress", Effect::External),
    ("HiddenFromAddressListsEnabled", Effect::Stored("msExchHideFromAddressLists")),
    ("IsExchangeCloudManaged", Effect::SourceOfAuthority),
    ("Name", Effect::Name),
    ("PrimarySmtpAddress", Effect::Primary),
    ("UserCertificate", Effect::Certificates("userCertificate")),
    ("UserSMimeCertificate", Effect::Certificates("userSMIMECertificate")),
    ("WindowsEmailAddress", Effect::Primary),
];

/// What a parameter changes; `None`: nothing of the object.
pub(super) fn effect(parameter: &str) -> Option<Effect> {
    let other = EFFECTS.iter().find(|(name, _)| *name == parameter).map(|(_, effect)| *effect);
    other.or_else(|| {
        let stored = PERSON.iter().chain(CUSTOM).find(|(name, _)| *name == parameter);
        stored.map(|(_, property)| Effect::Stored(property))
    })
}

/// Properties that a change of addresses may touch.
const ADDRESSES: &[&str] = &["proxyAddresses", "mail", "targetAddress"];

/// Applies the arguments of a call; gives back the properties that they may have changed.
///
/// # Errors
/// A value that can't be.
pub(super) fn apply(
    tenant: &Tenant,
    object: &mut DirectoryObject,
    kind: RecipientType,
    call: &Call,
) -> Result<Vec<&'static str>, CmdletError> {
    let mut touched = Vec::new();
    for (parameter, argument) in call.arguments() {
        let Some(effect) = effect(parameter) else { continue };
        let text = || match argument {
            Argument::Text(text) => text.as_str(),
            _ => "",
        };
        match (effect, argument) {
            (Effect::Stored(property), _) => store(object, property, argument)?,
            (Effect::Certificates(property), _) => certificates(object, property, argument)?,
            (Effect::Addresses, Argument::Texts(list)) => addresses::change(tenant, object, kind, list)?,
            (Effect::Addresses, _) => addresses::change(tenant, object, kind, &Values::Replace(Vec::new()))?,
            (Effect::Primary, _) => addresses::make_primary(tenant, object, kind, text())?,
            (Effect::External, _) => addresses::set_external(tenant, object, kind, text())?,
            (Effect::Name | Effect::SourceOfAuthority, _) => {}
        }
        match effect {
            Effect::Stored(property) | Effect::Certificates(property) => touched.push(property),
            Effect::Addresses | Effect::Primary | Effect::External => touched.extend(ADDRESSES),
            Effect::Name | Effect::SourceOfAuthority => {}
        }
    }
    Ok(touched)
}

fn store(object: &mut DirectoryObject, property: &str, argument: &Argument) -> Result<(), CmdletError> {
    let value = match argument {
        Argument::Text(text) => Value::from(text.as_str()),
        Argument::Flag(flag) => Value::Bool(*flag),
        _ => Value::Null,
    };
    object.set(property, value).map_err(|error| CmdletError::Invalid(error.to_string()))
}

fn certificates(
    object: &mut DirectoryObject,
    property: &str,
    argument: &Argument,
) -> Result<(), CmdletError> {
    let held = match property {
        "userCertificate" => &object.user_certificate,
        _ => &object.user_smime_certificate,
    };
    let list = match argument {
        Argument::Binaries(Values::Replace(list)) => unique(list),
        Argument::Binaries(Values::Modify { add, remove }) => {
            let kept = held.iter().filter(|value| !remove.contains(value));
            unique(kept.chain(add))
        }
        _ => Vec::new(),
    };
    if list.len() > CERTIFICATES_MAX {
        return Err(CmdletError::Invalid(format!(
            "The number of values of {property} exceeds the maximum of {CERTIFICATES_MAX}."
        )));
    }
    let value = if list.is_empty() { Value::Null } else { Value::BinaryList(Certificates::from(list)) };
    object.set(property, value).map_err(|error| CmdletError::Invalid(error.to_string()))
}

/// Each value once: a multi-valued property is a set.
fn unique<'a>(list: impl IntoIterator<Item = &'a Bytes>) -> Vec<Bytes> {
    let mut found: Vec<Bytes> = Vec::new();
    for value in list {
        if !found.contains(value) {
            found.push(value.clone());
        }
    }
    found
}

/// The values that an object has now of the properties that were touched.
pub(super) fn values_of(object: &DirectoryObject, touched: &[&'static str]) -> Vec<(&'static str, Value)> {
    touched.iter().map(|name| (*name, object.get(name).unwrap_or(Value::Null))).collect()
}

/// Shares an object.
pub(super) fn shared(object: &DirectoryObject) -> Arc<DirectoryObject> {
    Arc::new(object.clone())
}
