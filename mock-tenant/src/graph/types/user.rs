//! `microsoft.graph.user`.
//! Source: microsoft-graph-docs, resources/user.md (properties, "returned only on $select", supported filters).

use std::borrow::Cow;

use serde_json::json;

use super::read::{
    ID, display_name, empty, last_sync, mail, mail_nickname, provisioning_errors, proxy_addresses,
    sync_enabled, text, texts,
};
use crate::odata::{EdmType, EntityType, Ops, Property, Value};
use crate::tenant::{DirectoryObject, certificates_to_json};

/// A user as Graph has it: without certificates.
pub(in crate::graph) static USER: EntityType<DirectoryObject> =
    EntityType { name: "microsoft.graph.user", resource: "User", properties: PROPERTIES, unserved: UNSERVED };

/// A user with the double's own extension (`--graph-certificates on`).
pub(in crate::graph) static USER_WITH_CERTIFICATES: EntityType<DirectoryObject> = EntityType {
    name: "microsoft.graph.user",
    resource: "User",
    properties: WITH_CERTIFICATES,
    unserved: UNSERVED,
};

const SYNC_TEXT: Ops = Ops::COMMON.or(Ops::STARTS);
const LISTED: Ops = Ops::EQ.or(Ops::NOT).or(Ops::RANGE).or(Ops::STARTS);

const PROPERTIES: &[Property<DirectoryObject>] = CERTIFIED.split_at(2).1;
const WITH_CERTIFICATES: &[Property<DirectoryObject>] = CERTIFIED;

const CERTIFIED: &[Property<DirectoryObject>] = &[
    Property {
        name: "userCertificate",
        edm: EdmType::Complex,
        default: false,
        ops: Ops::NONE,
        read: |user, _| Value::Complex(certificates_to_json(&user.user_certificate)),
    },
    Property {
        name: "userSMIMECertificate",
        edm: EdmType::Complex,
        default: false,
        ops: Ops::NONE,
        read: |user, _| Value::Complex(certificates_to_json(&user.user_smime_certificate)),
    },
    Property {
        name: "accountEnabled",
        edm: EdmType::Boolean,
        default: false,
        ops: Ops::EQ.or(Ops::NE).or(Ops::NOT).or(Ops::IN),
        read: |user, _| user.account_enabled().into(),
    },
    text("ageGroup", false, Ops::EQ.or(Ops::NE).or(Ops::NOT).or(Ops::IN)),
    empty("assignedLicenses"),
    empty("assignedPlans"),
    texts("businessPhones", true, LISTED),
    text("city", false, Ops::TEXT),
    text("companyName", false, Ops::TEXT),
    text("consentProvidedForMinor", false, Ops::EQ.or(Ops::NE).or(Ops::NOT).or(Ops::IN)),
    text("country", false, Ops::TEXT),
    Property {
        name: "createdDateTime",
        edm: EdmType::DateTimeOffset,
        default: false,
        ops: Ops::COMMON.or(Ops::ORDER),
        read: |user, _| user.created.into(),
    },
    text("creationType", false, Ops::EQ.or(Ops::NE).or(Ops::NOT).or(Ops::IN)),
    Property {
        name: "deletedDateTime",
        edm: EdmType::DateTimeOffset,
        default: false,
        ops: Ops::EQ.or(Ops::NE).or(Ops::NOT).or(Ops::RANGE),
        read: |user, _| user.deleted.into(),
    },
    text("department", false, Ops::COMMON.or(Ops::NULL)),
    display_name(Ops::TEXT.or(Ops::ORDER)),
    text("employeeId", false, Ops::TEXT),
    text("employeeType", false, Ops::COMMON.or(Ops::STARTS)),
    text("faxNumber", false, Ops::TEXT),
    text("givenName", true, Ops::TEXT),
    texts("imAddresses", false, LISTED),
    text("jobTitle", true, Ops::TEXT),
    mail(Ops::TEXT.or(Ops::ENDS)),
    mail_nickname(false),
    text("mobilePhone", true, Ops::TEXT),
    text("officeLocation", true, Ops::TEXT),
    text("onPremisesDistinguishedName", false, Ops::NONE),
    text("onPremisesDomainName", false, Ops::NONE),
    Property {
        name: "onPremisesExtensionAttributes",
        edm: EdmType::Complex,
        default: false,
        ops: Ops::NONE,
        read: |user, _| Value::Complex(extension_attributes(user)),
    },
    Property {
        name: "onPremisesImmutableId",
        edm: EdmType::String,
        default: false,
        ops: Ops::COMMON,
        read: |user, _| user.source_anchor.as_deref().into(),
    },
    last_sync(false),
    provisioning_errors(false),
    text("onPremisesSamAccountName", false, SYNC_TEXT),
    text("onPremisesSecurityIdentifier", false, Ops::EQ.or(Ops::NULL)),
    sync_enabled(false),
    text("onPremisesUserPrincipalName", false, SYNC_TEXT),
    texts("otherMails", false, LISTED.or(Ops::ENDS)),
    text("passwordPolicies", false, Ops::NE.or(Ops::NOT).or(Ops::NULL)),
    text("postalCode", false, Ops::TEXT),
    text("preferredDataLocation", false, Ops::NONE),
    text("preferredLanguage", true, Ops::TEXT),
    empty("provisionedPlans"),
    proxy_addresses(false),
    Property {
        name: "securityIdentifier",
        edm: EdmType::String,
        default: false,
        ops: Ops::NONE,
        read: |user, _| Value::Text(Cow::Owned(security_identifier(user))),
    },
    text("state", false, Ops::TEXT),
    text("streetAddress", false, Ops::TEXT),
    text("surname", true, Ops::TEXT),
    text("usageLocation", false, Ops::TEXT),
    Property {
        name: "userPrincipalName",
        edm: EdmType::String,
        default: true,
        ops: SYNC_TEXT.or(Ops::ENDS).or(Ops::ORDER),
        read: |user, _| sign_in_name(user),
    },
    Property {
        name: "userType",
        edm: EdmType::String,
        default: false,
        ops: Ops::EQ.or(Ops::NE).or(Ops::NOT).or(Ops::IN).or(Ops::NULL),
        read: |user, _| user_type(user),
    },
    ID,
];

/// Properties of the real type that the double has nothing to say about.
const UNSERVED: &[&str] = &[
    "aboutMe",
    "authorizationInfo",
    "birthday",
    "cloudRealtimeCommunicationInfo",
    "customSecurityAttributes",
    "employeeHireDate",
    "employeeLeaveDateTime",
    "employeeOrgData",
    "externalUserState",
    "externalUserStateChangeDateTime",
    "hireDate",
    "identities",
    "infoCatalogs",
    "interests",
    "isLicenseReconciliationNeeded",
    "isManagementRestricted",
    "isResourceAccount",
    "lastPasswordChangeDateTime",
    "legalAgeGroupClassification",
    "licenseAssignmentStates",
    "mailboxSettings",
    "mySite",
    "onPremisesSipInfo",
    "onPremisesSyncBehavior",
    "passwordProfile",
    "pastProjects",
    "preferredName",
    "print",
    "refreshTokensValidFromDateTime",
    "responsibilities",
    "schools",
    "serviceProvisioningErrors",
    "showInAddressList",
    "signInActivity",
    "signInSessionsValidFromDateTime",
    "skills",
];

/// A deleted user's name is led by the object id without dashes, so that the name is free again.
/// Source: learn.microsoft.com/entra/fundamentals/users-restore; observed in directory/deletedItems.
fn sign_in_name(user: &DirectoryObject) -> Value<'_> {
    match (user.user_principal_name(), user.deleted) {
        (Some(name), Some(_)) => Value::Text(Cow::Owned(format!("{}{name}", user.id.simple()))),
        (name, _) => name.into(),
    }
}

fn user_type(user: &DirectoryObject) -> Value<'_> {
    let stored = user.get_graph("userType");
    let text = stored.as_ref().and_then(|value| value.as_text()).unwrap_or("Member");
    Value::Text(Cow::Owned(text.to_owned()))
}

fn extension_attributes(user: &DirectoryObject) -> serde_json::Value {
    let names = (1..=15).map(|number| format!("extensionAttribute{number}"));
    let value = |name: &str| user.get(name).map_or(json!(null), |value| value.to_json());
    names.map(|name| (name.clone(), value(&name))).collect::<serde_json::Map<_, _>>().into()
}

/// `S-1-12-1-` and the object id as four little-endian numbers.
/// Source: learn.microsoft.com, "Microsoft Entra joined devices: SID of a user".
fn security_identifier(user: &DirectoryObject) -> String {
    let octets = user.id.to_bytes_le();
    let numbers = octets
        .chunks_exact(4)
        .map(|four| four.iter().rev().fold(0_u32, |sum, octet| sum << 8 | u32::from(*octet)));
    numbers.fold("S-1-12-1".to_owned(), |sid, number| format!("{sid}-{number}"))
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
        let names: Vec<&str> = PROPERTIES.iter().filter(|p| p.default).map(|p| p.name).collect();
        let documented = "businessPhones displayName givenName jobTitle mail mobilePhone officeLocation preferredLanguage surname userPrincipalName id";
        assert_eq!(names.join(" "), documented);
    }
}
