//! A thousand clients at once: how long their calls take, over kept-alive plain HTTP. Prints one line of figures; the goal
//! is that the slowest hundredth takes at most ten times as long as the median.
//!
//! `cargo bench -p mock-tenant --bench load [CLIENTS [CALLS]]`

use std::time::Duration;

use mock_tenant::{MockTenant, World};
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

fn main() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime can be started");
    runtime.block_on(run());
}

async fn run() {
    let mut arguments = std::env::args().skip(1).filter_map(|argument| argument.parse::<usize>().ok());
    let clients = arguments.next().unwrap_or(1_000);
    let calls = arguments.next().unwrap_or(50);
    let world = World::parse("users: [{userPrincipalName: ana@corp.example.test, displayName: Ana}]");
    let any_port = Some("127.0.0.1:0".parse().expect("an address"));
    let tenant = MockTenant::builder().http(any_port).world(world.expect("a world")).start().await;
    let tenant = tenant.expect("the tenant starts");
    let url = tenant.http_url().expect("it listens without TLS");
    let address = url.trim_start_matches("http://").to_owned();
    let token = token(&address, &tenant).await;
    let request = format!(
        "GET /v1.0/users/ana@corp.example.test HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n"
    );
    let tasks: Vec<_> =
        (0..clients).map(|_| tokio::spawn(client(address.clone(), request.clone(), calls))).collect();
    let start = now();
    let mut taken = Vec::new();
    for task in tasks {
        taken.extend(task.await.expect("no client fails"));
    }
    report(clients, calls, start.elapsed(), taken);
    tenant.shutdown().await;
}

fn report(clients: usize, calls: usize, total: Duration, mut taken: Vec<Duration>) {
    assert_eq!(taken.len(), clients * calls, "every call was answered");
    taken.sort_unstable();
    let at = |share: f64| {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a rank"
        )]
        let rank = (share * (taken.len() - 1) as f64) as usize;
        taken[rank].as_secs_f64() * 1000.0
    };
    #[expect(clippy::cast_precision_loss, reason = "a rate")]
    let rate = taken.len() as f64 / total.as_secs_f64();
    let (p50, p99, max) = (at(0.5), at(0.99), at(1.0));
    println!(
        "{clients} clients x {calls} calls: {rate:.0} calls/s, p50 {p50:.1} ms, p99 {p99:.1} ms, max {max:.1} ms, p99/p50 {:.1}",
        p99 / p50
    );
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]
fn now() -> std::time::Instant {
    std::time::Instant::now()
}

async fn client(address: String, request: String, calls: usize) -> Vec<Duration> {
    let mut stream = BufReader::new(TcpStream::connect(address).await.expect("a connection"));
    let mut taken = Vec::with_capacity(calls);
    for _ in 0..calls {
        let start = now();
        let (status, _) = exchange(&mut stream, &request).await;
        assert_eq!(status, 200, "the call succeeds");
        taken.push(start.elapsed());
    }
    taken
}

/// Sends a request and reads an answer with a Content-Length.
async fn exchange(stream: &mut BufReader<TcpStream>, request: &str) -> (u16, String) {
    stream.write_all(request.as_bytes()).await.expect("the request is taken");
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.expect("an answer comes"));
    }
    let head = String::from_utf8_lossy(&head).to_lowercase();
    let length = head.split("content-length: ").nth(1).and_then(|rest| rest.lines().next()?.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body).await.expect("a whole answer comes");
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    (status, String::from_utf8_lossy(&body).into_owned())
}

async fn token(address: &str, tenant: &MockTenant) -> String {
    let form = format!(
        "client_id={}&client_secret={}&grant_type=client_credentials&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default",
        tenant.client_id(),
        tenant.client_secret()
    );
    let request = format!(
        "POST /{}/oauth2/v2.0/token HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        tenant.tenant_id(),
        form.len()
    );
    let mut stream = BufReader::new(TcpStream::connect(address).await.expect("a connection"));
    let (_, body) = exchange(&mut stream, &request).await;
    let token = body.split("\"access_token\":\"").nth(1).and_then(|rest| rest.split('"').next());
    token.expect("a token is issued").to_owned()
}
