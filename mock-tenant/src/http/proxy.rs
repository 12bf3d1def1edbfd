//! An HTTP CONNECT proxy for clients with hard-wired hosts: the real hosts of Microsoft's clouds lead here, nothing else
//! leads anywhere. A client needs only `HTTPS_PROXY` and the CA.
//! Source: RFC 9110, 9.3.6.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use kit::server::{Listener, ServerHandle, ShutdownSignal, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::TcpStream;

/// Longest head of a request.
const HEAD_MAX: usize = 8 * 1024;
/// How long a client may take for it.
const PATIENCE: Duration = Duration::from_secs(30);

/// Why a request does not get through.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Refusal {
    /// Not `CONNECT host:port`.
    Method,
    /// A host that is none of the tenant's.
    Host(String),
    /// Too long, too slow, or not HTTP.
    Malformed,
}

impl Refusal {
    fn answer(&self) -> String {
        let (status, text) = match self {
            Self::Method => ("405 Method Not Allowed", "this proxy takes CONNECT only".to_owned()),
            Self::Host(host) => (
                "403 Forbidden",
                format!("mock-tenant leads to Microsoft's hosts only; {host} is none of them"),
            ),
            Self::Malformed => ("400 Bad Request", "expected CONNECT host:port HTTP/1.1".to_owned()),
        };
        let length = text.len();
        format!(
            "HTTP/1.1 {status}\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{text}"
        )
    }
}

/// Serves the proxy: what is meant for one of these hosts goes to `target`.
pub(crate) fn serve_proxy(listener: Listener, hosts: Arc<[String]>, target: SocketAddr) -> ServerHandle {
    serve(listener, move |stream, _peer, signal| connection(stream, hosts.clone(), target, signal))
}

async fn connection(
    mut client: TcpStream,
    hosts: Arc<[String]>,
    target: SocketAddr,
    mut signal: ShutdownSignal,
) {
    let tunnelled = async {
        match asked(&mut client, &hosts).await {
            Ok(()) => tunnel(&mut client, target).await,
            Err(refusal) => client.write_all(refusal.answer().as_bytes()).await,
        }
    };
    tokio::select! {
        () = signal.wait() => {}
        // a tunnel that breaks has ended, and nobody is left to be told
        _ = tunnelled => {}
    }
}

async fn tunnel(client: &mut TcpStream, target: SocketAddr) -> std::io::Result<()> {
    let mut server = TcpStream::connect(target).await?;
    client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await?;
    copy_bidirectional(client, &mut server).await.map(|_| ())
}

async fn asked(client: &mut TcpStream, hosts: &[String]) -> Result<(), Refusal> {
    let head = tokio::time::timeout(PATIENCE, head(client)).await.map_err(|_| Refusal::Malformed)??;
    host(&head)
        .and_then(|host| if is_ours(hosts, host) { Ok(()) } else { Err(Refusal::Host(host.to_owned())) })
}

/// Octet by octet, so that nothing of the tunnel is read with it.
async fn head(client: &mut TcpStream) -> Result<String, Refusal> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() >= HEAD_MAX {
            return Err(Refusal::Malformed);
        }
        head.push(client.read_u8().await.map_err(|_| Refusal::Malformed)?);
    }
    String::from_utf8(head).map_err(|_| Refusal::Malformed)
}

fn host(head: &str) -> Result<&str, Refusal> {
    let mut words = head.lines().next().unwrap_or_default().split(' ');
    let (method, target, version) = (words.next(), words.next(), words.next());
    if !version.is_some_and(|version| version.starts_with("HTTP/1.")) {
        return Err(Refusal::Malformed);
    }
    if method != Some("CONNECT") {
        return Err(Refusal::Method);
    }
    let (host, port) = target.and_then(|target| target.rsplit_once(':')).ok_or(Refusal::Malformed)?;
    if port == "443" { Ok(host) } else { Err(Refusal::Host(format!("{host}:{port}"))) }
}

fn is_ours(hosts: &[String], host: &str) -> bool {
    hosts.iter().any(|known| known.eq_ignore_ascii_case(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_connect_to_a_known_host_is_taken() {
        assert_eq!(host("CONNECT graph.microsoft.com:443 HTTP/1.1\r\n\r\n"), Ok("graph.microsoft.com"));
        assert_eq!(host("GET http://graph.microsoft.com/ HTTP/1.1\r\n\r\n"), Err(Refusal::Method));
        assert_eq!(host("CONNECT graph.microsoft.com HTTP/1.1\r\n\r\n"), Err(Refusal::Malformed));
        let mail = Refusal::Host("graph.microsoft.com:25".to_owned());
        assert_eq!(host("CONNECT graph.microsoft.com:25 HTTP/1.1\r\n\r\n"), Err(mail));
        assert_eq!(host("\r\n\r\n"), Err(Refusal::Malformed));
        assert!(is_ours(&["graph.microsoft.com".to_owned()], "Graph.Microsoft.com"));
        assert!(!is_ours(&["graph.microsoft.com".to_owned()], "evil-graph.microsoft.com"));
    }
}
