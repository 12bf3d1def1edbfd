//! What a cycle does when something goes wrong.

use std::time::Duration;

use jiff::SignedDuration;
use syncer::engine::config::CycleKind;
use syncer::engine::protocol::ConnectorError;
use syncer::engine::report::ExitClass;
use syncer::engine::state::ErrorClass;
use syncer::model::TenantValue;

use crate::world::{Fault, World, anchor, guid};

#[test]
fn a_broken_import_deletes_nobody_and_advances_nothing() {
    for (kind, error) in [
        (CycleKind::Full, ConnectorError::Fatal("sizeLimitExceeded".into())),
        (CycleKind::Auto, ConnectorError::Permission("50".into())),
        (CycleKind::Full, ConnectorError::Authentication("data 52e".into())),
    ] {
        let mut world = World::with_users(8);
        world.settle();
        let before = world.state.clone();
        world.user(99, &[b"new"]);
        world.directory_faults.push_back(error);
        let outcome = world.cycle(kind);
        assert_eq!((outcome.exit, world.writes.len()), (ExitClass::Failed, 0), "{outcome:?}");
        assert_eq!(world.state, before);
        assert_eq!(world.settle(), 1);
    }
}

#[test]
fn an_import_that_breaks_off_is_tried_again_from_its_beginning() {
    let mut world = World::with_users(8);
    world.directory_faults.push_back(ConnectorError::Transient("reset".into()));
    world.tenant_faults.push_back(ConnectorError::Throttled { retry_after: Some(Duration::from_secs(9)) });
    assert_eq!(world.settle(), 8);
    assert_eq!(world.waits[1], Duration::from_secs(9));
    world.directory_faults.extend((0..20).map(|_| ConnectorError::Transient("down".into())));
    assert_eq!(world.cycle(CycleKind::Auto).exit, ExitClass::Failed);
    assert_eq!(world.waits.len(), 5);
}

#[test]
fn a_refused_cookie_means_a_full_import() {
    let mut world = World::with_users(8);
    world.settle();
    world.directory_faults.push_back(ConnectorError::CursorExpired("invalid".into()));
    world.tenant_faults.push_back(ConnectorError::CursorExpired("410".into()));
    assert_eq!(world.settle(), 0);
    assert_eq!(world.reads, ["directory delta", "directory full", "tenant delta", "tenant full"]);
}

#[test]
fn retry_after_is_waited_exactly_and_nothing_is_lost() {
    let mut world = World::with_users(10);
    world.export_faults.push_back(Fault::Throttle(Some(Duration::from_secs(7))));
    let outcome = world.cycle(CycleKind::Auto);
    assert_eq!((outcome.exit, outcome.counts.throttled), (ExitClass::Done, 1));
    assert_eq!(world.waits, [Duration::from_secs(7)]);
    assert_eq!((world.writes.len(), world.tenant.created), (10, 10));
}

#[test]
fn without_retry_after_the_waits_grow() {
    let mut world = World::with_users(1);
    world.export_faults.extend((0..4).map(|_| Fault::Throttle(None)));
    world.settle();
    assert!(world.waits.windows(2).all(|w| w[1] > w[0]), "{:?}", world.waits);
}

#[test]
fn a_lost_acknowledgement_is_looked_up_not_repeated() {
    let mut world = World::with_users(10);
    world.export_faults.push_back(Fault::LostAck);
    let outcome = world.cycle(CycleKind::Auto);
    assert_eq!((outcome.exit, outcome.counts.exported), (ExitClass::Done, 10), "{outcome:?}");
    assert_eq!((world.writes.len(), world.tenant.created), (10, 10), "no object twice");
}

#[test]
fn a_lost_request_is_sent_again() {
    let mut world = World::with_users(10);
    world.export_faults.push_back(Fault::Lost(ConnectorError::Transient("503".into())));
    assert_eq!(world.settle(), 10);
}

#[test]
fn a_batch_too_large_is_split_and_a_single_object_too_large_is_its_own_error() {
    let mut world = World::with_users(10);
    world.export_faults.push_back(Fault::TooLargeAbove(1));
    assert_eq!(world.settle(), 10);
    let mut world = World::with_users(2);
    world.export_faults.push_back(Fault::TooLargeAbove(0));
    let outcome = world.cycle(CycleKind::Auto);
    assert_eq!((outcome.exit, outcome.errors.len()), (ExitClass::Partial, 2));
    assert_eq!(outcome.errors[0].class, ErrorClass::LargeObject);
}

#[test]
fn one_bad_object_does_not_hold_up_the_others() {
    let mut world = World::with_users(10);
    world.export_faults.push_back(Fault::Refuse(vec![anchor(guid(2))], "AttributeValueMustBeUnique"));
    let outcome = world.cycle(CycleKind::Auto);
    assert_eq!((outcome.exit, outcome.exit.code(), outcome.counts.exported), (ExitClass::Partial, 10, 9));
    assert_eq!(
        (outcome.errors[0].class, outcome.errors[0].object.as_str()),
        (ErrorClass::Conflict, "CN=user2,OU=Staff,DC=corp,DC=test")
    );
    assert_eq!(world.settle(), 1, "it is tried again, and only it");
    assert_eq!(world.settle(), 0);
}

#[test]
fn a_busy_answer_for_one_object_is_repeated_for_it_alone() {
    let mut world = World::with_users(4);
    world.export_faults.push_back(Fault::Refuse(vec![anchor(guid(1))], "ServerBusy"));
    let outcome = world.cycle(CycleKind::Auto);
    assert_eq!((outcome.exit, world.writes.len(), world.waits.len()), (ExitClass::Done, 5, 1));
    assert_eq!(world.writes[4].source_anchor, anchor(guid(1)));
}

#[test]
fn permission_denied_stops_the_export() {
    let mut world = World::with_users(10);
    world.export_faults.push_back(Fault::Lost(ConnectorError::Permission("403".into())));
    let outcome = world.cycle(CycleKind::Auto);
    assert_eq!((outcome.exit, world.writes.len()), (ExitClass::Failed, 0));
    assert!(outcome.failure.unwrap().contains("permission denied: 403"));
    assert_eq!(world.settle(), 10, "nothing was forgotten");
}

#[test]
fn a_state_that_cannot_be_written_stops_before_exporting() {
    let mut world = World::with_users(3);
    world.fail_commit = true;
    let outcome = world.cycle(CycleKind::Auto);
    assert_eq!((outcome.exit, world.writes.len()), (ExitClass::Failed, 0));
}

#[test]
fn a_value_that_the_tenant_rewrites_is_not_written_every_cycle() {
    let mut world = World::with_users(2);
    world
        .tenant
        .rewrites
        .insert("userPrincipalName".into(), TenantValue::Text("user@corp.onmicrosoft.test".into()));
    let outcome = world.cycle(CycleKind::Auto);
    assert_eq!(outcome.exit, ExitClass::Done);
    assert!(
        outcome.warnings.iter().any(|w| w.code == "exported-change-not-reimported"),
        "{:?}",
        outcome.warnings
    );
    assert_eq!(world.settle(), 0);
    world.now = world.now.checked_add(SignedDuration::from_hours(7)).unwrap();
    assert_eq!(world.settle(), 2, "after a while it is tried again");
    let mut writes = 0;
    for _ in 0..100 {
        world.now = world.now.checked_add(SignedDuration::from_hours(25)).unwrap();
        writes += world.settle();
    }
    assert!(writes <= 2 * 5, "bounded: {writes}");
    world.directory.set(guid(0), "userprincipalname", &[b"other@corp.test"]);
    assert_eq!(world.settle(), 1, "a change in the directory is another matter");
}

#[test]
fn a_certificate_that_the_tenant_drops_is_an_error() {
    let mut world = World::with_users(1);
    world.tenant.drops.insert("userCertificate".into());
    let outcome = world.cycle(CycleKind::Auto);
    assert_eq!((outcome.exit, outcome.errors[0].class), (ExitClass::Partial, ErrorClass::NotReimported));
    world.cycle(CycleKind::Auto);
    assert!(world.writes.is_empty());
}

#[test]
fn a_stale_confirming_read_causes_no_endless_writes() {
    let mut world = World::with_users(2);
    world.settle();
    let old = world.tenant.clone();
    world.directory.set(guid(0), "title", &[b"Boss"]);
    world.stale.push_back(old);
    world.cycle(CycleKind::Auto);
    assert_eq!(world.writes.len(), 1);
    assert_eq!(world.settle(), 0, "the next import shows it");
    assert!(world.state.tenant.values().all(|r| r.pending.is_none()));
}

#[test]
fn an_expression_error_is_the_objects_own() {
    let mut world = World::with_users(3);
    world.directory.set(guid(1), "pwdlastset", &[b"not a number"]);
    let outcome = world.cycle(CycleKind::Auto);
    assert_eq!(
        (outcome.exit, outcome.counts.exported, outcome.errors[0].class),
        (ExitClass::Partial, 2, ErrorClass::Synchronization)
    );
    world.directory.set(guid(1), "pwdlastset", &[b"0"]);
    assert_eq!(world.settle(), 1);
}
