//! What every store has to keep, run against each of them.

use std::sync::Arc;

use jiff::Timestamp;

use super::{MemoryStore, Store};
use crate::{
    engine::{
        packed::Packed,
        state::{
            Change, ErrorClass, LastError, Pending, RunCounters, StagedObject, State, StateChange,
            TenantRecord,
        },
    },
    model::{Cursor, ExportAction, ObjectType},
};

fn instant(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn error() -> LastError {
    LastError {
        class: ErrorClass::LargeObject,
        code: "LargeObject".into(),
        message: "too large — «ä»".into(),
        attempts: 3,
        at: instant(1_000),
    }
}

fn staged(dn: &str) -> Arc<StagedObject> {
    let attributes = Packed::from_entries([
        ("usercertificate", vec![vec![0, 0xff, 0x80], vec![7; 40_000]]),
        ("mail", vec![]),
    ]);
    Arc::new(StagedObject { dn: dn.into(), parent: Some([9; 16]), attributes, error: Some(error()) })
}

fn record() -> Arc<TenantRecord> {
    let properties = Packed::from_entries([("userCertificate", vec![vec![1, 2, 3]])]);
    Arc::new(TenantRecord {
        kind: ObjectType::Contact,
        guid: Some([0xff; 16]),
        cloud_anchor: Some("Contact_1".into()),
        confirmed: Some(properties.clone()),
        pending: Some(Pending {
            action: ExportAction::Set,
            properties,
            at: instant(2_000),
            acknowledged: true,
            attempts: 2,
            not_before: Some(instant(3_000)),
        }),
        foreign: vec!["mail".into()],
        error: Some(error()),
    })
}

fn bare_record() -> Arc<TenantRecord> {
    Arc::new(TenantRecord {
        kind: ObjectType::User,
        guid: None,
        cloud_anchor: None,
        confirmed: None,
        pending: None,
        foreign: vec![],
        error: None,
    })
}

fn cursor() -> Cursor {
    Cursor { cookie: vec![0, 1, 0xff], server: Some("dc1".into()), invocation_id: Some([3; 16]) }
}

/// Everything that can be put.
fn first() -> StateChange {
    StateChange(vec![
        Change::PutObject { guid: [0; 16], object: staged("CN=Zoë\\, A,DC=x") },
        Change::PutObject { guid: [0xfe; 16], object: staged("") },
        Change::PutRecord { anchor: "A==".into(), record: record() },
        Change::PutRecord { anchor: "a==".into(), record: bare_record() },
        Change::DirectoryCursor(Some(cursor())),
        Change::TenantCursor(Some(Cursor { cookie: vec![], server: None, invocation_id: None })),
        Change::RulesFingerprint("abc".into()),
        Change::Runs(RunCounters { completed: 1, full: 1, exported: u64::MAX / 2 }),
    ])
}

/// Replacing, dropping, forgetting; the order counts.
fn second() -> StateChange {
    StateChange(vec![
        Change::DropObject { guid: [0xfe; 16] },
        Change::PutObject { guid: [0; 16], object: staged("CN=Renamed,DC=x") },
        Change::PutObject { guid: [5; 16], object: staged("CN=Short lived") },
        Change::DropObject { guid: [5; 16] },
        Change::DropObject { guid: [6; 16] },
        Change::DropRecord { anchor: "A==".into() },
        Change::DirectoryCursor(None),
    ])
}

/// Runs the suite; `open` opens the same store again and again.
pub(super) async fn run<S: Store>(mut open: impl AsyncFnMut() -> S) {
    let mut expected = State::default();
    let mut store = open().await;
    assert_eq!(store.load().await.unwrap(), expected, "a new store is empty");
    for change in [first(), StateChange::default(), second()] {
        store.commit(&change).await.unwrap();
        expected.apply(&change);
        drop(store);
        store = open().await;
        assert_eq!(store.load().await.unwrap(), expected, "what was committed is there after a restart");
    }
    store.reset().await.unwrap();
    drop(store);
    assert_eq!(open().await.load().await.unwrap(), State::default(), "a reset store is empty");
}

#[tokio::test]
async fn memory_store_keeps_the_contract() {
    let store = MemoryStore::default();
    run(async || store.clone()).await;
}
