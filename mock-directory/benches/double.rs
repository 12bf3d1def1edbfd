//! What the double costs: starting one, one look-up over a socket, a paged read of 100,000 users.

#![expect(clippy::unwrap_used, reason = "a benchmark that can't run has nothing to measure")]

#[path = "../tests/it/support/mod.rs"]
#[expect(dead_code, reason = "the tests' client does more than a benchmark needs")]
mod support;

use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use kit::tls::RunCa;
use mock_directory::MockDirectory;
use mock_directory::directory::{Directory, Settings};
use mock_directory::wire::ber::{self, Reader};
use mock_directory::wire::message::*;
use mock_directory::wire::oid;
use support::client::RawClient;
use support::people;
use tokio::runtime::Runtime;

const USERS: usize = 100_000;

fn search(filter: &str) -> Op {
    Op::Search(SearchRequest {
        base: "DC=corp,DC=example,DC=test".to_owned(),
        scope: Scope::Subtree,
        deref: 0,
        size_limit: 0,
        time_limit: 0,
        types_only: false,
        filter: filter.parse().unwrap(),
        attrs: ["cn", "mail", "objectGUID"].map(str::to_owned).to_vec(),
    })
}

async fn bound(directory: &MockDirectory) -> RawClient {
    let mut client = RawClient::connect(directory.ldap_url()).await;
    assert_eq!(client.bind(&directory.bind_dn(), directory.admin_password()).await.code, 0);
    client
}

fn page(cookie: &[u8]) -> Control {
    let mut value = BytesMut::new();
    ber::put_constructed(&mut value, ber::SEQUENCE, |out| {
        ber::put_integer(out, ber::INTEGER, 1000);
        ber::put_octets(out, ber::OCTETS, cookie);
    });
    Control { oid: oid::PAGED.to_owned(), critical: true, value: Some(value.freeze()) }
}

/// Reads to the last page; gives the number of entries.
async fn read_all(client: &mut RawClient) -> usize {
    let (mut cookie, mut entries) = (Bytes::new(), 0);
    loop {
        let answer = client.call(search("(sAMAccountName=person*)"), vec![page(&cookie)]).await;
        entries += answer.entries.len();
        let outcome = answer.outcome.unwrap();
        assert_eq!(outcome.code, 0, "{}", outcome.message);
        let mut value = Reader::new(outcome.controls[0].value.clone().unwrap()).sequence("paged").unwrap();
        value.integer("size").unwrap();
        cookie = value.octets("cookie").unwrap();
        if cookie.is_empty() {
            return entries;
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a measurement")]
fn clock() -> Instant {
    Instant::now()
}

/// A start and its parts; what dropping costs is not part of it.
fn start(c: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let now = "2026-09-01T00:00:00Z".parse().unwrap();
    c.bench_function("start: directory", |b| b.iter(|| Directory::new(Settings::default(), now)));
    c.bench_function("start: certificates", |b| {
        b.iter(|| RunCa::ephemeral("bench").unwrap().server_config(&["localhost", "127.0.0.1"]).unwrap());
    });
    c.bench_function("start in process", |b| {
        b.to_async(&runtime).iter_custom(|times| async move {
            let mut total = Duration::ZERO;
            for _ in 0..times {
                let begin = clock();
                let directory = MockDirectory::builder().start().await.unwrap();
                total += begin.elapsed();
                drop(directory);
            }
            total
        });
    });
}

fn reading(c: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let directory = runtime.block_on(MockDirectory::builder().ldif(people(USERS)).start()).unwrap();
    let mut client = runtime.block_on(bound(&directory));
    let mut group = c.benchmark_group("100,000 users");
    group.bench_function("equality search", |b| {
        b.iter(|| {
            let answer = runtime.block_on(client.call(search("(sAMAccountName=person77777)"), vec![]));
            assert_eq!(answer.entries.len(), 1);
        });
    });
    group.sample_size(10).throughput(Throughput::Elements(USERS as u64));
    group.bench_function("paged read", |b| {
        b.iter(|| assert_eq!(runtime.block_on(read_all(&mut client)), USERS));
    });
    group.finish();
}

criterion_group!(benches, start, reading);
criterion_main!(benches);
