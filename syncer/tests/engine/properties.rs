//! Whatever happens in the directory, in whatever portions it is synchronised: the end is the same.

use proptest::prelude::*;
use syncer::engine::config::CycleKind;
use syncer::engine::report::ExitClass;

use crate::world::{Fault, World, guid};

/// Something that happens.
#[derive(Debug, Clone)]
enum Step {
    Create(u32, u8),
    Delete(u32),
    Certificates(u32, Vec<u8>),
    Nickname(u32, bool),
    Title(u32, u8),
    Manager(u32, u32),
    Reverse,
    Cycle(bool),
    LoseAck,
}

fn step() -> impl Strategy<Value = Step> {
    let id = 0..5_u32;
    prop_oneof![
        (id.clone(), any::<u8>()).prop_map(|(i, c)| Step::Create(i, c)),
        id.clone().prop_map(Step::Delete),
        (id.clone(), prop::collection::vec(any::<u8>(), 0..18)).prop_map(|(i, c)| Step::Certificates(i, c)),
        (id.clone(), any::<bool>()).prop_map(|(i, b)| Step::Nickname(i, b)),
        (id.clone(), any::<u8>()).prop_map(|(i, t)| Step::Title(i, t)),
        (id.clone(), id).prop_map(|(i, m)| Step::Manager(i, m)),
        Just(Step::Reverse),
        any::<bool>().prop_map(Step::Cycle),
        Just(Step::LoseAck),
    ]
}

fn apply(world: &mut World, step: &Step, cycles: bool) {
    let known = |world: &World, id: u32| world.directory.holds(&guid(id));
    match step {
        Step::Create(id, certificate) if !known(world, *id) => drop(world.user(*id, &[&[*certificate]])),
        Step::Delete(id) if known(world, *id) => world.directory.delete(guid(*id)),
        Step::Certificates(id, bytes) if known(world, *id) => {
            let values: Vec<&[u8]> = bytes.chunks(1).collect();
            world.directory.set(guid(*id), "usercertificate", &values);
        }
        Step::Nickname(id, set) if known(world, *id) => {
            world.directory.set(guid(*id), "mailnickname", if *set { &[b"nick"] } else { &[] });
        }
        Step::Title(id, title) if known(world, *id) => {
            world.directory.set(guid(*id), "title", &[format!("t{title}").as_bytes()]);
        }
        Step::Manager(id, other) if known(world, *id) && known(world, *other) => {
            world.directory.set(
                guid(*id),
                "manager",
                &[format!("CN=user{other},OU=Staff,DC=corp,DC=test").as_bytes()],
            );
        }
        Step::Reverse => world.directory.reversed = !world.directory.reversed,
        Step::Cycle(full) if cycles => {
            drop(world.cycle(if *full { CycleKind::Full } else { CycleKind::Auto }));
        }
        Step::LoseAck if cycles => world.export_faults.push_back(Fault::LostAck),
        _ => {}
    }
}

fn world() -> World {
    let mut world = World::with_users(0);
    world.config.guards.cert_clear_percent = None;
    world.config.guards.empty_import = false;
    world
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_history_ends_where_one_cycle_over_its_end_does(steps in prop::collection::vec(step(), 1..25)) {
        let mut stepwise = world();
        let mut at_once = world();
        for step in &steps {
            apply(&mut stepwise, step, true);
            apply(&mut at_once, step, false);
        }
        stepwise.export_faults.clear();
        let outcome = stepwise.cycle(CycleKind::Auto);
        prop_assert_eq!(outcome.exit, ExitClass::Done);
        at_once.cycle(CycleKind::Auto);
        prop_assert_eq!(stepwise.tenant.picture(), at_once.tenant.picture());
        prop_assert_eq!(stepwise.settle(), 0);
        stepwise.cycle(CycleKind::Full);
        prop_assert!(stepwise.writes.is_empty());
    }
}
