//! The machine stops at every point of a cycle, before and after each command; the next cycle must bring both sides to
//! where an undisturbed run brings them.

use std::time::Duration;

use syncer::engine::config::{CycleKind, CycleRequest};
use syncer::engine::report::ExitClass;

use crate::world::{Fault, World, guid};

/// A world that has been synchronised, with every kind of change ahead.
fn changed() -> World {
    let mut world = World::with_users(12);
    world.settle();
    world.directory.delete(guid(0));
    world.directory.set(guid(1), "usercertificate", &[b"renewed" as &[u8], b"second"]);
    world.directory.set(guid(2), "usercertificate", &[]);
    world.directory.set(guid(3), "admindescription", &[b"User_out"]);
    world.directory.set(guid(4), "manager", &[b"CN=user30,OU=Staff,DC=corp,DC=test"]);
    world.directory.rename(guid(5), "CN=other,OU=Staff,DC=corp,DC=test");
    for id in 30..36 {
        world.user(id, &[b"new"]);
    }
    world.writes.clear();
    world
}

fn crash_everywhere(make: impl Fn() -> World, request: CycleRequest) -> usize {
    let mut undisturbed = make();
    let (outcome, commands) = undisturbed.run(request, None);
    assert_eq!(outcome.map(|o| o.exit), Some(ExitClass::Done));
    assert_eq!(undisturbed.settle(), 0);
    let once = make().tenant.created;
    for crash in 0..2 * commands {
        let mut world = make();
        let (interrupted, _) = world.run(request, Some(crash));
        assert!(interrupted.is_none(), "crash point {crash} was not reached");
        let (outcome, _) = world.run(CycleRequest::default(), None);
        assert_eq!(outcome.map(|o| o.exit), Some(ExitClass::Done), "after a crash at {crash}");
        assert_eq!(world.tenant.picture(), undisturbed.tenant.picture(), "after a crash at {crash}");
        assert_eq!(
            world.tenant.created - once,
            undisturbed.tenant.created - once,
            "created twice after a crash at {crash}"
        );
        let mut written: Vec<&String> = world.writes.iter().map(|w| &w.source_anchor).collect();
        written.sort();
        let most = written.chunk_by(|a, b| a == b).map(<[_]>::len).max().unwrap_or(0);
        assert!(most <= 2, "one object written {most} times after a crash at {crash}");
        assert_eq!(world.settle(), 0, "not settled after a crash at {crash}");
    }
    2 * commands
}

#[test]
fn crash_at_every_point_of_the_first_cycle() {
    assert!(crash_everywhere(|| World::with_users(9), CycleRequest::default()) >= 20);
}

#[test]
fn crash_at_every_point_of_a_delta() {
    assert!(crash_everywhere(changed, CycleRequest::default()) >= 20);
}

#[test]
fn crash_at_every_point_of_a_full_cycle() {
    let request = CycleRequest { kind: CycleKind::Full, ..CycleRequest::default() };
    assert!(crash_everywhere(changed, request) >= 20);
}

#[test]
fn crash_at_every_point_while_things_go_wrong() {
    let make = || {
        let mut world = changed();
        world.export_faults.extend([Fault::LostAck, Fault::Throttle(Some(Duration::from_secs(5)))]);
        world
    };
    assert!(crash_everywhere(make, CycleRequest::default()) >= 28);
}

#[test]
fn crash_after_crash_converges() {
    let mut undisturbed = changed();
    undisturbed.settle();
    let mut world = changed();
    for crash in (0..40).rev() {
        world.run(CycleRequest::default(), Some(crash));
    }
    assert_eq!(world.run(CycleRequest::default(), None).0.map(|o| o.exit), Some(ExitClass::Done));
    assert_eq!(world.tenant.picture(), undisturbed.tenant.picture());
}
