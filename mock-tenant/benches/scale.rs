//! A large tenant: 100,000 users with two certificates each. How fast they come in, what they cost in memory besides their
//! values, and what readers pay who ask for what changed, also while somebody writes.

use std::hint::black_box;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use jiff::Timestamp;
use kit::Ids;
use mock_tenant::MockTenant;
use mock_tenant::tenant::{Company, Kind, Settings, SyncObject, SyncOperation, Tenant, Value, View};
use tokio::runtime::Runtime;
use uuid::Uuid;

const USERS: usize = 100_000;
const BATCH: usize = 30;
const CERTIFICATE: usize = 1_200;
const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn tenant() -> Tenant {
    let company = Company::new("Corp", vec!["corp.example.test".to_owned()]);
    Tenant::new(Settings::new(Uuid::nil(), "corp.onmicrosoft.test"), company, Ids::new(1))
}

fn certificate(seed: usize) -> Bytes {
    let mut octets = vec![0x30; CERTIFICATE];
    octets.iter_mut().zip(seed.to_be_bytes()).for_each(|(octet, of_seed)| *octet = of_seed);
    octets.into()
}

fn user(n: usize) -> SyncObject {
    let name = format!("user{n}@corp.example.test");
    let text = |text: &str| Value::Text(text.to_owned());
    let properties = [
        ("SourceAnchor", text(&format!("{n:022}=="))),
        ("userPrincipalName", text(&name)),
        ("displayName", text(&format!("User {n}"))),
        ("givenName", text("User")),
        ("sn", text(&n.to_string())),
        ("department", text(&format!("Department {}", n % 50))),
        ("mail", text(&name)),
        ("mailNickname", text(&format!("user{n}"))),
        ("proxyAddresses", Value::TextList(vec![format!("SMTP:{name}")])),
        ("userCertificate", Value::BinaryList([certificate(2 * n), certificate(2 * n + 1)].into())),
    ];
    let properties = properties.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    SyncObject { kind: Kind::User, operation: SyncOperation::Add, properties, references: Vec::new() }
}

/// Octets of one user's values, about.
fn size(user: &SyncObject) -> usize {
    let one = |value: &Value| match value {
        Value::Text(text) => text.len(),
        Value::TextList(list) => list.iter().map(String::len).sum(),
        Value::BinaryList(list) => list.iter().map(Bytes::len).sum(),
        Value::Null | Value::Bool(_) | Value::Long(_) | Value::Binary(_) => 0,
    };
    user.properties.iter().map(|(_, value)| one(value)).sum()
}

/// Resident memory of this process in octets, where the system tells it.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<usize>().ok()).unwrap_or_default() * 1024
}

fn provision(tenant: &mut Tenant, batch: &[SyncObject]) {
    for object in batch {
        assert_eq!(tenant.provision(object, NOW).error, None);
    }
}

/// Batches, each into a version of its own, as the double's writer does it.
#[expect(clippy::disallowed_methods, reason = "a measurement")]
fn filled() -> Tenant {
    let (before, mut spent, mut values) = (resident(), Duration::ZERO, 0);
    let mut published = tenant();
    for first in (0..USERS).step_by(BATCH) {
        let batch: Vec<SyncObject> = (first..USERS.min(first + BATCH)).map(user).collect();
        values += batch.iter().map(size).sum::<usize>();
        let start = Instant::now();
        let mut writing = published.clone();
        provision(&mut writing, &batch);
        published = writing;
        spent += start.elapsed();
    }
    let (rate, cost) = (USERS as f64 / spent.as_secs_f64(), (resident() - before).saturating_sub(values));
    println!("{USERS} users: {rate:.0} objects/s, {} octets a user besides the values", cost / USERS);
    published
}

fn scale(criterion: &mut Criterion) {
    let tenant = filled();
    let position = tenant.delta_position(View::Committed);
    let mut group = criterion.benchmark_group("100,000 users");
    group.bench_function("snapshot", |bencher| bencher.iter(|| black_box(tenant.clone())));
    group.bench_function("delta without a change", |bencher| {
        bencher.iter(|| tenant.delta(Kind::User, position, View::Committed, 100).expect("a page").more);
    });
    group.bench_function("read-back without a change", |bencher| {
        bencher.iter(|| tenant.read_back(position, 500).expect("a page").more);
    });
    group.bench_function("first delta page of 100", |bencher| {
        let start = tenant.delta_start(View::Committed);
        bencher.iter(|| tenant.delta(Kind::User, start, View::Committed, 100).expect("a page").items.len());
    });
    group.bench_function("list page of 100 in the middle", |bencher| {
        bencher.iter(|| tenant.objects(Kind::User, 50_000, View::Committed).take(100).count());
    });
    group.bench_function("tick", |bencher| {
        let mut tenant = tenant.clone();
        bencher.iter(|| tenant.tick(NOW));
    });
    group.throughput(Throughput::Elements(BATCH as u64));
    let batch: Vec<SyncObject> = (USERS..USERS + BATCH).map(user).collect();
    group.bench_function("a batch of 30 new users", |bencher| {
        bencher.iter_batched(
            || tenant.clone(),
            |mut tenant| provision(&mut tenant, &batch),
            BatchSize::PerIteration,
        );
    });
    group.finish();
    beside_a_writer(criterion, tenant);
}

/// The same reader, while another thread writes without a pause.
fn beside_a_writer(criterion: &mut Criterion, tenant: Tenant) {
    let runtime = Runtime::new().expect("a runtime");
    let double = runtime.block_on(MockTenant::builder().start()).expect("starts");
    double.restore(tenant);
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                let change = vec![("usageLocation".to_owned(), "CH".into())];
                double.patch("user77@corp.example.test", change).expect("a change");
            }
        });
        criterion.bench_function("delta without a change, beside a writer", |bencher| {
            let position = double.snapshot().delta_position(View::Committed);
            bencher.iter(|| {
                let tenant = double.snapshot();
                let latest = tenant.delta_position(View::Committed);
                assert!(tenant.delta(Kind::User, position, View::Committed, 100).is_ok());
                tenant.delta(Kind::User, latest, View::Committed, 100).expect("a page").more
            });
        });
        stop.store(true, Ordering::Relaxed);
    });
}

criterion_group!(benches, scale);
criterion_main!(benches);
