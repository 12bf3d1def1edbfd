//! The handle of a running server.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How long connections may take to finish once the server is to stop; the contract gives a whole stop one second.
pub(super) const GRACE: Duration = Duration::from_millis(700);

/// The socket, where both the accept loop and the handle can reach it: so dropping the handle closes it at once,
/// not whenever the loop is next scheduled.
#[derive(Debug, Clone)]
pub(super) struct SharedSocket(Arc<Mutex<Option<TcpListener>>>);

impl SharedSocket {
    pub(super) fn new(socket: TcpListener) -> Self {
        Self(Arc::new(Mutex::new(Some(socket))))
    }

    /// The next connection; `None` once the socket was closed.
    pub(super) fn poll_accept(
        &self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<std::io::Result<(TcpStream, SocketAddr)>>> {
        match &*self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            None => Poll::Ready(None),
            Some(socket) => socket.poll_accept(cx).map(Some),
        }
    }

    pub(super) fn close(&self) {
        drop(self.0.lock().unwrap_or_else(PoisonError::into_inner).take());
    }
}

/// Tells a connection that the server wants to stop.
#[derive(Clone, Debug)]
pub struct ShutdownSignal(watch::Receiver<bool>);

impl ShutdownSignal {
    /// A signal with what sets it.
    #[cfg(test)]
    pub(super) fn pair() -> (watch::Sender<bool>, Self) {
        let (stop, stopped) = watch::channel(false);
        (stop, Self(stopped))
    }

    /// Returns when the server is to stop (or its handle is gone).
    pub async fn wait(&mut self) {
        // an error means that the handle was dropped, which is a stop too
        let _ = self.0.wait_for(|stop| *stop).await;
    }

    /// Whether the server is to stop.
    #[must_use]
    pub fn is_set(&self) -> bool {
        *self.0.borrow()
    }
}

/// A running server. Dropping it frees the port at once and ends every connection.
#[derive(Debug)]
pub struct ServerHandle {
    addr: SocketAddr,
    socket: SharedSocket,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl ServerHandle {
    /// `run` gets the socket and the signal and is spawned; it ends when its connections have ended.
    pub(super) fn spawn<F>(
        addr: SocketAddr,
        socket: TcpListener,
        run: impl FnOnce(SharedSocket, ShutdownSignal) -> F,
    ) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let socket = SharedSocket::new(socket);
        let (stop, stopped) = watch::channel(false);
        let task = tokio::spawn(run(socket.clone(), ShutdownSignal(stopped)));
        Self { addr, socket, stop, task }
    }

    /// The address it listens on, with the real port.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Stops accepting, lets connections finish what they are doing for less than a second, then ends them.
    pub async fn shutdown(mut self) {
        self.socket.close();
        self.stop.send_replace(true);
        // after the grace time, or if the loop panicked, dropping self ends whatever is left
        let _ = tokio::time::timeout(GRACE + Duration::from_millis(100), &mut self.task).await;
    }
}

impl Drop for ServerHandle {
    fn drop(&mut self) {
        self.socket.close();
        self.task.abort();
    }
}
