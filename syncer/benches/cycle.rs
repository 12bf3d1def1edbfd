//! Whole cycles of 10,000 users with two certificates each, against both doubles in this process.

#[expect(
    dead_code,
    clippy::unwrap_used,
    reason = "the harness of the chain tests; a bench needs a part of it"
)]
#[path = "../tests/chain/harness.rs"]
mod harness;

use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use harness::{Chain, add_certificate, certificate, user};

const USERS: usize = 10_000;

fn staff() -> Vec<serde_json::Value> {
    (0..USERS).map(|n| user(&format!("user{n}"), &[certificate(n), certificate(USERS + n)])).collect()
}

#[expect(clippy::disallowed_methods, reason = "a measurement")]
fn now() -> Instant {
    Instant::now()
}

async fn initial(iterations: u64) -> Duration {
    let mut total = Duration::ZERO;
    for _ in 0..iterations {
        let chain = Chain::with(staff()).await;
        let started = now();
        chain.synced(&[]).await;
        total += started.elapsed();
    }
    total
}

async fn repeated(iterations: u64, flags: &[&str], change: bool) -> Duration {
    let chain = Chain::with(staff()).await;
    chain.synced(&[]).await;
    let mut total = Duration::ZERO;
    for iteration in 0..iterations {
        if change {
            let number = iteration as usize;
            let name = format!("user{}", number % USERS);
            chain.change(&add_certificate(&name, &certificate(1_000_000 + number)));
        }
        let started = now();
        chain.synced(flags).await;
        total += started.elapsed();
    }
    total
}

fn cycles(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let mut group = criterion.benchmark_group("cycle");
    group.sample_size(10).throughput(Throughput::Elements(USERS as u64));
    group.bench_function("initial", |b| b.to_async(&runtime).iter_custom(initial));
    group.bench_function("full, no change", |b| {
        b.to_async(&runtime).iter_custom(|n| repeated(n, &["--full"], false));
    });
    group.bench_function("delta, no change", |b| {
        b.to_async(&runtime).iter_custom(|n| repeated(n, &[], false));
    });
    group.bench_function("delta, one change", |b| {
        b.to_async(&runtime).iter_custom(|n| repeated(n, &[], true));
    });
    group.finish();
}

criterion_group!(benches, cycles);
criterion_main!(benches);
