//! What values Graph takes.
//! Source: microsoft-graph-docs, resources/user.md and resources/group.md: "Maximum length", "Not nullable", "Allowed values".

use super::super::attributes::{self, EXTENSION_LENGTH, Syntax};
use super::super::model::Kind;
use super::super::value::Value;

/// Properties that can't be cleared.
const NOT_NULL: &[(Kind, &str)] = &[
    (Kind::User, "accountEnabled"),
    (Kind::User, "displayName"),
    (Kind::User, "mailNickname"),
    (Kind::User, "usageLocation"),
    (Kind::User, "userPrincipalName"),
    (Kind::Group, "displayName"),
    (Kind::Group, "mailNickname"),
    (Kind::Group, "mailEnabled"),
    (Kind::Group, "securityEnabled"),
    (Kind::Device, "accountEnabled"),
    (Kind::Device, "displayName"),
];

/// Properties with a closed list of values.
const ENUMERATIONS: &[(&str, &[&str])] = &[
    ("ageGroup", &["Minor", "NotAdult", "Adult"]),
    ("consentProvidedForMinor", &["Granted", "Denied", "NotRequired"]),
    ("userType", &["Member", "Guest"]),
    ("visibility", &["Private", "Public", "HiddenMembership"]),
];

/// What passwordPolicies may list, separated by commas.
const PASSWORD_POLICIES: &[&str] = &["DisableStrongPassword", "DisablePasswordExpiration", "None"];

/// Characters that an alias must not have. Source: microsoft-graph-docs, api/group-post-groups.
const NOT_IN_NICKNAMES: &str = "@()\\[]\";:<>, ";

/// Whether a property of Graph may have that value; what decides about names and uniqueness is asked elsewhere.
pub(super) fn is_allowed(kind: Kind, name: &str, stored: &str, value: &Value) -> bool {
    let is = |known: &str| known.eq_ignore_ascii_case(name);
    if value.is_nothing() {
        return !NOT_NULL.iter().any(|(of, known)| *of == kind && is(known));
    }
    fits(stored, value)
        && ENUMERATIONS.iter().filter(|(known, _)| is(known)).all(|(_, values)| is_one_of(values, value))
        && (!is("mailNickname") || value.as_text().is_some_and(is_nickname))
        && (!is("usageLocation") || value.as_text().is_some_and(is_country))
        && (!is("businessPhones") || is_single(value))
        && (!is("passwordPolicies") || value.as_text().is_some_and(are_policies))
}

fn is_one_of(values: &[&str], value: &Value) -> bool {
    value.as_text().is_some_and(|text| values.contains(&text))
}

/// ISO 3166, two letters.
fn is_country(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|c| c.is_ascii_alphabetic())
}

/// "Although this is a string collection, only one number can be set".
fn is_single(value: &Value) -> bool {
    !matches!(value, Value::TextList(list) if list.len() > 1)
}

fn are_policies(text: &str) -> bool {
    text.split(',').all(|policy| PASSWORD_POLICIES.contains(&policy.trim()))
}

/// An alias: ASCII, 64 characters at most, no dot at its ends.
pub(super) fn is_nickname(text: &str) -> bool {
    let dotted = text.starts_with('.') || text.ends_with('.');
    !dotted && text.chars().all(|c| c.is_ascii_graphic() && !NOT_IN_NICKNAMES.contains(c))
}

fn fits(stored: &str, value: &Value) -> bool {
    let max = match attributes::find(stored).map(|attribute| attribute.syntax) {
        Some(Syntax::Text(max) | Syntax::Texts(max)) => max,
        None if attributes::is_extension(stored) => EXTENSION_LENGTH,
        _ => return true,
    };
    match value {
        Value::Text(text) => text.chars().count() <= max,
        Value::TextList(list) => list.iter().all(|text| text.chars().count() <= max),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_limit_of_the_documentation() {
        let text = |text: &str| Value::from(text);
        let long = |count: usize| Value::Text("x".repeat(count));
        let list = |count: usize| Value::TextList(vec!["1".to_owned(); count]);
        for (kind, name, value, allowed) in [
            (Kind::User, "displayName", long(256), true),
            (Kind::User, "displayName", long(257), false),
            (Kind::User, "displayName", Value::Null, false),
            (Kind::User, "accountEnabled", Value::Null, false),
            (Kind::User, "usageLocation", Value::Null, false),
            (Kind::User, "mailNickname", Value::Null, false),
            (Kind::User, "userPrincipalName", Value::Null, false),
            (Kind::User, "department", Value::Null, true),
            (Kind::User, "department", long(65), false),
            (Kind::User, "givenName", long(65), false),
            (Kind::User, "surname", long(64), true),
            (Kind::User, "employeeId", long(17), false),
            (Kind::User, "postalCode", long(41), false),
            (Kind::User, "mailNickname", long(65), false),
            (Kind::User, "mailNickname", text("ana.garcia"), true),
            (Kind::User, "mailNickname", text("naveen.mills,.jr."), false),
            (Kind::User, "mailNickname", text("ana garcia"), false),
            (Kind::User, "mailNickname", text("anä"), false),
            (Kind::User, "usageLocation", text("DE"), true),
            (Kind::User, "usageLocation", text("DEU"), false),
            (Kind::User, "ageGroup", text("Minor"), true),
            (Kind::User, "ageGroup", text("Old"), false),
            (Kind::User, "consentProvidedForMinor", text("Maybe"), false),
            (Kind::User, "userType", text("Guest"), true),
            (Kind::User, "userType", text("Boss"), false),
            (Kind::User, "businessPhones", list(1), true),
            (Kind::User, "businessPhones", list(2), false),
            (Kind::User, "passwordPolicies", text("DisablePasswordExpiration, DisableStrongPassword"), true),
            (Kind::User, "passwordPolicies", text("Weak"), false),
            (Kind::User, "extension_9d98ed114b254e3bb3a2a4f0a5ee7f05_badge", long(250), true),
            (Kind::User, "extension_9d98ed114b254e3bb3a2a4f0a5ee7f05_badge", long(251), false),
            (Kind::Group, "mailEnabled", Value::Null, false),
            (Kind::Group, "description", long(1025), false),
            (Kind::Group, "visibility", text("Secret"), false),
            (Kind::Device, "displayName", Value::Null, false),
        ] {
            assert_eq!(is_allowed(kind, name, name, &value), allowed, "{kind:?} {name} {value:?}");
        }
    }
}
