//! HTTP/1.1 and HTTP/2 over an accept loop, with and without TLS.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::response::Response;
use http::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt;

use super::accept::{Listener, serve};
use super::activity::Activity;
use super::handle::{GRACE, ServerHandle, ShutdownSignal};
use crate::transport::{Abort, ConnHandle, FaultStream};

/// How long a client may take for the TLS handshake, and for the head of a request.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long a connection may be open without a request, from its beginning or after an answer. Bodies are the business of
/// whoever reads them.
const IDLE: Duration = Duration::from_secs(60);

/// Serves `router` over plain HTTP. Each request carries its connection's [`ConnHandle`] and the peer's
/// [`ConnectInfo`] as extensions.
pub fn serve_http(listener: Listener, router: Router) -> ServerHandle {
    serve(listener, move |stream, peer, signal| http_connection(stream, peer, signal, router.clone()))
}

/// As [`serve_http`] over TLS; HTTP/2 and HTTP/1.1 are offered by ALPN.
pub fn serve_https(listener: Listener, mut tls: ServerConfig, router: Router) -> ServerHandle {
    tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let acceptor = TlsAcceptor::from(Arc::new(tls));
    serve(listener, move |stream, peer, signal| {
        tls_connection(acceptor.clone(), stream, peer, signal, router.clone())
    })
}

async fn tls_connection(
    acceptor: TlsAcceptor,
    stream: TcpStream,
    peer: SocketAddr,
    mut signal: ShutdownSignal,
    router: Router,
) {
    let handshake = tokio::time::timeout(PATIENCE, acceptor.accept(stream));
    let accepted = tokio::select! {
        () = signal.wait() => return,
        accepted = handshake => accepted,
    };
    match accepted {
        Ok(Ok(stream)) => http_connection(stream, peer, signal, router).await,
        Ok(Err(error)) => tracing::debug!(%peer, %error, "TLS handshake failed"),
        Err(_) => tracing::debug!(%peer, "TLS handshake took too long"),
    }
}

async fn http_connection<S>(stream: S, peer: SocketAddr, mut signal: ShutdownSignal, router: Router)
where
    S: AsyncRead + AsyncWrite + Abort + Send + Unpin + 'static,
{
    let stream = FaultStream::new(stream);
    let handle = stream.handle();
    let (activity, connection_handle) = (Activity::new(), handle.clone());
    let service = {
        let activity = activity.clone();
        service_fn(move |request| {
            let busy = activity.begin();
            let answer = answer(router.clone(), request, handle.clone(), peer);
            async move {
                let answer = answer.await;
                drop(busy);
                answer
            }
        })
    };
    let builder = builder();
    let mut connection = std::pin::pin!(builder.serve_connection(TokioIo::new(stream), service));
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = signal.wait() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
        () = abandoned(&activity, &connection_handle) => {
            tracing::debug!(%peer, "closing a connection on which nothing is asked");
            connection.as_mut().graceful_shutdown();
            tokio::time::timeout(GRACE, connection).await.unwrap_or(Ok(()))
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%peer, %error, "connection ended early");
    }
}

/// Returns once nothing was asked for too long; never while a fault of the plan keeps the connection waiting.
async fn abandoned(activity: &Activity, handle: &ConnHandle) {
    loop {
        activity.idle_for(IDLE).await;
        if !handle.is_armed() {
            return;
        }
    }
}

fn builder() -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(PATIENCE);
    builder.http2().timer(TokioTimer::new()).keep_alive_interval(PATIENCE).keep_alive_timeout(PATIENCE);
    builder
}

async fn answer(
    router: Router,
    request: Request<Incoming>,
    handle: ConnHandle,
    peer: SocketAddr,
) -> Result<Response, Infallible> {
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(handle);
    request.extensions_mut().insert(ConnectInfo(peer));
    router.oneshot(request).await
}

#[cfg(test)]
mod tests {
    use axum::Extension;
    use axum::extract::Path;
    use axum::routing::get;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;
    use crate::faults::Effect;
    use crate::tls::RunCa;

    fn router() -> Router {
        let broken = |Path(fault): Path<String>, Extension(handle): Extension<ConnHandle>| async move {
            handle.apply(&[match fault.as_str() {
                "reset" => Effect::Reset {},
                "truncate" => Effect::Truncate { bytes: 150 },
                "lost_ack" => Effect::LostAck {},
                "slice" => Effect::Slice { bytes: 16, ms: 0 },
                _ => Effect::Delay { ms: 0 },
            }]);
            "x".repeat(400)
        };
        Router::new().route("/{fault}", get(broken))
    }

    async fn any_port() -> Listener {
        Listener::bind("127.0.0.1:0".parse().unwrap()).await.unwrap()
    }

    async fn body(client: &reqwest::Client, url: &str) -> Result<usize, reqwest::Error> {
        Ok(client.get(url).send().await?.bytes().await?.len())
    }

    #[tokio::test]
    async fn a_handler_decides_what_happens_to_its_connection() {
        let server = serve_http(any_port().await, router());
        let (client, base) = (reqwest::Client::new(), format!("http://{}", server.addr()));
        assert_eq!(body(&client, &format!("{base}/fine")).await.unwrap(), 400);
        assert_eq!(body(&client, &format!("{base}/slice")).await.unwrap(), 400);
        for fault in ["reset", "truncate", "lost_ack"] {
            assert!(body(&client, &format!("{base}/{fault}")).await.is_err(), "{fault}");
        }
        assert_eq!(
            body(&client, &format!("{base}/fine")).await.unwrap(),
            400,
            "the next connection is whole"
        );
        server.shutdown().await;
    }

    /// What a peer sees until the connection ends, and after how long that is.
    async fn slow_peer(sent: &[u8]) -> (String, Duration) {
        let (ours, mut theirs) = tokio::io::duplex(4096);
        let (_stop, signal) = ShutdownSignal::pair();
        let start = tokio::time::Instant::now();
        let server = tokio::spawn(http_connection(ours, "127.0.0.1:9".parse().unwrap(), signal, router()));
        theirs.write_all(sent).await.unwrap();
        let mut seen = Vec::new();
        theirs.read_to_end(&mut seen).await.unwrap();
        server.await.unwrap();
        (String::from_utf8_lossy(&seen).into_owned(), start.elapsed())
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_asks_nothing_or_never_ends_asking_is_sent_away() {
        let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
        for sent in [&b""[..], b"PRI * HT", b"GET /fine HTTP/1.1\r\nHost: localhost\r\nX-Sl", preface] {
            let (_, after) = slow_peer(sent).await;
            assert!(after <= IDLE + GRACE, "{after:?} for {}", sent.escape_ascii());
        }
        let (seen, after) = slow_peer(b"GET /fine HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
        assert!(seen.starts_with("HTTP/1.1 200"), "{seen}");
        assert!(after <= IDLE + GRACE, "{after:?} for a connection kept alive");
    }

    #[tokio::test]
    async fn https_serves_names_and_addresses_with_http_2() {
        let ca = RunCa::ephemeral("kit test CA").unwrap();
        let tls = ca.server_config(&["localhost", "127.0.0.1", "login.example.test"]).unwrap();
        let server = serve_https(any_port().await, tls, router());
        let port = server.addr().port();
        let client = reqwest::Client::builder()
            .tls_certs_only([reqwest::Certificate::from_pem(ca.ca_pem().as_bytes()).unwrap()])
            .resolve("login.example.test", server.addr())
            .build()
            .unwrap();
        for host in ["localhost", "127.0.0.1", "login.example.test"] {
            let response = client.get(format!("https://{host}:{port}/fine")).send().await.unwrap();
            assert_eq!((response.version(), response.status().as_u16()), (http::Version::HTTP_2, 200));
        }
        assert!(body(&client, &format!("https://localhost:{port}/reset")).await.is_err());
        server.shutdown().await;
    }
}
