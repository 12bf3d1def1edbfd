//! The sockets: LDAP, LDAPS, and StartTLS in the middle of a connection.
//!
//! Requests may come pipelined. They are answered in order, and nothing more is read while answers wait to be sent, so a
//! client that sends without reading fills its own window and no memory of ours.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::BytesMut;
use kit::server::ShutdownSignal;
use kit::transport::{Abort, FaultStream};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_util::codec::Decoder;

use crate::server::{Service, Turn, disconnect};
use crate::session::{Session, Then};
use crate::wire::codec::PduDecoder;

/// Answers are sent when no whole request is left to read, or when this many octets wait.
const HIGH_WATER: usize = 256 * 1024;
/// How long a TLS handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(30);

/// What all connections share.
#[derive(Clone)]
pub(crate) struct Hub {
    service: Arc<Service>,
    tls: Option<TlsAcceptor>,
    open: Arc<AtomicUsize>,
}

/// One place of MaxConnections, given back when dropped.
struct Place(Arc<AtomicUsize>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Limits that hold for a whole connection (MS-ADTS 3.1.1.3.4.6).
#[derive(Clone, Copy)]
struct Limits {
    receive_buffer: usize,
    idle: Duration,
    first: Duration,
}

impl Hub {
    /// `tls` serves LDAPS and StartTLS.
    pub(crate) fn new(service: Arc<Service>, tls: Option<TlsAcceptor>) -> Self {
        Self { service, tls, open: Arc::default() }
    }

    /// A connection to the LDAP port.
    pub(crate) async fn ldap(self, stream: TcpStream, peer: SocketAddr, mut signal: ShutdownSignal) {
        let Some(_place) = self.place() else { return };
        let mut session = Session::new(false, self.tls.is_some());
        let mut stream = FaultStream::new(stream);
        let end = self.converse(&mut stream, &mut session, &mut signal).await;
        if let (Ok(Then::StartTls), Some(tls)) = (end, &self.tls) {
            self.over_tls(tls, stream.into_inner(), peer, session, signal).await;
        }
    }

    /// A connection to the LDAPS port.
    pub(crate) async fn ldaps(self, stream: TcpStream, peer: SocketAddr, signal: ShutdownSignal) {
        let Some(_place) = self.place() else { return };
        if let Some(tls) = &self.tls {
            self.over_tls(tls, stream, peer, Session::new(true, true), signal).await;
        }
    }

    /// MaxConnections: a connection too many is closed at once.
    fn place(&self) -> Option<Place> {
        let most = self.service.directory().policies().count("MaxConnections");
        let place = Place(Arc::clone(&self.open));
        (self.open.fetch_add(1, Ordering::Relaxed) < most).then_some(place)
    }

    async fn over_tls(
        &self,
        tls: &TlsAcceptor,
        stream: TcpStream,
        peer: SocketAddr,
        mut session: Session,
        mut signal: ShutdownSignal,
    ) {
        let handshake = tokio::select! {
            () = signal.wait() => return,
            handshake = tokio::time::timeout(HANDSHAKE, tls.accept(stream)) => handshake,
        };
        match handshake {
            Ok(Ok(stream)) => {
                session.tls_started();
                let mut stream = FaultStream::new(stream);
                // how the connection ended is the client's affair
                let _ = self.converse(&mut stream, &mut session, &mut signal).await;
                let _ = stream.shutdown().await;
            }
            Ok(Err(error)) => tracing::debug!(%peer, %error, "TLS handshake failed"),
            Err(_) => tracing::debug!(%peer, "TLS handshake took too long"),
        }
    }

    /// Serves requests until the connection ends or changes to TLS.
    async fn converse<S>(
        &self,
        stream: &mut FaultStream<S>,
        session: &mut Session,
        signal: &mut ShutdownSignal,
    ) -> std::io::Result<Then>
    where
        S: AsyncRead + AsyncWrite + Abort + Unpin,
    {
        let limits = self.limits();
        let mut decoder = PduDecoder::new(limits.receive_buffer);
        let (mut received, mut answers) = (BytesMut::with_capacity(4096), BytesMut::new());
        let mut patience = limits.first;
        loop {
            let then = self.answer_all(stream, session, &mut decoder, &mut received, &mut answers).await?;
            send(stream, &mut answers).await?;
            match then {
                Then::Stay => {}
                // octets sent in clear behind StartTLS must not count as sent under TLS
                Then::StartTls if !received.is_empty() => return Ok(Then::Close),
                end => return Ok(end),
            }
            let read = tokio::select! {
                () = signal.wait() => return Ok(Then::Close),
                read = tokio::time::timeout(patience, stream.read_buf(&mut received)) => read,
            };
            if read.map_or(Ok(0), |read| read)? == 0 {
                return Ok(Then::Close);
            }
            patience = limits.idle;
        }
    }

    /// Answers every request that has arrived whole.
    async fn answer_all<S>(
        &self,
        stream: &mut FaultStream<S>,
        session: &mut Session,
        decoder: &mut PduDecoder,
        received: &mut BytesMut,
        answers: &mut BytesMut,
    ) -> std::io::Result<Then>
    where
        S: AsyncRead + AsyncWrite + Abort + Unpin,
    {
        loop {
            let turn = match decoder.decode(received) {
                Ok(None) => return Ok(Then::Stay),
                Ok(Some(pdu)) => self.service.take(session, pdu),
                Err(error) => disconnect(&error.to_string()),
            };
            let then = turn.then;
            add(stream, answers, turn).await?;
            if then != Then::Stay {
                return Ok(then);
            }
        }
    }

    fn limits(&self) -> Limits {
        let directory = self.service.directory();
        let seconds = |name| Duration::from_secs(directory.policies().count(name) as u64);
        Limits {
            receive_buffer: directory.policies().count("MaxReceiveBuffer"),
            idle: seconds("MaxConnIdleTime"),
            first: seconds("InitRecvTimeout"),
        }
    }
}

/// Queues the answers of a turn; what was queued before goes out untouched by the faults of this one.
async fn add<S>(stream: &mut FaultStream<S>, answers: &mut BytesMut, turn: Turn) -> std::io::Result<()>
where
    S: AsyncRead + AsyncWrite + Abort + Unpin,
{
    if !turn.effects.is_empty() {
        send(stream, answers).await?;
        stream.handle().apply(&turn.effects);
    }
    if answers.is_empty() {
        *answers = turn.answer;
    } else {
        answers.extend_from_slice(&turn.answer);
    }
    if answers.len() >= HIGH_WATER || !turn.effects.is_empty() {
        send(stream, answers).await?;
    }
    Ok(())
}

async fn send<S: AsyncWrite + Unpin>(stream: &mut S, answers: &mut BytesMut) -> std::io::Result<()> {
    if answers.is_empty() {
        return Ok(());
    }
    stream.write_all(answers).await?;
    answers.clear();
    stream.flush().await
}
