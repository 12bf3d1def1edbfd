//! Who may take a cloud object over, and by which door.

use super::*;

const CLOUD: &str = "users: [{userPrincipalName: ana@corp.example.test, displayName: Ana";

/// A write that names a cloud-only user by its cloud anchor and brings a new source anchor meets every rule of a match.
#[test]
fn a_cloud_anchor_is_no_way_around_the_rules() {
    let rows: &[(&str, &str, &str, Option<&str>)] = &[
        ("", "", "NEW", None),
        ("", ", roles: [User Administrator]", "NEW", Some("ExistingAdminRoleConflict")),
        ("company: {features: {BlockSoftMatch: true}}\n", "", "NEW", Some("InvalidSoftMatch")),
        (
            "company: {features: {BlockCloudObjectTakeoverThroughHardMatch: true}}\n",
            "",
            "NEW",
            Some("InvalidHardMatch"),
        ),
        ("", "", "A$B", Some("IdentityDataValidationFailed")),
        ("", "", "A_B", Some("IdentityDataValidationFailed")),
        ("", "", &"A".repeat(60), Some("IdentityDataValidationFailed")),
        ("", "", "", Some("IdentityDataValidationFailed")),
        ("", "", "TAKEN", Some("AttributeValueMustBeUnique")),
        ("", ", sourceAnchor: OLD, onPremisesSyncEnabled: null", "NEW", Some("IdentityDataValidationFailed")),
    ];
    for (company, more, anchor, code) in rows {
        let other = "{userPrincipalName: ben@corp.example.test, displayName: Ben, sourceAnchor: TAKEN}";
        let mut tenant = tenant(&format!("{company}{CLOUD}{more}}}, {other}]"));
        let cloud = format!("User_{}", id_of(&tenant, "ana@corp.example.test"));
        let before = tenant.state(at(1));
        let write = user(anchor, "ana", &[("CloudAnchor", Value::Text(cloud))]);
        let result = tenant.provision(&write, at(1));
        assert_eq!(result.error.as_ref().map(SyncError::code), *code, "{more} {anchor}: {result:?}");
        assert_eq!(tenant.state(at(1)) == before, code.is_some(), "{more} {anchor}");
    }
}

#[test]
fn a_user_who_leaves_the_scope_is_out_of_sync_until_the_return() {
    let mut tenant = tenant("");
    tenant.provision(&user("A", "ana", &[]), at(0));
    let cursor = tenant.read_back(tenant.read_back_start(), 9).unwrap().next;
    tenant.provision(&given(Kind::User, SyncOperation::Delete, "A", &[]), at(1));
    assert_eq!(one(&tenant, "A").on_premises_sync_enabled, Some(false));
    let page = tenant.read_back(cursor, 9).unwrap();
    assert!(matches!(page.items[..], [ReadBackItem::Deleted { source_anchor: Some("A"), .. }]), "{page:?}");

    let mut blocked = tenant.clone();
    blocked.company_mut().features.set(Features::BLOCK_HARD_MATCH_TAKEOVER, true);
    let refused = blocked.provision(&user("A", "ana", &[]), at(2)).error.unwrap();
    assert_eq!(
        (refused.code(), refused.to_string().as_str()),
        (
            "InvalidHardMatch",
            "Another cloud created object with the same source anchor already exists in Azure Active Directory."
        )
    );
    assert_eq!(tenant.provision(&user("A", "ana", &[]), at(2)).error, None);
    assert_eq!(one(&tenant, "A").on_premises_sync_enabled, Some(true));
}

/// An administrator who brings the user back has an object that the sync neither masters nor may delete.
#[test]
fn a_restored_user_stays_out_of_sync() {
    let mut tenant = tenant("");
    tenant.provision(&user("A", "ana", &[]), at(0));
    let delete = given(Kind::User, SyncOperation::Delete, "A", &[]);
    tenant.provision(&delete, at(1));
    let id = one(&tenant, "A").id;
    tenant.restore(id, at(2)).unwrap();
    assert_eq!(one(&tenant, "A").on_premises_sync_enabled, Some(false));
    assert_eq!(tenant.provision(&delete, at(3)).error.map(|error| error.code()), Some("114"));
}

#[test]
fn a_user_whom_graph_deletes_stays_in_the_scope() {
    let mut tenant = tenant("");
    tenant.provision(&user("A", "ana", &[]), at(0));
    tenant.delete(one(&tenant, "A").id, at(1)).unwrap();
    assert_eq!(one(&tenant, "A").on_premises_sync_enabled, Some(true));
}

#[test]
fn a_security_identifier_belongs_to_one_object() {
    for name in ["onPremiseSecurityIdentifier", "onPremisesSecurityIdentifier"] {
        let mut tenant = tenant("");
        let sid = Value::from("S-1-5-21-1-2-3-1105");
        assert_eq!(tenant.provision(&user("A", "ana", &[(name, sid.clone())]), at(0)).error, None);
        assert_eq!(tenant.provision(&user("A", "ana", &[(name, sid.clone())]), at(0)).error, None);
        let error = tenant.provision(&user("B", "ben", &[(name, sid)]), at(0)).error.unwrap();
        assert_eq!(
            (error.code(), error.property()),
            ("AttributeValueMustBeUnique", Some("OnPremiseSecurityIdentifier"))
        );
    }
}

#[test]
fn an_object_that_the_cloud_manages_is_left_alone() {
    let mut tenant = tenant("");
    tenant.provision(&user("A", "ana", &[("displayName", "Ana".into())]), at(0));
    tenant.set_cloud_managed(one(&tenant, "A").id, true, at(1)).unwrap();
    let change = tenant.last_change();
    let write = user("A", "ana", &[("displayName", "Other".into())]);
    assert_eq!(tenant.provision(&write, at(2)).error, None);
    assert_eq!(tenant.provision(&given(Kind::User, SyncOperation::Delete, "A", &[]), at(2)).error, None);
    assert_eq!(tenant.last_change(), change);
    assert!(one(&tenant, "A").written().contains(&("blockOnPremisesSync", Value::Bool(true))));

    tenant.set_cloud_managed(one(&tenant, "A").id, false, at(3)).unwrap();
    tenant.provision(&write, at(4));
    assert_eq!(one(&tenant, "A").display_name.as_deref(), Some("Other"));
}

/// A device that registered itself becomes the one that the directory knows.
#[test]
fn a_device_is_matched_softly_by_its_device_id() {
    let mut tenant = tenant("devices: [{displayName: PC, deviceId: D}]");
    let device = [("displayName", Value::from("PC-1")), ("deviceId", "d".into())];
    assert_eq!(tenant.provision(&given(Kind::Device, SyncOperation::Add, "A", &device), at(1)).error, None);
    assert_eq!(tenant.objects(Kind::Device, 0, View::Committed).count(), 1);
    assert_eq!(one(&tenant, "A").display_name.as_deref(), Some("PC-1"));
    let second = tenant.provision(&given(Kind::Device, SyncOperation::Add, "B", &device), at(1)).error;
    assert_eq!(second.map(|error| error.code()), Some("InvalidSoftMatch"));
}
