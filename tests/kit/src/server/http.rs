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
use super::handle::{ServerHandle, ShutdownSignal};
use crate::transport::{Abort, ConnHandle, FaultStream};

/// How long a client may take for the TLS handshake, and for the head of a request.
const PATIENCE: Duration = Duration::from_secs(30);

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
    let service = service_fn(move |request| answer(router.clone(), request, handle.clone(), peer));
    let builder = builder();
    let mut connection = std::pin::pin!(builder.serve_connection(TokioIo::new(stream), service));
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = signal.wait() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%peer, %error, "connection ended early");
    }
}

fn builder() -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(PATIENCE);
    builder.http2().timer(TokioTimer::new());
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
