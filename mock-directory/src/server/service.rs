//! From the octets of one request to the octets of its answers: decode, fault plan, directory, journal, encode. The
//! directory is locked for the one operation only, and never while octets are made or sent.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::{Bytes, BytesMut};
use kit::faults::{Effect, Faults};
use kit::{Clock, Journal};

use super::call::{Call, NAMES};
use super::{fault, log};
use crate::directory::Directory;
use crate::session::answer::{self, ldap_err};
use crate::session::{Reply, Session, Then};
use crate::wire::decode::{self, Malformed};
use crate::wire::message::{DoneKind, Op, Request, Response};
use crate::wire::{code, encode, oid};

/// The directory and what is told about it, shared by connections, handle and control API.
#[derive(Debug)]
pub(crate) struct Service {
    directory: Mutex<Directory>,
    initial: Directory,
    /// The state before the last write, kept while the fault plan has a `stale_read` in it.
    before: Mutex<Option<Arc<Directory>>>,
    clock: Clock,
    journal: Journal,
    faults: Faults,
}

/// What a connection does about one request.
#[derive(Debug)]
pub(crate) struct Turn {
    /// To be sent.
    pub(crate) answer: BytesMut,
    /// Faults of the transport, to be played on the answer.
    pub(crate) effects: Vec<Effect>,
    /// What follows.
    pub(crate) then: Then,
}

impl Service {
    pub(crate) fn new(directory: Directory, clock: Clock, seed: u64) -> Self {
        let journal = Journal::new(clock.clone());
        let initial = directory.clone();
        let directory = Mutex::new(directory);
        Self {
            directory,
            initial,
            before: Mutex::default(),
            clock,
            journal,
            faults: Faults::new(seed, NAMES),
        }
    }

    pub(crate) const fn clock(&self) -> &Clock {
        &self.clock
    }

    pub(crate) const fn journal(&self) -> &Journal {
        &self.journal
    }

    pub(crate) const fn faults(&self) -> &Faults {
        &self.faults
    }

    /// The directory, locked.
    pub(crate) fn directory(&self) -> MutexGuard<'_, Directory> {
        self.directory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// As it was started.
    pub(crate) fn initial(&self) -> Directory {
        self.initial.clone()
    }

    /// Puts another state in place.
    pub(crate) fn replace(&self, directory: Directory) {
        *self.directory() = directory;
        *self.before() = None;
    }

    fn before(&self) -> MutexGuard<'_, Option<Arc<Directory>>> {
        self.before.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes one PDU.
    pub(crate) fn take(&self, session: &mut Session, pdu: Bytes) -> Turn {
        match decode::request(pdu) {
            Ok(request) => self.carry_out(session, &request),
            Err(Malformed::Session(why)) => disconnect(&why),
            Err(Malformed::Operation { id, kind, code, why }) => {
                self.journal.record(log::unreadable(
                    &Call::unreadable(kind.as_ref()),
                    session.principal(),
                    code,
                    &why,
                ));
                unreadable(id, kind, code, &why)
            }
        }
    }

    fn carry_out(&self, session: &mut Session, request: &Request) -> Turn {
        let call = Call::of(request);
        let effects = self.faults.decide(call.op, &call.target);
        let reply = self.reply(session, request, &effects);
        self.journal.record(log::event(call, request, session.principal(), &reply.responses, &effects));
        let mut answer = BytesMut::new();
        reply.responses.iter().for_each(|response| encode::response(&mut answer, request.id, response));
        let effects = effects.into_iter().filter(Effect::is_transport).collect();
        Turn { answer, effects, then: reply.then }
    }

    fn reply(&self, session: &mut Session, request: &Request, effects: &[Effect]) -> Reply {
        if effects.contains(&Effect::CloseBefore {}) {
            return Reply { responses: Vec::new(), then: Then::Close };
        }
        if let Some(refusal) = fault::instead(effects, request) {
            if matches!(request.op, Op::Bind(_)) {
                session.forget();
            }
            return Reply::stay(refusal);
        }
        let mut reply = self.execute(session, request, effects);
        fault::alter(effects, &mut reply.responses);
        reply
    }

    fn execute(&self, session: &mut Session, request: &Request, effects: &[Effect]) -> Reply {
        let now = self.clock.now();
        if effects.contains(&Effect::StaleRead {}) {
            let before = self.before().clone();
            if let Some(before) = before {
                return session.handle(request, &mut Directory::clone(&before), now);
            }
        }
        let mut directory = self.directory();
        if is_write(&request.op) && self.plans_stale_reads() {
            *self.before() = Some(Arc::new(directory.clone()));
        }
        session.handle(request, &mut directory, now)
    }

    fn plans_stale_reads(&self) -> bool {
        self.faults.get().rules.iter().any(|rule| rule.then.contains(&Effect::StaleRead {}))
    }
}

const fn is_write(op: &Op) -> bool {
    matches!(op, Op::Add(_) | Op::Delete(_) | Op::Modify(_) | Op::ModifyDn(_))
}

fn unreadable(id: i32, kind: Option<DoneKind>, code: u32, why: &str) -> Turn {
    let mut answer = BytesMut::new();
    if let Some(kind) = kind {
        let response = answer::done(kind, code, not_decoded(why));
        encode::response(&mut answer, id, &response);
    }
    Turn { answer, effects: Vec::new(), then: Then::Stay }
}

/// ERROR_INVALID_PARAMETER, as Windows words it.
fn not_decoded(why: &str) -> String {
    ldap_err(0x57, 0x0C0C_0095, &format!("Error decoding ldap message: {why}"))
}

/// The end of a connection whose octets make no sense (RFC 4511 §4.1.1 and §4.4.1).
pub(crate) fn disconnect(why: &str) -> Turn {
    let kind = DoneKind::Extended { name: Some(oid::NOTICE_OF_DISCONNECTION.to_owned()), value: None };
    let response: Response = answer::done(kind, code::PROTOCOL_ERROR, not_decoded(why));
    let mut answer = BytesMut::new();
    encode::response(&mut answer, 0, &response);
    Turn { answer, effects: Vec::new(), then: Then::Close }
}
