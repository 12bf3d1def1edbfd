//! The rules of the tenant, seen as the sync sees them.

use std::collections::BTreeSet;
use std::sync::Arc;

use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use kit::Ids;
use proptest::prelude::*;
use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::world::World;

mod graph;
mod hardening;
mod links;
mod quarantine;
mod takeover;

fn at(hours: i64) -> Timestamp {
    "2026-09-01T00:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_hours(hours)
}

fn tenant(world: &str) -> Tenant {
    let settings = Settings::new(Uuid::nil(), "corp.onmicrosoft.test");
    let company = Company::new("Corp", vec!["corp.example.test".to_owned()]);
    World::parse(world).unwrap().build(settings, company, Ids::new(7), at(0)).unwrap()
}

fn certificates(count: u8) -> Value {
    Value::BinaryList((0..count).map(|n| Bytes::from(vec![0x30, n])).collect::<Arc<[_]>>())
}

fn given(kind: Kind, operation: SyncOperation, anchor: &str, properties: &[(&str, Value)]) -> SyncObject {
    let anchor = [("SourceAnchor".to_owned(), Value::from(anchor))];
    let properties = properties.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
    let properties = anchor.into_iter().chain(properties).collect();
    SyncObject { kind, operation, properties, references: Vec::new() }
}

fn user(anchor: &str, name: &str, properties: &[(&str, Value)]) -> SyncObject {
    let upn =
        Value::Text(if name.contains('@') { name.to_owned() } else { format!("{name}@corp.example.test") });
    let mut object = given(Kind::User, SyncOperation::Add, anchor, &[("userPrincipalName", upn)]);
    object.properties.extend(properties.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
    object
}

fn addresses(list: &[&str]) -> Value {
    Value::TextList(list.iter().map(|address| (*address).to_owned()).collect())
}

fn one<'a>(tenant: &'a Tenant, anchor: &'a str) -> &'a DirectoryObject {
    tenant.with_anchor(anchor, View::Committed).next().unwrap()
}

const NO_RESILIENCY: &str =
    "company: {features: {DuplicateUPNResiliency: false, DuplicateProxyAddressResiliency: false}}\n";

fn id_of(tenant: &Tenant, name: &str) -> Uuid {
    tenant.user(name, View::Committed).unwrap().id
}

/// One row for each way in which the service refuses an object: the world, the object, the code.
#[test]
fn each_error_of_the_catalogue_is_met() {
    let ana = "users: [{userPrincipalName: ana@corp.example.test, displayName: Ana";
    let synced =
        format!("{NO_RESILIENCY}{ana}, sourceAnchor: OLD, proxyAddresses: ['SMTP:ana@corp.example.test']}}]");
    let text = |text: &str| Value::from(text);
    let long = "x".repeat(65);
    let many: Vec<String> = (0..333).map(|n| format!("smtp:a{n}@corp.example.test")).collect();
    let cloud_only = format!("{ana}}}]");
    let delete = |anchor: &str, cloud: &str| {
        given(Kind::User, SyncOperation::Delete, anchor, &[("CloudAnchor", Value::from(cloud))])
    };
    let id = tenant(&cloud_only).user("ana@corp.example.test", View::Committed).unwrap().cloud_anchor();
    let photo = Value::Binary(Bytes::from(vec![0; 100 * 1024 + 1]));
    let extension = |number: usize| format!("extension_{:032x}_n{number}", 7);
    let names: Vec<String> = (0..101).map(extension).collect();
    let extensions: Vec<(&str, Value)> = names.iter().map(|name| (name.as_str(), text("x"))).collect();
    let mut met = BTreeSet::from(["ConcurrencyConflict"]);
    let rows: Vec<(String, SyncObject, &str)> = vec![
        (synced.clone(), user("NEW", "ana", &[]), "InvalidSoftMatch"),
        (
            synced.clone(),
            user("NEW", "other", &[("proxyAddresses", addresses(&["SMTP:Ana@corp.example.test"]))]),
            "InvalidSoftMatch",
        ),
        (
            synced.clone(),
            user("NEW", "other", &[("proxyAddresses", addresses(&["smtp:ana@corp.example.test"]))]),
            "AttributeValueMustBeUnique",
        ),
        (synced, user("NEW", "other", &[("mail", text("ana@corp.example.test"))]), "AttributeValueMustBeUnique"),
        (
            "groups: [{displayName: G, proxyAddresses: ['SMTP:ana@corp.example.test'], sourceAnchor: G}]".into(),
            user("NEW", "ana", &[]),
            "AttributeValueMustBeUnique",
        ),
        (
            format!(
                "company: {{features: {{BlockCloudObjectTakeoverThroughHardMatch: true}}}}\n{ana}, sourceAnchor: A, onPremisesSyncEnabled: null}}]"
            ),
            user("A", "ana", &[]),
            "InvalidHardMatch",
        ),
        (
            "contacts: [{displayName: C, proxyAddresses: ['SMTP:ana@corp.example.test']}]".into(),
            user("NEW", "ana", &[("proxyAddresses", addresses(&["SMTP:ana@corp.example.test"]))]),
            "ObjectTypeMismatch",
        ),
        ("contacts: [{displayName: C, sourceAnchor: A}]".into(), user("A", "ana", &[]), "ObjectTypeMismatch"),
        (
            "users: [{userPrincipalName: ana@corp.example.test, displayName: A, roles: [Global Administrator]}]".into(),
            user("NEW", "ana", &[]),
            "ExistingAdminRoleConflict",
        ),
        (String::new(), user("NEW", "a b", &[]), "IdentityDataValidationFailed"),
        (String::new(), given(Kind::User, SyncOperation::Add, "NEW", &[]), "IdentityDataValidationFailed"),
        (String::new(), user("", "ana", &[]), "IdentityDataValidationFailed"),
        (String::new(), user("A$B", "ana", &[]), "IdentityDataValidationFailed"),
        (String::new(), user(&"A".repeat(60), "ana", &[]), "IdentityDataValidationFailed"),
        (String::new(), user("NEW", "ana", &[("accountEnabled", text("perhaps"))]), "IdentityDataValidationFailed"),
        (String::new(), user("NEW", "ana", &[("userCertificate", certificates(16))]), "LargeObject"),
        (String::new(), user("NEW", "ana", &[("userSMIMECertificate", certificates(16))]), "LargeObject"),
        (String::new(), user("NEW", "ana", &[("proxyAddresses", Value::TextList(many))]), "LargeObject"),
        (String::new(), user("NEW", "ana", &[("mailNickname", text(&long))]), "ExceededAllowedLength"),
        (String::new(), user("NEW", "ana", &[("favouriteColour", text("red"))]), "PropertyNotSupported"),
        (String::new(), user("NEW", "ana", &[("thumbnailPhoto", photo)]), "ExceededAllowedLength"),
        (String::new(), user("NEW", "ana", &[(&extension(0), text(&"x".repeat(251)))]), "ExceededAllowedLength"),
        (String::new(), user("NEW", "ana", &extensions), "LargeObject"),
        (String::new(), given(Kind::Group, SyncOperation::Add, "G", &[("userPrincipalName", text("a@b.test"))]), "IdentityDataValidationFailed"),
        (
            format!("{ana}, onPremiseSecurityIdentifier: S-1-5-21-1}}]"),
            user("NEW", "ben", &[("onPremiseSecurityIdentifier", text("S-1-5-21-1"))]),
            "AttributeValueMustBeUnique",
        ),
        (
            format!("company: {{profile: 2026-07}}\n{ana}, sourceAnchor: A, onPremisesSyncEnabled: null, roles: [Global Administrator]}}]"),
            user("A", "ana", &[]),
            "InvalidHardMatch",
        ),
        (
            format!("company: {{profile: 2026-07}}\n{ana}, sourceAnchor: A, onPremisesObjectIdentifier: mine}}]"),
            user("A", "ana", &[("onPremisesObjectIdentifier", text("other"))]),
            "AttributeUpdateNotAllowed",
        ),
        (
            format!("{ana}, sourceAnchor: A, onPremisesSyncEnabled: false, deletedDateTime: 2026-08-31T00:00:00Z}}]").replace("users:", "company: {features: {BlockCloudObjectTakeoverThroughHardMatch: true}}\nusers:"),
            user("A", "ana", &[]),
            "InvalidHardMatch",
        ),
        (
            "company: {features: {BlockSoftMatch: true}}\ndevices: [{displayName: PC, deviceId: D}]".into(),
            given(Kind::Device, SyncOperation::Add, "NEW", &[("displayName", text("PC")), ("deviceId", text("D"))]),
            "InvalidSoftMatch",
        ),
        (cloud_only.clone(), given(Kind::Contact, SyncOperation::Set, "NEW", &[("CloudAnchor", text(&id))]), "ObjectTypeMismatch"),
        (cloud_only.clone(), given(Kind::Contact, SyncOperation::Delete, "NEW", &[("CloudAnchor", text(&id))]), "ObjectTypeMismatch"),
        (cloud_only, delete("", &id), "114"),
        (String::new(), delete("NEW", ""), "ObjectNotFound"),
    ];
    for (world, object, code) in rows {
        let mut tenant = tenant(&world);
        let before = tenant.state(at(1));
        let result = tenant.provision(&object, at(1));
        assert_eq!(result.error.as_ref().map(SyncError::code), Some(code), "{object:?}\n{result:?}");
        assert_eq!(tenant.state(at(1)), before, "a refused object changes nothing: {object:?}");
        met.insert(code);
    }
    assert_eq!(
        met.into_iter().collect::<Vec<_>>(),
        SyncError::CODES,
        "every code has its situation; ConcurrencyConflict comes by a fault plan alone"
    );
}

#[test]
fn too_many_certificates_block_every_other_change_of_the_object() {
    let mut tenant = tenant("");
    assert_eq!(
        tenant.provision(&user("A", "ana", &[("userCertificate", certificates(15))]), at(0)).error,
        None
    );
    let change = [("displayName", Value::from("New")), ("userCertificate", certificates(16))];
    let result = tenant.provision(&user("A", "ana", &change), at(1));
    assert!(
        result
            .error
            .unwrap()
            .to_string()
            .starts_with("The provisioned object is too large. Trim the number of")
    );
    assert_eq!(
        (one(&tenant, "A").display_name.as_deref(), one(&tenant, "A").user_certificate.len()),
        (None, 15)
    );
}

#[test]
fn null_removes_and_an_equal_write_changes_nothing() {
    let mut tenant = tenant("");
    tenant.provision(&user("A", "ana", &[("UserCertificate", certificates(2))]), at(0));
    let change = tenant.last_change();
    tenant.provision(&user("A", "ana", &[("usercertificate", certificates(2))]), at(1));
    assert_eq!(tenant.last_change(), change);
    tenant.provision(&user("A", "ana", &[("userCertificate", Value::Null)]), at(2));
    assert_eq!(one(&tenant, "A").user_certificate.len(), 0);
    assert_eq!(tenant.last_change(), change + 1);
}

#[test]
fn soft_match_stamps_the_anchor_and_overwrites() {
    for (name, address) in [("ana", "SMTP:x@corp.example.test"), ("other", "SMTP:ana@corp.example.test")] {
        let mut tenant = tenant(
            "users: [{userPrincipalName: ana@corp.example.test, displayName: Cloud, proxyAddresses: ['SMTP:ana@corp.example.test'], department: Kept}]",
        );
        let id = tenant.user("ana@corp.example.test", View::Committed).unwrap().id;
        let change = [("displayName", Value::from("Directory")), ("proxyAddresses", addresses(&[address]))];
        let result = tenant.provision(&user("A", name, &change), at(1));
        assert_eq!((result.error, result.cloud_anchor), (None, Some(format!("User_{id}"))));
        let object = one(&tenant, "A");
        assert_eq!(
            (object.display_name.as_deref(), object.on_premises_sync_enabled),
            (Some("Directory"), Some(true))
        );
        assert_eq!(object.get("department"), Some(Value::from("Kept")));
    }
}

#[test]
fn a_blocked_soft_match_leaves_two_objects() {
    let mut tenant = tenant(
        "company: {features: {BlockSoftMatch: true}}\nusers: [{userPrincipalName: ana@corp.example.test, displayName: Cloud}]",
    );
    assert_eq!(tenant.provision(&user("A", "ana", &[]), at(1)).error, None);
    assert_ne!(one(&tenant, "A").user_principal_name(), Some("ana@corp.example.test"));
    assert_eq!(tenant.objects(Kind::User, 0, View::Committed).count(), 2);
}

#[test]
fn duplicates_wait_in_quarantine_and_are_healed_by_the_hour() {
    let mut tenant = tenant("");
    let shared = addresses(&["SMTP:ana@corp.example.test"]);
    tenant.provision(&user("A", "ana", &[("proxyAddresses", shared.clone())]), at(0));
    let result = tenant.provision(&user("B", "ana", &[("proxyAddresses", shared)]), at(0));
    assert_eq!(result.error, None);
    let second = one(&tenant, "B");
    let placeholder = second.user_principal_name().unwrap();
    let digits = placeholder
        .strip_prefix("ana+")
        .and_then(|rest| rest.strip_suffix("@corp.onmicrosoft.test"))
        .unwrap();
    assert!(digits.len() == 4 && digits.bytes().all(|c| c.is_ascii_digit()), "{placeholder}");
    let causes: Vec<_> =
        second.provisioning_errors.iter().map(|e| e.property_causing_error.as_str()).collect();
    assert_eq!(causes, ["UserPrincipalName", "ProxyAddress"]);
    assert_eq!(second.provisioning_errors[0].occurred_date_time, at(0));
    assert!(second.written().contains(&("userPrincipalName", Value::from("ana@corp.example.test"))));

    tenant.provision(
        &given(Kind::User, SyncOperation::Delete, "A", &[]),
        at(0) + SignedDuration::from_mins(59),
    );
    assert_eq!(one(&tenant, "B").provisioning_errors.len(), 2, "the hour is not over");
    tenant.tick(at(1));
    let second = one(&tenant, "B");
    assert_eq!(second.provisioning_errors, []);
    assert_eq!(second.user_principal_name(), Some("ana@corp.example.test"));
    assert_eq!(second.proxy_addresses, ["SMTP:ana@corp.example.test"]);
}

#[test]
fn a_suffix_that_is_not_verified_becomes_the_initial_domain() {
    let mut tenant = tenant("");
    tenant.provision(&user("A", "ana@corp.local", &[]), at(0));
    assert_eq!(one(&tenant, "A").user_principal_name(), Some("ana@corp.onmicrosoft.test"));
    assert!(one(&tenant, "A").written().contains(&("userPrincipalName", Value::from("ana@corp.local"))));
}

#[test]
fn a_deleted_user_comes_back_with_the_same_id_and_certificates() {
    let mut tenant = tenant("");
    tenant.provision(&user("A", "ana", &[("userCertificate", certificates(3))]), at(0));
    let id = one(&tenant, "A").id;
    for _ in 0..2 {
        assert_eq!(tenant.provision(&given(Kind::User, SyncOperation::Delete, "A", &[]), at(1)).error, None);
        assert!(tenant.user("ana@corp.example.test", View::Committed).is_none());
    }
    assert_eq!(tenant.provision(&user("A", "ana", &[]), at(2)).cloud_anchor, Some(format!("User_{id}")));
    assert_eq!(one(&tenant, "A").user_certificate.len(), 3);
    tenant.tick(at(24 * 40));
    assert!(tenant.user("ana@corp.example.test", View::Committed).is_some(), "restored objects don't expire");
}

#[test]
fn after_thirty_days_the_same_anchor_is_a_new_user() {
    let mut tenant = tenant("");
    tenant.provision(&user("A", "ana", &[("userCertificate", certificates(3))]), at(0));
    let id = one(&tenant, "A").id;
    tenant.provision(&given(Kind::User, SyncOperation::Delete, "A", &[]), at(0));
    tenant.provision(&user("A", "ana", &[]), at(24 * 30));
    let object = one(&tenant, "A");
    assert!(object.id != id && object.user_certificate.is_empty());
}

#[test]
fn contacts_and_groups_are_gone_at_once() {
    let mut tenant = tenant("");
    tenant.provision(
        &given(Kind::Contact, SyncOperation::Add, "C", &[("displayName", Value::from("C"))]),
        at(0),
    );
    tenant.provision(&given(Kind::Contact, SyncOperation::Delete, "C", &[]), at(1));
    assert_eq!(tenant.state(at(1))["contacts"], json!([]));
    assert_eq!(
        tenant.provision(&user("C", "ana", &[]), at(2)).error,
        None,
        "the anchor is free for another type"
    );
}

#[test]
fn what_is_gone_is_told_for_thirty_days_and_then_forgotten() {
    let mut tenant = tenant("");
    tenant.provision(
        &given(Kind::Contact, SyncOperation::Add, "C", &[("displayName", Value::from("C"))]),
        at(0),
    );
    let since = tenant.last_change();
    tenant.provision(&given(Kind::Contact, SyncOperation::Delete, "C", &[]), at(1));
    tenant.tick(at(24 * 30));
    assert!(
        matches!(tenant.changes_after(since).next(), Some((_, Change::Gone(gone))) if gone.kind == Kind::Contact)
    );
    tenant.tick(at(24 * 30 + 2));
    assert_eq!(tenant.changes_after(0).count(), 0);
    assert_eq!(tenant.with_anchor("C", View::Stale).count(), 0);
}

#[test]
fn members_may_come_before_or_after_their_group() {
    let mut tenant = tenant("");
    tenant.provision(&user("A", "ana", &[]), at(0));
    let members = addresses(&["A", "B"]);
    tenant.provision(
        &given(Kind::Group, SyncOperation::Add, "G", &[("displayName", "G".into()), ("member", members)]),
        at(0),
    );
    assert_eq!(one(&tenant, "G").group().unwrap().members.len(), 1);
    tenant.provision(&user("B", "ben", &[]), at(0));
    assert_eq!(one(&tenant, "G").group().unwrap().members.len(), 2);
    let mut change = given(Kind::Group, SyncOperation::Set, "G", &[]);
    change.references.push(("member".into(), vec![ReferenceChange { anchor: "A".into(), add: false }]));
    tenant.provision(&change, at(0));
    let members = &one(&tenant, "G").group().unwrap().members;
    assert_eq!(members.iter().collect::<Vec<_>>(), [&one(&tenant, "B").id]);
}

#[test]
fn each_stage_sees_a_change_after_its_lag() {
    let mut tenant = tenant("");
    tenant.settings_mut().replication_lag = SignedDuration::from_mins(5);
    tenant.settings_mut().exchange_lag = SignedDuration::from_mins(30);
    tenant.provision(&user("A", "ana", &[("userCertificate", certificates(1))]), at(0));
    tenant.provision(&user("A", "ana", &[("userCertificate", certificates(2))]), at(1));
    let seen = |minutes: i64| {
        let now = at(0) + SignedDuration::from_mins(minutes);
        let count = |view| tenant.user("ana@corp.example.test", view).map(|user| user.user_certificate.len());
        (count(tenant.graph_view(now)), count(tenant.exchange_view(now)))
    };
    assert_eq!(seen(4), (None, None));
    assert_eq!(seen(5), (Some(1), None));
    assert_eq!(seen(30), (Some(1), Some(1)));
    assert_eq!(seen(65), (Some(2), Some(1)));
    assert_eq!(seen(90), (Some(2), Some(2)));
    assert_eq!(
        tenant.user("ana@corp.example.test", View::Stale).map(|user| user.user_certificate.len()),
        Some(1)
    );
}

#[test]
fn graph_may_not_change_what_the_directory_masters() {
    let mut tenant = tenant("");
    tenant.provision(&user("A", "ana", &[]), at(0));
    let id = one(&tenant, "A").id;
    let patch =
        |tenant: &mut Tenant, name: &str| tenant.patch(id, vec![(name.to_owned(), Value::from("DE"))], at(1));
    assert_eq!(patch(&mut tenant, "displayName"), Err(MutationError::OnPremisesMastered));
    assert_eq!(patch(&mut tenant, "usageLocation"), Ok(()));
    let read_only = patch(&mut tenant, "onPremisesSyncEnabled").unwrap_err();
    assert_eq!(read_only.to_string(), "Property 'onPremisesSyncEnabled' is read-only and cannot be set.");
}

#[test]
fn graph_shows_what_the_directory_wrote_under_its_own_names() {
    let mut tenant = tenant("");
    let written = [("title", Value::from("Engineer")), ("surname", "García".into()), ("l", "Québec".into())];
    tenant.provision(&user("A", "ana", &written), at(0));
    let object = one(&tenant, "A");
    for (name, value) in [("jobTitle", "Engineer"), ("surname", "García"), ("City", "Québec")] {
        assert_eq!(object.get_graph(name), Some(Value::from(value)), "{name}");
    }
}

#[test]
fn a_snapshot_does_not_follow_the_tenant() {
    let mut tenant = tenant("");
    tenant.provision(&user("A", "ana", &[]), at(0));
    let snapshot = tenant.clone();
    tenant.provision(&user("A", "ana", &[("displayName", "Ana".into())]), at(1));
    assert_ne!(snapshot.state(at(1)), tenant.state(at(1)));
    assert_eq!(one(&snapshot, "A").display_name, None);
}

#[test]
fn pages_of_a_read_back_tell_everything_once_and_then_only_changes() {
    let mut tenant = tenant("users: [{userPrincipalName: cloud@corp.example.test, displayName: Cloud}]");
    for n in 0..7 {
        tenant.provision(&user(&format!("A{n}"), &format!("u{n}"), &[]), at(0));
    }
    let (mut cursor, mut anchors) = (tenant.read_back_start(), Vec::new());
    loop {
        let page = tenant.read_back(cursor, 3).unwrap();
        anchors.extend(page.items.iter().map(|item| match item {
            ReadBackItem::Object(object) => object.source_anchor.clone().unwrap(),
            ReadBackItem::Deleted { .. } => panic!("nothing is deleted"),
        }));
        cursor = page.next;
        if !page.more {
            break;
        }
    }
    assert_eq!(anchors, ["A0", "A1", "A2", "A3", "A4", "A5", "A6"]);
    tenant.provision(&given(Kind::User, SyncOperation::Delete, "A3", &[]), at(1));
    tenant.provision(&user("A1", "u1", &[("displayName", "One".into())]), at(1));
    let page = tenant.read_back(cursor, 3).unwrap();
    assert!(matches!(page.items[0], ReadBackItem::Deleted { source_anchor: Some("A3"), .. }));
    assert!(
        matches!(page.items[1], ReadBackItem::Object(object) if object.display_name.as_deref() == Some("One"))
    );
    assert_eq!((page.items.len(), page.more), (2, false));
    assert!(tenant.read_back(page.next, 3).unwrap().items.is_empty());
}

#[derive(Debug, Clone)]
enum Step {
    Write { anchor: u8, name: u8, address: u8 },
    Delete { anchor: u8 },
    Touch { anchor: u8 },
    Wait { hours: i64 },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (0..4u8, 0..4u8, 0..4u8).prop_map(|(anchor, name, address)| Step::Write { anchor, name, address }),
        (0..4u8).prop_map(|anchor| Step::Delete { anchor }),
        (0..4u8).prop_map(|anchor| Step::Touch { anchor }),
        (1..900i64).prop_map(|hours| Step::Wait { hours }),
    ]
}

proptest! {
    /// Whatever is written in whatever order: no two live users share a sign-in name or an address, and the look-up tables
    /// agree with the objects.
    #[test]
    fn names_and_addresses_stay_unique(steps in proptest::collection::vec(step(), 1..40)) {
        let mut tenant = tenant("");
        let mut hours = 0;
        for step in steps {
            match step {
                Step::Write { anchor, name, address } => {
                    let address = addresses(&[&format!("SMTP:a{address}@corp.example.test")]);
                    tenant.provision(&user(&format!("A{anchor}"), &format!("u{name}"), &[("proxyAddresses", address)]), at(hours));
                }
                Step::Delete { anchor } => {
                    tenant.provision(&given(Kind::User, SyncOperation::Delete, &format!("A{anchor}"), &[]), at(hours));
                }
                Step::Touch { anchor } => {
                    let change = [("displayName", Value::from("Touched"))];
                    tenant.provision(&given(Kind::User, SyncOperation::Set, &format!("A{anchor}"), &change), at(hours));
                }
                Step::Wait { hours: more } => hours += more,
            }
            let live: Vec<_> = tenant.objects(Kind::User, 0, View::Committed).map(|(_, object)| object).collect();
            for object in &live {
                let upn = object.user_principal_name().unwrap();
                prop_assert_eq!(tenant.user(upn, View::Committed).map(|found| found.id), Some(object.id));
                for address in &object.proxy_addresses {
                    let holders: Vec<_> = tenant.with_address(address, View::Committed).map(|found| found.id).collect();
                    prop_assert_eq!(&holders, &vec![object.id]);
                }
            }
        }
    }
}
