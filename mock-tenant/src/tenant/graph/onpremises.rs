//! What Graph may change on an object that the directory masters, and what only it may know.

use super::super::attributes;
use super::super::model::DirectoryObject;
use super::super::value::Value;
use super::error::MutationError;

/// What Graph may change on an object that the directory masters: what no directory has.
/// Source: Graph's `user` resource type and issues 7301, 12584, 21601 of microsoft-graph-docs.
const CLOUD_OWNED: &[&str] = &[
    "ageGroup",
    "consentProvidedForMinor",
    "onPremisesObjectIdentifier",
    "otherMails",
    "passwordPolicies",
    "usageLocation",
    "userType",
];

/// What Graph never sets.
const READ_ONLY: &[&str] = &[
    "createdDateTime",
    "deletedDateTime",
    "id",
    "lastPasswordChangeDateTime",
    "onPremisesLastSyncDateTime",
    "onPremisesProvisioningErrors",
    "onPremisesSyncEnabled",
    "proxyAddresses",
    "securityIdentifier",
];

/// What Graph sets on users whom no directory has ever written.
/// Source: entra what's new of October 2024, and the guide to ADSyncTools's Set-ADSyncToolsOnPremisesAttribute.
const NEVER_SYNCED: &[&str] = &[
    "onPremisesDistinguishedName",
    "onPremisesDomainName",
    "onPremisesSamAccountName",
    "onPremisesSecurityIdentifier",
    "onPremisesUserPrincipalName",
];

/// Whether Graph may set that property of that object at all.
pub(super) fn may_set(object: &DirectoryObject, name: &str) -> Result<(), MutationError> {
    if is_in(READ_ONLY, name) {
        return Err(MutationError::ReadOnly(name.to_owned()));
    }
    let mastered =
        object.is_on_premises_mastered() && !is_in(CLOUD_OWNED, name) && !attributes::is_extension(name);
    if mastered || (object.was_synced() && is_in(NEVER_SYNCED, name)) {
        return Err(MutationError::OnPremisesMastered);
    }
    Ok(())
}

/// `S-1-5-21-…`: a revision and numbers.
pub(super) fn is_sid(value: &Value) -> bool {
    let Some(text) = value.as_text() else { return value.is_nothing() };
    let mut parts = text.split('-');
    let numbers = |part: &str| !part.is_empty() && part.bytes().all(|c| c.is_ascii_digit());
    parts.next() == Some("S") && parts.next() == Some("1") && parts.clone().count() >= 2 && parts.all(numbers)
}

fn is_in(list: &[&str], name: &str) -> bool {
    list.iter().any(|known| known.eq_ignore_ascii_case(name))
}
