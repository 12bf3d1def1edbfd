//! What starting and stopping costs: a double is started for each test, so none of this may be felt.

use std::time::Duration;

use kit::server::{Listener, serve_http, serve_https};
use kit::tls::RunCa;
use tokio::time::Instant;

/// Generous on purpose: a busy machine must not fail the test, a slow design must.
const LIMIT: Duration = Duration::from_millis(20);
const ROUNDS: usize = 21;

#[tokio::test]
async fn a_server_with_its_own_authority_starts_and_stops_at_once() {
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let ca = RunCa::ephemeral("kit test CA").unwrap();
        let tls = ca.server_config(&["localhost", "127.0.0.1"]).unwrap();
        let router = axum::Router::new();
        let plain = serve_http(Listener::bind("127.0.0.1:0".parse().unwrap()).await.unwrap(), router.clone());
        let secure = serve_https(Listener::bind("127.0.0.1:0".parse().unwrap()).await.unwrap(), tls, router);
        drop((plain, secure));
        rounds.push(start.elapsed());
    }
    rounds.sort();
    let median = rounds[ROUNDS / 2];
    println!("start and stop with TLS: median {median:?}");
    assert!(median < LIMIT, "{median:?}");
}
