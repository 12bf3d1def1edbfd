//! `microsoft.graph.user`: what is read in a way of its own.

use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

use serde_json::json;

use super::read::{
    ACCOUNT_ENABLED, CREATED, DELETED, DISPLAY_NAME, ID, LAST_SYNC, MAIL, MAIL_NICKNAME, PROVISIONING_ERRORS,
    PROXY_ADDRESSES, SECURITY_IDENTIFIER, SYNC_ENABLED, extension_attributes, readers,
};
use super::table::entity;
use crate::odata::{EdmType, EntityType, Ops, Property, Read, Settable, Value};
use crate::tenant::{DirectoryObject, certificates_to_json};

/// A user as Graph has it: without certificates.
pub static USER: LazyLock<EntityType<DirectoryObject>> =
    LazyLock::new(|| entity("microsoft.graph.user", "User", &readers(OWN)));

/// A user with the double's own extension (`--graph-certificates on`).
pub static USER_WITH_CERTIFICATES: LazyLock<EntityType<DirectoryObject>> = LazyLock::new(|| {
    let mut user = entity("microsoft.graph.user", "User", &readers(OWN));
    let certificates = [
        certificates("userCertificate", |user, _| {
            Value::Complex(certificates_to_json(&user.user_certificate))
        }),
        certificates("userSMIMECertificate", |user, _| {
            Value::Complex(certificates_to_json(&user.user_smime_certificate))
        }),
    ];
    user.properties.splice(0..0, certificates);
    user
});

fn certificates(name: &'static str, read: Read<DirectoryObject>) -> Arc<Property<DirectoryObject>> {
    Arc::new(Property {
        name: Cow::Borrowed(name),
        edm: EdmType::Complex("certificate"),
        collection: true,
        default: false,
        settable: Settable::CloudMastered,
        ops: Ops::NONE,
        members: Vec::new(),
        read: Some(read),
    })
}

pub(super) const OWN: &[(&str, Read<DirectoryObject>)] = &[
    ACCOUNT_ENABLED,
    CREATED,
    DELETED,
    DISPLAY_NAME,
    ("employeeOrgData", organization_data),
    ID,
    LAST_SYNC,
    ("legalAgeGroupClassification", legal_age_group),
    MAIL,
    MAIL_NICKNAME,
    ("onPremisesExtensionAttributes", extension_attributes),
    ("onPremisesImmutableId", |user, _| user.source_anchor.as_deref().into()),
    PROVISIONING_ERRORS,
    PROXY_ADDRESSES,
    SECURITY_IDENTIFIER,
    ("signInSessionsValidFromDateTime", |user, _| user.created.into()),
    SYNC_ENABLED,
    ("userPrincipalName", sign_in_name),
    ("userType", user_type),
];

/// A deleted user's name is led by the object id without dashes, so that the name is free again.
/// Source: learn.microsoft.com/entra/fundamentals/users-restore; observed in directory/deletedItems.
fn sign_in_name<'a>(user: &'a DirectoryObject, _: &str) -> Value<'a> {
    match (user.user_principal_name(), user.deleted) {
        (Some(name), Some(_)) => Value::Text(Cow::Owned(format!("{}{name}", user.id.simple()))),
        (name, _) => name.into(),
    }
}

fn user_type<'a>(user: &'a DirectoryObject, _: &str) -> Value<'a> {
    Value::Text(Cow::Owned(text(user, "userType").unwrap_or_else(|| "Member".to_owned())))
}

/// `employeeOrgData` is kept member by member.
fn organization_data<'a>(user: &'a DirectoryObject, _: &str) -> Value<'a> {
    let [division, center] =
        ["division", "costCenter"].map(|member| text(user, &format!("employeeOrgData/{member}")));
    if division.is_none() && center.is_none() {
        return Value::Null;
    }
    Value::Complex(json!({"division": division, "costCenter": center}))
}

/// Source: resources/user.md, "Legal age group property definitions".
fn legal_age_group<'a>(user: &'a DirectoryObject, _: &str) -> Value<'a> {
    let (age, consent) = (text(user, "ageGroup"), text(user, "consentProvidedForMinor"));
    Value::from(match (age.as_deref(), consent.as_deref()) {
        (Some("Adult"), _) => Some("Adult"),
        (Some("NotAdult"), _) => Some("NotAdult"),
        (Some("Minor"), Some("Granted")) => Some("MinorWithParentalConsent"),
        (Some("Minor"), Some("Denied")) => Some("MinorWithOutParentalConsent"),
        (Some("Minor"), Some("NotRequired")) => Some("MinorNoParentalConsentRequired"),
        _ => None,
    })
}

fn text(user: &DirectoryObject, name: &str) -> Option<String> {
    let value = user.get_graph(name)?;
    value.as_text().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certificates_are_in_the_extension_only() {
        let has = |entity: &EntityType<DirectoryObject>, name: &str| {
            entity.properties.iter().any(|p| p.name == name)
        };
        for name in ["userCertificate", "userSMIMECertificate"] {
            assert!(!has(&USER, name) && has(&USER_WITH_CERTIFICATES, name));
        }
        assert!(has(&USER, "accountEnabled") && has(&USER_WITH_CERTIFICATES, "accountEnabled"));
    }

    #[test]
    fn the_default_set_is_the_documented_one() {
        let names: Vec<&str> =
            USER.properties.iter().filter(|p| p.default).map(|p| p.name.as_ref()).collect();
        let documented = "businessPhones displayName givenName jobTitle mail mobilePhone officeLocation preferredLanguage surname userPrincipalName id";
        assert_eq!(names.join(" "), documented);
    }
}
