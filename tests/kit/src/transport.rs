//! A stream that misbehaves on command.
//!
//! [`FaultStream`] sits on top of a TCP or TLS stream; whoever serves the connection holds its [`ConnHandle`] and
//! tells it what should happen to the bytes from now on. Without a command it passes everything through.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Sleep;

use crate::faults::Effect;

/// Waits for real milliseconds: what a `delay` costs a client. The only thing in a double that lasts.
#[expect(clippy::disallowed_methods, reason = "a delay fault is real waiting, asked for by the plan")]
pub async fn pause(length: Duration) {
    tokio::time::sleep(length).await;
}

/// A stream that can end with a TCP reset instead of an orderly close.
pub trait Abort {
    /// Arranges that closing this stream resets the connection.
    fn abort(&mut self);
}

impl Abort for tokio::net::TcpStream {
    fn abort(&mut self) {
        // if the socket is already dead there is nothing left to reset
        let _ = self.set_zero_linger();
    }
}

impl Abort for tokio::io::DuplexStream {
    /// A pipe in memory has no reset; closing it is all there is.
    fn abort(&mut self) {}
}

impl<S: Abort> Abort for tokio_rustls::server::TlsStream<S> {
    fn abort(&mut self) {
        self.get_mut().0.abort();
    }
}

impl<S: Abort> Abort for FaultStream<S> {
    fn abort(&mut self) {
        self.inner.abort();
    }
}

/// How one connection is told to misbehave. Cheap to clone; an HTTP face finds it among the request's extensions.
#[derive(Clone, Debug, Default)]
pub struct ConnHandle(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    armed: AtomicBool,
    orders: Mutex<Orders>,
}

/// What was ordered and not yet carried out.
#[derive(Debug, Default)]
struct Orders {
    delay: Option<Duration>,
    slice: Option<(usize, Duration)>,
    truncate: Option<usize>,
    end: Option<End>,
    reader: Option<Waker>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Stall,
    HangUp,
    Reset,
}

impl ConnHandle {
    /// Holds the next bytes back for real milliseconds.
    pub fn delay(&self, length: Duration) {
        self.order(|orders| orders.delay = Some(length));
    }

    /// From now on at most `bytes` at once, `gap` apart.
    pub fn slice(&self, bytes: usize, gap: Duration) {
        self.order(|orders| orders.slice = Some((bytes.max(1), gap)));
    }

    /// Closes the connection after `bytes` more bytes.
    pub fn truncate(&self, bytes: usize) {
        self.order(|orders| orders.truncate = Some(bytes));
    }

    /// Sends nothing more, but keeps the connection until the peer gives up.
    pub fn stall(&self) {
        self.order(|orders| orders.end = Some(End::Stall));
    }

    /// Closes the connection without another byte (and without a TLS close notification).
    pub fn hang_up(&self) {
        self.order(|orders| orders.end = Some(End::HangUp));
    }

    /// Resets the connection.
    pub fn reset(&self) {
        self.order(|orders| orders.end = Some(End::Reset));
    }

    /// Carries out the transport effects among `effects`; the others are the protocol's affair. `close_before` and
    /// `lost_ack` both hang up: whether the operation is carried out first is for the caller to arrange.
    pub fn apply(&self, effects: &[Effect]) {
        for effect in effects {
            match effect {
                Effect::Delay { ms } => self.delay(Duration::from_millis(*ms)),
                Effect::Slice { bytes, ms } => self.slice(*bytes, Duration::from_millis(*ms)),
                Effect::Truncate { bytes } => self.truncate(*bytes),
                Effect::Stall {} => self.stall(),
                Effect::CloseBefore {} | Effect::LostAck {} => self.hang_up(),
                Effect::Reset {} => self.reset(),
                _ => {}
            }
        }
    }

    fn order(&self, change: impl FnOnce(&mut Orders)) {
        let mut orders = self.orders();
        change(&mut orders);
        self.0.armed.store(true, Ordering::Release);
        if let Some(reader) = orders.reader.take() {
            reader.wake();
        }
    }

    /// Whether anything was ever ordered.
    pub(crate) fn is_armed(&self) -> bool {
        self.0.armed.load(Ordering::Acquire)
    }

    fn orders(&self) -> MutexGuard<'_, Orders> {
        self.0.orders.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A stream that carries out what its [`ConnHandle`] is told.
#[derive(Debug)]
pub struct FaultStream<S> {
    inner: S,
    handle: ConnHandle,
    wait: Option<Pin<Box<Sleep>>>,
}

impl<S> FaultStream<S> {
    /// Wraps `inner`.
    #[must_use]
    pub fn new(inner: S) -> Self {
        Self { inner, handle: ConnHandle::default(), wait: None }
    }

    /// The handle by which it is told what to do.
    #[must_use]
    pub fn handle(&self) -> ConnHandle {
        self.handle.clone()
    }

    /// The stream below, for a change of transport in mid-connection.
    #[must_use]
    pub fn into_inner(self) -> S {
        self.inner
    }
}

impl<S: AsyncRead + AsyncWrite + Abort + Unpin> FaultStream<S> {
    /// How many of `wanted` bytes may be written now; an error if the connection was ended.
    fn poll_allowance(&mut self, cx: &mut Context<'_>, wanted: usize) -> Poll<io::Result<usize>> {
        self.poll_end(cx)?;
        if self.handle.orders().end == Some(End::Stall) {
            return self.poll_stalled(cx);
        }
        ready!(self.poll_wait(cx));
        let orders = self.handle.orders();
        let slice = orders.slice.map_or(wanted, |(bytes, _)| bytes);
        let left = orders.truncate.unwrap_or(wanted);
        Poll::Ready(Ok(wanted.min(slice).min(left)))
    }

    /// An error once the connection was hung up or reset.
    fn poll_end(&mut self, _cx: &mut Context<'_>) -> io::Result<()> {
        let mut orders = self.handle.orders();
        if orders.truncate == Some(0) && orders.end.is_none() {
            orders.end = Some(End::HangUp);
        }
        let end = orders.end;
        drop(orders);
        match end {
            Some(End::HangUp) => Err(io::ErrorKind::BrokenPipe.into()),
            Some(End::Reset) => {
                self.inner.abort();
                Err(io::ErrorKind::ConnectionReset.into())
            }
            Some(End::Stall) | None => Ok(()),
        }
    }

    /// While stalled, what the peer sends is thrown away; when it leaves, so do we.
    fn poll_stalled<T>(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<T>> {
        let mut scratch = [0; 4096];
        loop {
            let mut buffer = ReadBuf::new(&mut scratch);
            ready!(Pin::new(&mut self.inner).poll_read(cx, &mut buffer))?;
            if buffer.filled().is_empty() {
                return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
            }
        }
    }

    /// Waits for an ordered delay, or for the gap between two slices.
    fn poll_wait(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if let Some(delay) = self.handle.orders().delay.take() {
            self.wait = Some(sleep(delay));
        }
        if let Some(wait) = &mut self.wait {
            ready!(wait.as_mut().poll(cx));
            self.wait = None;
        }
        Poll::Ready(())
    }

    /// Books `written` bytes against truncation and starts the gap to the next slice.
    fn book(&mut self, written: usize) {
        let mut orders = self.handle.orders();
        if let Some(left) = &mut orders.truncate {
            *left = left.saturating_sub(written);
        }
        if let Some((_, gap)) = orders.slice {
            self.wait = Some(sleep(gap));
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "delays and slices are real waiting, asked for by the plan")]
fn sleep(length: Duration) -> Pin<Box<Sleep>> {
    Box::pin(tokio::time::sleep(length))
}

impl<S: AsyncRead + AsyncWrite + Abort + Unpin> AsyncRead for FaultStream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.handle.is_armed() {
            self.poll_end(cx)?;
            if self.handle.orders().end == Some(End::Stall) {
                return self.poll_stalled(cx);
            }
        }
        let polled = Pin::new(&mut self.inner).poll_read(cx, buf);
        if polled.is_pending() {
            self.handle.orders().reader = Some(cx.waker().clone());
        }
        polled
    }
}

impl<S: AsyncRead + AsyncWrite + Abort + Unpin> AsyncWrite for FaultStream<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        if !self.handle.is_armed() {
            return Pin::new(&mut self.inner).poll_write(cx, buf);
        }
        let allowed = ready!(self.poll_allowance(cx, buf.len()))?;
        let written = ready!(Pin::new(&mut self.inner).poll_write(cx, &buf[..allowed]))?;
        self.book(written);
        Poll::Ready(Ok(written))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if !self.handle.is_armed() {
            return Pin::new(&mut self.inner).poll_write_vectored(cx, bufs);
        }
        let first = bufs.iter().find(|buf| !buf.is_empty()).map_or(&[][..], |buf| &**buf);
        self.poll_write(cx, first)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let ended = self.handle.is_armed() && self.handle.orders().end.is_some();
        if ended {
            // no farewell on a connection that was cut
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};

    use super::*;

    fn pair() -> (FaultStream<DuplexStream>, ConnHandle, DuplexStream) {
        let (ours, theirs) = duplex(64 * 1024);
        let stream = FaultStream::new(ours);
        let handle = stream.handle();
        (stream, handle, theirs)
    }

    #[tokio::test]
    async fn without_orders_bytes_pass_both_ways() {
        let (mut stream, _, mut peer) = pair();
        stream.write_all(b"hello").await.unwrap();
        peer.write_all(b"world").await.unwrap();
        let (mut a, mut b) = ([0; 5], [0; 5]);
        peer.read_exact(&mut a).await.unwrap();
        stream.read_exact(&mut b).await.unwrap();
        assert_eq!((&a, &b), (b"hello", b"world"));
    }

    #[tokio::test]
    async fn truncation_lets_just_so_many_bytes_through() {
        let (mut stream, handle, mut peer) = pair();
        stream.write_all(b"before ").await.unwrap();
        handle.apply(&[Effect::Truncate { bytes: 4 }]);
        let error = stream.write_all(b"after").await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
        drop(stream);
        let mut seen = String::new();
        peer.read_to_string(&mut seen).await.unwrap();
        assert_eq!(seen, "before afte");
    }

    #[tokio::test]
    async fn delay_and_slices_take_their_time() {
        let (mut stream, handle, mut peer) = pair();
        let start = tokio::time::Instant::now();
        handle.apply(&[Effect::Delay { ms: 30 }, Effect::Slice { bytes: 2, ms: 10 }]);
        stream.write_all(b"abcdef").await.unwrap();
        assert!(start.elapsed() >= Duration::from_millis(30 + 2 * 10));
        drop(stream);
        let mut seen = Vec::new();
        peer.read_to_end(&mut seen).await.unwrap();
        assert_eq!(seen, b"abcdef");
    }

    #[tokio::test]
    async fn hanging_up_wakes_a_waiting_reader() {
        let (mut stream, handle, _peer) = pair();
        let reader = tokio::spawn(async move { stream.read_u8().await.unwrap_err().kind() });
        tokio::task::yield_now().await;
        handle.hang_up();
        assert_eq!(reader.await.unwrap(), io::ErrorKind::BrokenPipe);
    }

    #[tokio::test]
    async fn a_stalled_stream_lives_until_the_peer_leaves() {
        let (mut stream, handle, mut peer) = pair();
        handle.stall();
        let writer = tokio::spawn(async move { stream.write_all(b"x").await.unwrap_err().kind() });
        peer.write_all(b"anybody there?").await.unwrap();
        assert!(!writer.is_finished());
        drop(peer);
        assert_eq!(writer.await.unwrap(), io::ErrorKind::BrokenPipe);
    }
}
