//! What stops a cycle before its first write.

use syncer::engine::config::{CycleKind, CycleRequest};
use syncer::engine::report::{ExitClass, GuardKind};

use crate::world::{World, guid};

fn delete(world: &mut World, ids: std::ops::Range<u32>) {
    ids.for_each(|id| world.directory.delete(guid(id)));
}

#[test]
fn more_than_five_hundred_deletions_stop_and_five_hundred_do_not() {
    let mut world = World::with_users(510);
    world.settle();
    delete(&mut world, 0..501);
    world.user(9_000, &[b"new"]);
    let before = world.state.clone();
    let outcome = world.cycle(CycleKind::Auto);
    assert_eq!((outcome.exit, outcome.exit.code(), world.writes.len()), (ExitClass::Guarded, 20, 0));
    assert_eq!(outcome.guards[0].guard, GuardKind::Deletions);
    assert!(outcome.guards[0].message.contains("501 pending deletes"), "{:?}", outcome.guards);
    assert_eq!(world.state, before, "the cookie did not advance");
    world.user(500, &[b"back"]);
    assert_eq!(world.cycle(CycleKind::Auto).exit, ExitClass::Done);
    assert_eq!(world.tenant.live().len(), 11);
}

#[test]
fn an_override_is_for_one_run() {
    let mut world = World::with_users(20);
    world.config.guards.max_deletes = Some(3);
    world.settle();
    delete(&mut world, 0..4);
    assert_eq!(world.cycle(CycleKind::Auto).exit, ExitClass::Guarded);
    let outcome = world.request(CycleRequest { override_guards: true, ..CycleRequest::default() });
    assert_eq!((outcome.exit, outcome.guards.len(), world.tenant.live().len()), (ExitClass::Done, 1, 16));
    delete(&mut world, 4..8);
    assert_eq!(world.cycle(CycleKind::Auto).exit, ExitClass::Guarded);
}

#[test]
fn all_certificates_gone_at_once_is_not_believed() {
    let mut world = World::with_users(10);
    world.settle();
    (0..9).for_each(|id| world.directory.set(guid(id), "usercertificate", &[]));
    let outcome = world.cycle(CycleKind::Auto);
    assert_eq!((outcome.exit, world.writes.len()), (ExitClass::Guarded, 0));
    assert_eq!(outcome.guards[0].guard, GuardKind::CertificatesCleared);
}

#[test]
fn a_full_import_without_anybody_is_not_believed() {
    let mut world = World::with_users(3);
    world.settle();
    delete(&mut world, 0..3);
    let outcome = world.cycle(CycleKind::Full);
    assert_eq!((outcome.exit, world.writes.len()), (ExitClass::Guarded, 0));
    assert_eq!(outcome.guards[0].guard, GuardKind::EmptyImport);
    let delta = world.cycle(CycleKind::Delta);
    assert_eq!((delta.exit, delta.counts.deletes), (ExitClass::Done, 3), "tombstones are believed");
}
