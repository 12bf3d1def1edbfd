//! Reading a body: after the face has seen who asks, with limits of size, time and memory.

use std::time::Duration;

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http::header::CONTENT_LENGTH;
use http_body_util::BodyExt;

use super::memory::{Memory, Share};
use crate::pipeline::{Caller, Face, Payload, Request};
use crate::server::Service;

/// Bytes that are read without a share of the memory: all of a small body, and of a big one enough to know who calls.
const BEGINNING: usize = 64 * 1024;

/// How long a whole body may take. Source: none; the services close slow requests after minutes, a double on the same
/// machine needs no minute.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);

/// How many bytes of a body that nobody wants are thrown away, so that its sender comes to read the answer. A connection
/// that is closed with bytes unread is reset, and the reset overtakes the answer.
const DISCARDED: u64 = 128 * 1024 * 1024;

/// A body under way.
pub(super) struct Inbound {
    body: Body,
    read: BytesMut,
    declared: Option<u64>,
    /// The last frame has come. The body itself can't always tell: one in chunks doesn't know its end beforehand.
    ended: bool,
}

/// Why a body did not come.
enum Stop {
    TooLarge,
    Broken,
}

impl From<Stop> for Payload {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::TooLarge => Self::TooLarge,
            Stop::Broken => Self::Broken,
        }
    }
}

/// Lets the face see who asks and, if it will have it, reads the body into the request. The share of the memory is to be
/// held until the answer is there.
pub(super) async fn receive(
    service: &Service,
    face: &Face,
    request: &mut Request,
    body: Body,
    memory: &Memory,
) -> (Caller, Share) {
    let mut inbound = Inbound { declared: declared(request), body, read: BytesMut::new(), ended: false };
    let deadline = tokio::time::Instant::now() + PATIENCE;
    let received = tokio::time::timeout_at(deadline, inbound.admitted(service, face, request, memory)).await;
    let (caller, share) = received.unwrap_or_else(|_| {
        request.payload = Payload::Broken;
        ((face.authenticate)(service, request), Share::default())
    });
    if !matches!(request.payload, Payload::Whole(_)) {
        tokio::spawn(discard(inbound.body, deadline));
    }
    (caller, share)
}

fn declared(request: &Request) -> Option<u64> {
    request.headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

impl Inbound {
    async fn admitted(
        &mut self,
        service: &Service,
        face: &Face,
        request: &mut Request,
        memory: &Memory,
    ) -> (Caller, Share) {
        let caller = (face.authenticate)(service, request);
        if caller.is_refused() {
            return (caller, Share::default());
        }
        if self.has_some() && !face.takes(request) {
            request.payload = Payload::WrongType;
            return (caller, Share::default());
        }
        if let Err(stop) = self.begin(face.body_limit).await {
            request.payload = stop.into();
            return (self.caller_within(service, face, request, caller), Share::default());
        }
        request.payload = Payload::Beginning(self.read.clone().freeze());
        let caller = self.caller_within(service, face, request, caller);
        if caller.is_refused() {
            return (caller, Share::default());
        }
        let (payload, share) = self.rest(face.body_limit, memory).await;
        request.payload = payload;
        (caller, share)
    }

    /// Who asks, if the message itself tells.
    fn caller_within(&self, service: &Service, face: &Face, request: &Request, caller: Caller) -> Caller {
        if !matches!(caller, Caller::InMessage) {
            return caller;
        }
        let beginning = Payload::Beginning(self.read.clone().freeze());
        (face.authenticate)(service, &Request { payload: beginning, ..request.clone() })
    }

    fn has_some(&self) -> bool {
        !self.ended && !http_body::Body::is_end_stream(&self.body)
    }

    /// Reads the beginning. A body that says of itself that it is too large is not read.
    async fn begin(&mut self, limit: usize) -> Result<(), Stop> {
        if self.declared.is_some_and(|declared| declared > limit as u64) {
            return Err(Stop::TooLarge);
        }
        self.read_up_to(BEGINNING.min(limit)).await
    }

    /// Reads the rest, with a share of the memory for all that it may be.
    async fn rest(&mut self, limit: usize, memory: &Memory) -> (Payload, Share) {
        if !self.has_some() {
            return (self.judged(limit), Share::default());
        }
        let expected = self.declared.and_then(|declared| usize::try_from(declared).ok()).unwrap_or(limit);
        let share = memory.share(expected.min(limit)).await;
        match self.read_up_to(limit.saturating_add(1)).await {
            Ok(()) => (self.judged(limit), share),
            Err(stop) => (stop.into(), share),
        }
    }

    /// What was read up to the end, or beyond the limit.
    fn judged(&mut self, limit: usize) -> Payload {
        let read = std::mem::take(&mut self.read).freeze();
        if read.len() > limit { Payload::TooLarge } else { Payload::Whole(read) }
    }

    /// Reads until at least so many bytes are there or the body ends.
    async fn read_up_to(&mut self, limit: usize) -> Result<(), Stop> {
        while self.read.len() < limit && self.has_some() {
            match self.body.frame().await {
                None => self.ended = true,
                Some(Err(_)) => return Err(Stop::Broken),
                Some(Ok(frame)) => self.take(frame.into_data().ok()),
            }
        }
        Ok(())
    }

    fn take(&mut self, data: Option<Bytes>) {
        self.read.extend_from_slice(&data.unwrap_or_default());
    }
}

/// Throws away what still comes of a body, for a while.
async fn discard(mut body: Body, deadline: tokio::time::Instant) {
    let mut left = DISCARDED;
    let drained = async {
        while let Some(Ok(frame)) = body.frame().await {
            let length = frame.data_ref().map_or(0, Bytes::len) as u64;
            let Some(rest) = left.checked_sub(length) else { break };
            left = rest;
        }
    };
    // whoever is still sending then has had the time to read the answer
    let _ = tokio::time::timeout_at(deadline, drained).await;
}
