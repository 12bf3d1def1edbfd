//! How long a tenant takes to start, and to answer over a socket.

use criterion::{Criterion, criterion_group, criterion_main};
use mock_tenant::{MockTenant, World};
use reqwest::{Certificate, Client};
use tokio::runtime::Runtime;

/// Listeners, CA, certificate and all; the ports are freed outside of what is measured.
fn start(c: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime");
    c.bench_function("start in process", |bench| {
        bench
            .to_async(&runtime)
            .iter_with_large_drop(async || MockTenant::builder().start().await.expect("starts"));
    });
}

fn world(users: usize) -> World {
    let user =
        |n| format!("  - {{userPrincipalName: 'user{n}@corp.example.test', displayName: 'User {n}'}}\n");
    World::parse(&format!("users:\n{}", (0..users).map(user).collect::<String>())).expect("a world")
}

async fn token(tenant: &MockTenant, client: &Client) -> String {
    let form = [
        ("client_id", tenant.client_id().to_string()),
        ("client_secret", tenant.client_secret().to_owned()),
        ("grant_type", "client_credentials".to_owned()),
        ("scope", "https://graph.microsoft.com/.default".to_owned()),
    ];
    let url = format!("{}/oauth2/v2.0/token", tenant.authority_url());
    let answer = client.post(url).form(&form).send().await.expect("an answer");
    let body: serde_json::Value = answer.json().await.expect("JSON");
    body["access_token"].as_str().expect("a token").to_owned()
}

/// One request after the other over a kept connection.
fn get(c: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime");
    let loopback: std::net::SocketAddr = "127.0.0.1:0".parse().expect("an address");
    let tenant =
        runtime.block_on(MockTenant::builder().world(world(10_000)).http(loopback).start()).expect("starts");
    let ca = Certificate::from_pem(tenant.ca_pem().as_bytes()).expect("PEM");
    let client = Client::builder().tls_certs_only([ca]).build().expect("a client");
    let token = runtime.block_on(token(&tenant, &client));
    let id = tenant.state()["users"][5_000]["id"].as_str().expect("an id").to_owned();
    let plain = format!("{}/v1.0", tenant.http_url().expect("plain HTTP"));
    let by_name = "users?$filter=userPrincipalName eq 'user77@corp.example.test'".to_owned();
    for (name, url) in [
        ("GET user by id, https", format!("{}/users/{id}", tenant.graph_url())),
        ("GET user by id, http", format!("{plain}/users/{id}")),
        ("filtered list, indexed, http", format!("{plain}/{by_name}")),
        ("page of 999 users, http", format!("{plain}/users?$top=999")),
    ] {
        c.bench_function(name, |bench| {
            bench.to_async(&runtime).iter(async || {
                let answer = client.get(&url).bearer_auth(&token).send().await.expect("an answer");
                assert_eq!(answer.status(), 200);
                answer.bytes().await.expect("a body").len()
            });
        });
    }
}

criterion_group! { name = benches; config = Criterion::default().sample_size(50); targets = start, get }
criterion_main!(benches);
