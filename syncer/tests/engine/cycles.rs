//! What a cycle does when nothing goes wrong.

use syncer::engine::config::{CycleKind, CycleRequest};
use syncer::engine::report::ExitClass;
use syncer::model::{ExportAction, TenantValue};

use crate::world::{World, anchor, guid};

#[test]
fn the_first_cycle_creates_everybody_with_all_bytes() {
    let mut world = World::with_users(10);
    let outcome = world.cycle(CycleKind::Auto);
    assert_eq!(outcome.exit, ExitClass::Done, "{outcome:?}");
    assert_eq!((outcome.counts.adds, outcome.counts.exported, outcome.counts.confirmed), (10, 10, 10));
    assert_eq!(outcome.counts.certificates_written, 10);
    for id in 0..10 {
        assert_eq!(world.tenant.certificates(guid(id)), [format!("certificate of {id}").into_bytes()]);
    }
    assert_eq!(world.reads, ["directory full", "tenant full", "tenant delta"]);
}

#[test]
fn nothing_changed_nothing_written() {
    let mut world = World::with_users(10);
    world.settle();
    assert_eq!(world.settle(), 0);
    assert_eq!(world.reads, ["directory delta", "tenant delta"], "no read beyond need");
    let outcome = world.cycle(CycleKind::Full);
    assert_eq!((outcome.exit, world.writes.len(), outcome.counts.evaluated), (ExitClass::Done, 0, 10));
}

#[test]
fn one_certificate_more_is_one_write_of_one_property() {
    let mut world = World::with_users(10);
    world.settle();
    world.directory.set(guid(3), "usercertificate", &[b"certificate of 3" as &[u8], b"new"]);
    assert_eq!(world.settle(), 1);
    let write = &world.writes[0];
    assert_eq!((write.action, write.source_anchor.as_str()), (ExportAction::Set, anchor(guid(3)).as_str()));
    assert_eq!(write.properties.keys().collect::<Vec<_>>(), ["userCertificate"]);
    assert_eq!(world.tenant.certificates(guid(3)), [b"certificate of 3".to_vec(), b"new".to_vec()]);
    assert_eq!(world.settle(), 0);
}

#[test]
fn both_attributes_change_in_one_write() {
    let mut world = World::with_users(1);
    world.settle();
    world.directory.set(guid(0), "usercertificate", &[b"a"]);
    world.directory.set(guid(0), "usersmimecertificate", &[b"b"]);
    assert_eq!(world.settle(), 1);
    assert_eq!(world.writes[0].properties.len(), 2);
}

#[test]
fn the_last_certificate_goes_as_an_explicit_nothing() {
    let mut world = World::with_users(1);
    world.settle();
    world.directory.set(guid(0), "usercertificate", &[]);
    assert_eq!(world.settle(), 1);
    assert_eq!(world.writes[0].properties.get("userCertificate"), Some(&TenantValue::Null));
    assert!(world.tenant.certificates(guid(0)).is_empty());
}

#[test]
fn sixteen_certificates_are_none_and_fifteen_are_back() {
    let mut world = World::with_users(1);
    world.settle();
    let names: Vec<Vec<u8>> = (0..16_u8).map(|i| vec![i; 4]).collect();
    let many: Vec<&[u8]> = names.iter().map(Vec::as_slice).collect();
    world.directory.set(guid(0), "usercertificate", &many);
    let outcome = world.cycle(CycleKind::Auto);
    assert!(world.tenant.certificates(guid(0)).is_empty());
    assert!(outcome.oddities.iter().any(|o| o.code == "over-limit"), "said loudly: {:?}", outcome.oddities);
    world.directory.set(guid(0), "usercertificate", &many[..15]);
    world.settle();
    assert_eq!(world.tenant.certificates(guid(0)).len(), 15);
}

#[test]
fn the_order_of_values_has_no_meaning() {
    let mut world = World::new();
    world.user(1, &[b"a", b"b", b"c"]);
    world.settle();
    world.directory.reversed = true;
    assert_eq!(world.cycle(CycleKind::Full).exit, ExitClass::Done);
    assert!(world.writes.is_empty());
}

#[test]
fn a_dry_run_plans_and_touches_nothing() {
    let mut world = World::with_users(3);
    let outcome = world.request(CycleRequest { dry_run: true, ..CycleRequest::default() });
    assert_eq!((outcome.exit, outcome.plan.len(), world.writes.len()), (ExitClass::Done, 3, 0));
    assert_eq!(world.state, syncer::engine::state::State::default(), "no cursor advanced");
    let planned: Vec<_> = outcome.plan.into_iter().map(|p| p.op).collect();
    world.settle();
    assert_eq!(world.writes, planned, "the later real run does what was planned");
}

#[test]
fn cloud_only_objects_and_foreign_properties_are_left_alone() {
    let mut world = World::with_users(1);
    world.settle();
    world.tenant.meddle(&anchor(guid(0)), |h| {
        h.properties.insert("licences".into(), TenantValue::Text("E5".into()));
    });
    assert_eq!(world.settle(), 0);
}

#[test]
fn a_reference_is_the_anchor_of_the_other_and_follows_it() {
    let mut world = World::with_users(2);
    world.directory.set(guid(0), "manager", &[b"CN=user1,OU=Staff,DC=corp,DC=test"]);
    world.settle();
    let manager = |world: &World| world.tenant.objects[&anchor(guid(0))].properties.get("manager").cloned();
    assert_eq!(manager(&world), Some(TenantValue::Text(anchor(guid(1)))));
    world.directory.rename(guid(1_000_000), "OU=People,DC=corp,DC=test");
    assert_eq!(world.settle(), 0, "an OU was renamed, nobody changes");
    world.directory.delete(guid(1));
    world.settle();
    assert_eq!(manager(&world), None, "the manager is gone");
}

#[test]
fn new_rules_are_applied_to_everybody() {
    let mut world = World::with_users(2);
    world.settle();
    world.state.rules_fingerprint = Some("other".into());
    let outcome = world.cycle(CycleKind::Delta);
    assert_eq!((outcome.counts.evaluated, world.reads[0]), (2, "directory full"));
}
