//! Binding, and the loop that accepts.

use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::handle::{GRACE, ServerHandle, SharedSocket, ShutdownSignal};
use crate::transport::pause;

/// How many connections one server holds at once; the next ones wait in the backlog.
const MAX_CONNECTIONS: usize = 5_000;

/// How long the loop rests when the machine has no file descriptor left.
const EXHAUSTED_PAUSE: Duration = Duration::from_millis(50);

/// A bound socket that does not accept yet.
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    addr: SocketAddr,
}

/// An address could not be bound.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {addr}: {source}")]
pub struct BindError {
    /// The address that was asked for.
    pub addr: SocketAddr,
    /// What the system said.
    pub source: io::Error,
}

impl Listener {
    /// Binds `addr`; port 0 takes a free one.
    ///
    /// # Errors
    /// Names the address and what the system said.
    pub async fn bind(addr: SocketAddr) -> Result<Self, BindError> {
        let fail = |source| BindError { addr, source };
        let socket = TcpListener::bind(addr).await.map_err(fail)?;
        let addr = socket.local_addr().map_err(fail)?;
        Ok(Self { socket, addr })
    }

    /// The address with the real port.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }
}

/// Accepts connections and gives each to `handler`, which should return soon after the signal is set.
pub fn serve<H, F>(listener: Listener, handler: H) -> ServerHandle
where
    H: Fn(TcpStream, SocketAddr, ShutdownSignal) -> F + Send + 'static,
    F: Future<Output = ()> + Send + 'static,
{
    let Listener { socket, addr } = listener;
    ServerHandle::spawn(addr, socket, |socket, signal| accept_loop(socket, signal, handler))
}

async fn accept_loop<H, F>(socket: SharedSocket, mut signal: ShutdownSignal, handler: H)
where
    H: Fn(TcpStream, SocketAddr, ShutdownSignal) -> F + Send + 'static,
    F: Future<Output = ()> + Send + 'static,
{
    let mut connections = JoinSet::new();
    loop {
        let room = connections.len() < MAX_CONNECTIONS;
        tokio::select! {
            biased;
            () = signal.wait() => break,
            Some(_) = connections.join_next() => {}
            accepted = poll_fn(|cx| socket.poll_accept(cx)), if room => match accepted {
                None => break,
                Some(Ok((stream, peer))) => {
                    connections.spawn(handler(prepared(stream), peer, signal.clone()));
                }
                Some(Err(error)) => rest_after(&error).await,
            },
        }
    }
    drain(connections).await;
}

fn prepared(stream: TcpStream) -> TcpStream {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "the connection ended before it was served");
    }
    stream
}

/// A connection that died in the backlog is nothing; no more file descriptors would turn into a busy loop.
async fn rest_after(error: &io::Error) {
    if !matches!(error.kind(), io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset) {
        tracing::warn!(%error, "cannot accept a connection");
        pause(EXHAUSTED_PAUSE).await;
    }
}

async fn drain(mut connections: JoinSet<()>) {
    let all = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(GRACE, all).await.is_err() {
        tracing::debug!(left = connections.len(), "ending connections that did not finish");
    }
    connections.shutdown().await;
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    async fn echo_once(mut stream: TcpStream, _peer: SocketAddr, mut signal: ShutdownSignal) {
        let mut byte = [0];
        tokio::select! {
            () = signal.wait() => {}
            read = stream.read_exact(&mut byte) => if read.is_ok() { let _ = stream.write_all(&byte).await; },
        }
    }

    async fn listening() -> ServerHandle {
        serve(Listener::bind("127.0.0.1:0".parse().unwrap()).await.unwrap(), echo_once)
    }

    #[tokio::test]
    async fn a_dropped_handle_frees_the_port_at_once_even_with_connections() {
        let server = listening().await;
        let addr = server.addr();
        let mut open = TcpStream::connect(addr).await.unwrap();
        open.write_all(b"x").await.unwrap();
        assert_eq!(open.read_u8().await.unwrap(), b'x');
        let mut idle = TcpStream::connect(addr).await.unwrap();
        drop(server);
        let again = Listener::bind(addr).await.expect("the port is free");
        assert_eq!(again.addr(), addr);
        assert!(idle.read_u8().await.is_err(), "the connection has ended");
    }

    #[tokio::test]
    async fn shutdown_tells_the_connections() {
        let server = listening().await;
        let mut idle = TcpStream::connect(server.addr()).await.unwrap();
        let start = tokio::time::Instant::now();
        server.shutdown().await;
        assert!(start.elapsed() < GRACE, "nobody had to be ended by force");
        assert!(idle.read_u8().await.is_err());
    }

    #[tokio::test]
    async fn a_connection_that_does_not_listen_is_ended_within_a_second() {
        let server =
            serve(Listener::bind("127.0.0.1:0".parse().unwrap()).await.unwrap(), |stream, _, _| async move {
                std::future::pending::<()>().await;
                drop(stream);
            });
        let mut idle = TcpStream::connect(server.addr()).await.unwrap();
        // make sure that it was accepted
        tokio::task::yield_now().await;
        let start = tokio::time::Instant::now();
        server.shutdown().await;
        assert!(start.elapsed() < Duration::from_secs(1));
        assert!(idle.read_u8().await.is_err());
    }

    #[tokio::test]
    async fn a_taken_address_is_named() {
        let server = listening().await;
        let error = Listener::bind(server.addr()).await.unwrap_err();
        assert!(error.to_string().starts_with(&format!("cannot listen on {}", server.addr())), "{error}");
    }
}
