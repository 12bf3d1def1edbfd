//! The hard-match hardening of July 2026, row by row of the documented table of scenarios.

use super::*;

/// A synced user without a mapping, the given properties put into the world.
fn world(more: &str, company: &str) -> Tenant {
    tenant(&format!(
        "company: {{{company}}}\nusers: [{{userPrincipalName: ana@corp.example.test, displayName: Ana, sourceAnchor: A{more}}}]"
    ))
}

const CLOUD: &str = ", onPremisesSyncEnabled: null";
const DELETED: &str = ", onPremisesSyncEnabled: false, deletedDateTime: 2026-08-20T00:00:00Z";
const MINE: &str = "11111111-1111-1111-1111-111111111111";
const OTHER: &str = "22222222-2222-2222-2222-222222222222";

#[test]
fn each_scenario_of_the_table() {
    let new = "profile: 2026-07";
    let bypass = "profile: 2026-07, allowOnPremUpdateOfOnPremisesObjectIdentifierEnabled: true";
    let mapped = |to: &str, state: &str| format!("{state}, onPremisesObjectIdentifier: {to}");
    let with = |role: &str, state: &str| format!("{state}, {role}");
    let rows: Vec<(&str, String, Option<&str>)> = vec![
        (new, CLOUD.into(), None),
        (new, with("roles: [Global Administrator]", CLOUD), Some("InvalidHardMatch")),
        (new, with("roles: [global administrator]", CLOUD), Some("InvalidHardMatch")),
        (new, with("eligibleRoles: [User Administrator]", CLOUD), Some("InvalidHardMatch")),
        (new, with("roles: [Message Center Reader]", CLOUD), None),
        (new, with("roles: [Global Administrator]", DELETED), Some("InvalidHardMatch")),
        (new, with("roles: [Global Administrator]", ""), None),
        (new, mapped(MINE, CLOUD), None),
        (new, mapped(OTHER, CLOUD), Some("AttributeUpdateNotAllowed")),
        (new, mapped(OTHER, DELETED), Some("AttributeUpdateNotAllowed")),
        (new, mapped(OTHER, ""), Some("AttributeUpdateNotAllowed")),
        (new, with("isCloudManaged: true", &mapped(OTHER, CLOUD)), None),
        (bypass, mapped(OTHER, CLOUD), None),
        (bypass, with("roles: [Global Administrator]", CLOUD), None),
        ("profile: '2025'", mapped(OTHER, CLOUD), None),
        ("profile: '2025'", with("roles: [Global Administrator]", CLOUD), None),
        ("profile: 2026-10", mapped(OTHER, CLOUD), Some("AttributeUpdateNotAllowed")),
    ];
    for (company, more, code) in rows {
        let mut tenant = world(&more, company);
        let write = user("A", "ana", &[("onPremisesObjectIdentifier", MINE.into())]);
        let result = tenant.provision(&write, at(1));
        assert_eq!(result.error.as_ref().map(SyncError::code), code, "{company} {more}");
    }
}

#[test]
fn the_clock_decides_without_a_profile() {
    for (month, code) in [("2026-06-30T00:00:00Z", None), ("2026-07-01T00:00:00Z", Some("InvalidHardMatch"))]
    {
        let mut tenant = world(", onPremisesSyncEnabled: null, roles: [Global Administrator]", "");
        let error = tenant.provision(&user("A", "ana", &[]), month.parse().unwrap()).error;
        assert_eq!(error.map(|error| error.code()), code, "{month}");
    }
}

/// The text is documented word for word; clearing the mapping is the way out, and the next sync maps anew.
#[test]
fn a_remap_is_refused_until_the_mapping_is_cleared() {
    let mut tenant = world("", "profile: 2026-07");
    let write =
        |identifier: &str| user("A", "ana", &[("onPremisesObjectIdentifier", Value::from(identifier))]);
    assert_eq!(tenant.provision(&write(MINE), at(1)).error, None);
    let error = tenant.provision(&write(OTHER), at(1)).error.unwrap();
    assert_eq!(
        error.to_string(),
        "Hard match operation blocked due to security hardening. Review OnPremisesObjectIdentifier mapping."
    );
    let id = one(&tenant, "A").id;
    let clear = |value: Value| vec![("onPremisesObjectIdentifier".to_owned(), value)];
    assert!(tenant.patch(id, clear(Value::from(OTHER)), at(2)).is_err(), "it can only be cleared");
    tenant.patch(id, clear(Value::Null), at(2)).unwrap();
    assert_eq!(tenant.provision(&write(OTHER), at(3)).error, None);
    assert_eq!(one(&tenant, "A").object_identifier.as_deref(), Some(OTHER));
}

#[test]
fn the_objects_guid_is_its_identifier_where_the_client_tells_no_other() {
    let mut tenant = world("", "profile: 2026-07");
    let guid = Value::Binary(Bytes::from_static(&[0x11; 16]));
    assert_eq!(tenant.provision(&user("A", "ana", &[("objectGUID", guid)]), at(1)).error, None);
    assert_eq!(one(&tenant, "A").object_identifier.as_deref(), Some(MINE));
}
