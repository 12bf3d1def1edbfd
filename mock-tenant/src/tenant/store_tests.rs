//! What readers are told: by delta, by read-back, by the look-up tables.

use jiff::{SignedDuration, Timestamp};
use kit::Ids;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::world::World;

fn minute(minutes: i64) -> Timestamp {
    "2026-09-01T00:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_mins(minutes)
}

fn tenant(world: &str) -> Tenant {
    let settings = Settings::new(Uuid::nil(), "corp.onmicrosoft.test");
    let company = Company::new("Corp", vec!["corp.example.test".to_owned()]);
    World::parse(world).unwrap().build(settings, company, Ids::new(7), minute(0)).unwrap()
}

fn sync(tenant: &mut Tenant, kind: Kind, operation: SyncOperation, anchor: &str, name: &str, at: i64) {
    let mut properties = vec![("SourceAnchor".to_owned(), Value::from(anchor))];
    if kind == Kind::User {
        let upn = format!("{anchor}@corp.example.test").to_lowercase();
        properties.push(("userPrincipalName".to_owned(), Value::Text(upn)));
    }
    properties.push(("displayName".to_owned(), Value::from(name)));
    let given = SyncObject { kind, operation, properties, references: Vec::new() };
    assert_eq!(tenant.provision(&given, minute(at)).error, None);
}

fn user(tenant: &mut Tenant, anchor: &str, name: &str, at: i64) {
    sync(tenant, Kind::User, SyncOperation::Set, anchor, name, at);
}

fn delete(tenant: &mut Tenant, kind: Kind, anchor: &str, at: i64) {
    sync(tenant, kind, SyncOperation::Delete, anchor, "", at);
}

fn told(page: &DeltaPage<'_>) -> Vec<String> {
    let item = |item: &DeltaItem<'_>| match item {
        DeltaItem::Live(object) => object.display_name.clone().unwrap_or_default(),
        DeltaItem::SoftDeleted(object) => format!("-{}", object.source_anchor.as_deref().unwrap_or_default()),
        DeltaItem::Gone(gone) => format!("x{}", gone.source_anchor.as_deref().unwrap_or_default()),
    };
    page.items.iter().map(item).collect()
}

#[test]
fn a_delta_tells_everything_once_in_pages_and_then_what_changed() {
    let mut tenant = tenant("contacts: [{displayName: C, sourceAnchor: C}]");
    (0..5).for_each(|n| user(&mut tenant, &format!("A{n}"), &format!("U{n}"), 0));
    let view = View::Committed;
    let first = tenant.delta(Kind::User, tenant.delta_start(view), view, 3).unwrap();
    assert_eq!((told(&first), first.more), (vec!["U0".into(), "U1".into(), "U2".into()], true));
    let next = first.next;
    user(&mut tenant, "A0", "New", 1);
    delete(&mut tenant, Kind::User, "A4", 1);
    delete(&mut tenant, Kind::Contact, "C", 1);
    let second = tenant.delta(Kind::User, next, view, 3).unwrap();
    assert_eq!((told(&second), second.more, second.next.is_first_read()), (vec!["U3".into()], false, false));
    let third = tenant.delta(Kind::User, second.next, view, 3).unwrap();
    assert_eq!(told(&third), ["New", "-A4"]);
    let none = tenant.delta(Kind::User, third.next, view, 3).unwrap();
    assert!(none.items.is_empty() && !none.more);
    let contacts =
        tenant.delta(Kind::Contact, next.with(cursor::Stage::Changes, next.since), view, 3).unwrap();
    assert_eq!(told(&contacts), ["xC"]);
}

#[test]
fn a_change_is_told_when_the_lag_has_passed_and_with_the_value_of_then() {
    let mut tenant = tenant("");
    tenant.settings_mut().replication_lag = SignedDuration::from_mins(10);
    let latest = tenant.delta_position(tenant.graph_view(minute(0)));
    user(&mut tenant, "A", "One", 0);
    user(&mut tenant, "A", "Two", 5);
    let at = |now: i64, from| tenant.delta(Kind::User, from, tenant.graph_view(minute(now)), 9).unwrap();
    assert_eq!(told(&at(9, latest)), [""; 0]);
    let first = at(10, at(9, latest).next);
    assert_eq!(told(&first), ["One"]);
    assert_eq!(told(&at(14, first.next)), [""; 0]);
    assert_eq!(told(&at(15, first.next)), ["Two"]);
    assert_eq!(told(&at(15, latest)), ["Two"], "each object once");
    let start = tenant.delta_start(tenant.graph_view(minute(12)));
    let all = at(12, start);
    assert_eq!(told(&all), ["One"]);
    assert_eq!(told(&at(15, all.next)), ["Two"]);
}

#[test]
fn cursors_are_refused_when_their_state_was_replaced() {
    let world = "users: [{userPrincipalName: ana@corp.example.test, displayName: Ana, sourceAnchor: A}]";
    let mut tenant = tenant(world);
    let cursors = [tenant.read_back_start(), tenant.delta_position(View::Committed)];
    let change = tenant.last_change();
    tenant.put_state(tenant.state(minute(1)), minute(1)).unwrap();
    assert_eq!(tenant.last_change(), change + 1, "changes are numbered on");
    for cursor in cursors {
        assert_eq!(tenant.read_back(cursor, 9), Err(CursorGone::Replaced));
        assert_eq!(tenant.delta(Kind::User, cursor, View::Committed, 9), Err(CursorGone::Replaced));
    }
    let snapshot = tenant.clone();
    user(&mut tenant, "B", "B", 2);
    let cursor = tenant.delta_position(View::Committed);
    let mut restored = snapshot;
    restored.succeed(&tenant);
    assert_eq!(restored.read_back(cursor, 9), Err(CursorGone::Replaced));
    assert_eq!(restored.read_back(restored.read_back_start(), 9).unwrap().items.len(), 1);
}

#[test]
fn a_world_that_is_added_is_told_as_changes() {
    let mut tenant = tenant("");
    let cursor = tenant.read_back_start();
    tenant.load(&World::parse("contacts: [{displayName: C, sourceAnchor: C}]").unwrap(), minute(1)).unwrap();
    let page = tenant.read_back(cursor, 9).unwrap();
    assert_eq!(page.items.len(), 1);
    assert!(tenant.read_back(page.next, 9).is_ok());
}

#[test]
fn a_cursor_that_has_outlived_the_tombstones_is_refused() {
    let mut tenant = tenant("contacts: [{displayName: C, sourceAnchor: C}]");
    let before = tenant.delta_position(View::Committed);
    delete(&mut tenant, Kind::Contact, "C", 0);
    let after = tenant.delta_position(View::Committed);
    let month = 30 * 24 * 60;
    tenant.tick(minute(month));
    assert_eq!(told(&tenant.delta(Kind::Contact, before, View::Committed, 9).unwrap()), ["xC"]);
    tenant.tick(minute(month + 1));
    assert_eq!(tenant.delta(Kind::Contact, before, View::Committed, 9), Err(CursorGone::Outlived));
    assert_eq!(tenant.read_back(before, 9), Err(CursorGone::Outlived));
    assert!(tenant.delta(Kind::Contact, after, View::Committed, 9).unwrap().items.is_empty());
    let ahead = after.with(cursor::Stage::Changes, 1_000);
    assert_eq!(tenant.read_back(ahead, 9), Err(CursorGone::Unknown));
}

#[test]
fn an_id_that_is_used_again_is_the_new_object() {
    let world = "contacts: [{id: 00000000-0000-0000-0000-000000000001, displayName: C, sourceAnchor: C}]";
    let mut tenant = tenant(world);
    delete(&mut tenant, Kind::Contact, "C", 0);
    tenant.load(&World::parse(&world.replace("contacts", "devices")).unwrap(), minute(1)).unwrap();
    tenant.tick(minute(31 * 24 * 60));
    let kinds = Kind::ALL.map(|kind| tenant.objects(kind, 0, View::Committed).count());
    assert_eq!(kinds, [0, 0, 0, 1]);
    assert_eq!(
        tenant.get(Uuid::from_u128(1), View::Committed).map(DirectoryObject::kind),
        Some(Kind::Device)
    );
}

/// Property, probe, how many of the users it means.
#[test]
fn look_up_tables_find_values_and_beginnings_in_any_letter_case() {
    let tenant = tenant(
        "users:\n\
         - {userPrincipalName: ana@corp.example.test, displayName: Ana Ang, mail: ana@corp.example.test, l: Bern}\n\
         - {userPrincipalName: anton@corp.example.test, displayName: Anton, proxyAddresses: ['SMTP:anton@corp.example.test'], city: bern}\n\
         - {userPrincipalName: ben@corp.example.test, displayName: Ben, title: Boss, employeeId: '7', sourceAnchor: B}\n\
         groups: [{displayName: Ana}]",
    );
    for (name, probe, found) in [
        ("displayName", Probe::StartsWith("an"), 2),
        ("displayName", Probe::Equals("ANA ANG"), 1),
        ("userPrincipalName", Probe::StartsWith("B"), 1),
        ("mail", Probe::Equals("Ana@corp.example.test"), 1),
        ("mail", Probe::StartsWith("an"), 2),
        ("proxyAddresses", Probe::StartsWith("smtp:ant"), 1),
        ("city", Probe::Equals("Bern"), 2),
        ("jobTitle", Probe::StartsWith("bo"), 1),
        ("employeeId", Probe::Equals("7"), 1),
        ("onPremisesImmutableId", Probe::Equals("B"), 1),
        ("employeeId", Probe::Equals(""), 0),
    ] {
        let users = tenant.probed(Kind::User, name, probe, View::Committed).unwrap();
        assert_eq!(users.len(), found, "{name} {probe:?}");
    }
    assert_eq!(tenant.probed(Kind::User, "ageGroup", Probe::Equals("x"), View::Committed), None);
}

#[test]
fn groups_are_found_by_their_members_as_of_each_stage() {
    let mut tenant = tenant(
        "users: [{userPrincipalName: ana@corp.example.test, displayName: Ana, sourceAnchor: A}]\n\
         groups: [{displayName: Inner, sourceAnchor: I, members: [A]}, {displayName: Outer, sourceAnchor: O, members: [I]},\n\
         {displayName: Loop, sourceAnchor: L, members: [O]}, {displayName: Other, sourceAnchor: X}]",
    );
    tenant.settings_mut().replication_lag = SignedDuration::from_mins(10);
    let id = tenant.user("ana@corp.example.test", View::Committed).unwrap().id;
    let names = |tenant: &Tenant, view| -> Vec<String> {
        tenant.transitive_groups_of(id, view).iter().filter_map(|group| group.display_name.clone()).collect()
    };
    assert_eq!(names(&tenant, View::Committed), ["Inner", "Outer", "Loop"]);
    let member = ReferenceChange { anchor: "A".into(), add: false };
    let given = SyncObject {
        kind: Kind::Group,
        operation: SyncOperation::Set,
        properties: vec![("SourceAnchor".into(), "I".into())],
        references: vec![("member".into(), vec![member])],
    };
    assert_eq!(tenant.provision(&given, minute(0)).error, None);
    assert_eq!(tenant.groups_of(id, View::Committed).count(), 0);
    assert_eq!(tenant.groups_of(id, tenant.graph_view(minute(9))).count(), 1);
    assert_eq!(tenant.groups_of(id, tenant.graph_view(minute(10))).count(), 0);
}

fn set_member(tenant: &mut Tenant, anchor: &str, add: bool, at: i64) {
    let member = ReferenceChange { anchor: anchor.into(), add };
    let given = SyncObject {
        kind: Kind::Group,
        operation: SyncOperation::Set,
        properties: vec![("SourceAnchor".into(), "G".into())],
        references: vec![("member".into(), vec![member])],
    };
    assert_eq!(tenant.provision(&given, minute(at)).error, None);
}

#[test]
fn members_that_came_and_went_are_told_after_the_lag() {
    let mut tenant = tenant("");
    tenant.settings_mut().replication_lag = SignedDuration::from_mins(10);
    ["A", "B"].iter().for_each(|anchor| user(&mut tenant, anchor, anchor, 0));
    sync(&mut tenant, Kind::Group, SyncOperation::Set, "G", "G", 0);
    set_member(&mut tenant, "A", true, 1);
    let id = |anchor: &str| tenant.with_anchor(anchor, View::Committed).next().unwrap().id;
    let (group, a, b) = (id("G"), id("A"), id("B"));
    let since = tenant.delta_position(tenant.graph_view(minute(20)));
    set_member(&mut tenant, "B", true, 20);
    set_member(&mut tenant, "A", false, 20);
    let told = |tenant: &Tenant, now: i64| -> std::collections::BTreeMap<Uuid, bool> {
        tenant.member_changes(group, since, tenant.graph_view(minute(now))).collect()
    };
    assert_eq!(told(&tenant, 30), [(a, false), (b, true)].into());
    assert_eq!(told(&tenant, 29), [(a, true), (b, false)].into(), "as the view has it: a replay");
    let now = tenant.delta_position(View::Committed);
    assert_eq!(tenant.member_changes(group, now, View::Committed).count(), 0);
    delete(&mut tenant, Kind::Group, "G", 40);
    tenant.tick(minute(31 * 24 * 60));
    assert_eq!(tenant.member_changes(group, since, View::Committed).count(), 0);
}

#[test]
fn the_bin_is_listed_as_each_stage_sees_it() {
    let mut tenant = tenant("");
    tenant.settings_mut().replication_lag = SignedDuration::from_mins(10);
    user(&mut tenant, "A", "A", 0);
    delete(&mut tenant, Kind::User, "A", 20);
    let seen = |minutes| {
        let view = tenant.graph_view(minute(minutes));
        (tenant.objects(Kind::User, 0, view).count(), tenant.deleted_objects(Kind::User, 0, view).count())
    };
    assert_eq!([seen(9), seen(10), seen(29), seen(30)], [(0, 0), (1, 0), (1, 0), (0, 1)]);
}

#[derive(Debug, Clone)]
enum Step {
    Write { anchor: u8, name: u8 },
    Delete { anchor: u8 },
    Wait { minutes: i64 },
    Read { limit: usize },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..4u8, 0..9u8).prop_map(|(anchor, name)| Step::Write { anchor, name }),
        2 => (0..4u8).prop_map(|anchor| Step::Delete { anchor }),
        2 => (1..30i64).prop_map(|minutes| Step::Wait { minutes }),
        3 => (1..3usize).prop_map(|limit| Step::Read { limit }),
    ]
}

/// What a reader who follows the pages believes.
#[derive(Default)]
struct Reader {
    cursor: Option<Cursor>,
    holds: std::collections::BTreeMap<Uuid, String>,
}

impl Reader {
    fn read(&mut self, tenant: &Tenant, now: i64, limit: usize) -> bool {
        let view = tenant.graph_view(minute(now));
        let from = self.cursor.unwrap_or_else(|| tenant.delta_start(view));
        let page = tenant.delta(Kind::User, from, view, limit).unwrap();
        for item in &page.items {
            match item {
                DeltaItem::Live(object) => {
                    self.holds.insert(object.id, object.display_name.clone().unwrap());
                }
                DeltaItem::SoftDeleted(object) => drop(self.holds.remove(&object.id)),
                DeltaItem::Gone(gone) => drop(self.holds.remove(&gone.id)),
            }
        }
        self.cursor = Some(page.next);
        page.more
    }
}

proptest! {
    /// Whatever happens between the pages: a reader who reads to the end holds what a list shows.
    #[test]
    fn whoever_follows_the_pages_holds_what_a_list_shows(lag in 0..20i64, steps in proptest::collection::vec(step(), 1..60)) {
        let mut tenant = tenant("");
        tenant.settings_mut().replication_lag = SignedDuration::from_mins(lag);
        let (mut now, mut reader) = (0, Reader::default());
        for step in steps {
            match step {
                Step::Write { anchor, name } => user(&mut tenant, &format!("A{anchor}"), &format!("N{name}"), now),
                Step::Delete { anchor } => {
                    let anchor = format!("A{anchor}");
                    if tenant.with_anchor(&anchor, View::Committed).next().is_some() {
                        delete(&mut tenant, Kind::User, &anchor, now);
                    }
                }
                Step::Wait { minutes } => now += minutes,
                Step::Read { limit } => drop(reader.read(&tenant, now, limit)),
            }
        }
        while reader.read(&tenant, now, 2) || reader.cursor.is_some_and(Cursor::is_first_read) {}
        while reader.read(&tenant, now, 2) {}
        let view = tenant.graph_view(minute(now));
        let listed: std::collections::BTreeMap<_, _> =
            tenant.objects(Kind::User, 0, view).map(|(_, user)| (user.id, user.display_name.clone().unwrap())).collect();
        prop_assert_eq!(reader.holds, listed);
    }
}
