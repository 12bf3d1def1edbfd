//! The state machine.

use jiff::Timestamp;

use super::answer::{self, ldap_err};
use super::bind;
use super::extended::{self, Transport};
use crate::directory::{Caller, ConnectionState, Directory};
use crate::wire::code;
use crate::wire::controls::{ControlError, Controls, DecodePolicy};
use crate::wire::message::{DoneKind, Op, Request, Response, Scope};

/// ERROR_NOT_AUTHENTICATED: what anything but the root DSE gets before a bind.
const NOT_AUTHENTICATED: u32 = 0x4dc;
/// ERROR_DS_UNAVAILABLE_CRIT_EXTENSION.
const UNAVAILABLE_CRITICAL_EXTENSION: u32 = 0x202c;

/// One connection.
#[derive(Debug)]
pub struct Session {
    caller: Caller,
    state: ConnectionState,
    tls: bool,
    offers_tls: bool,
}

/// What the connection does after the answers are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// Reads on.
    Stay,
    /// Starts TLS, then reads on.
    StartTls,
    /// Closes.
    Close,
}

/// The answers to one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// In order; the final result is the last one. Empty for unbind and abandon.
    pub responses: Vec<Response>,
    /// What follows.
    pub then: Then,
}

impl Reply {
    /// One answer, and the connection goes on.
    pub(crate) fn stay(response: Response) -> Self {
        Self { responses: vec![response], then: Then::Stay }
    }
}

impl Session {
    /// A connection that has just been accepted; `tls` if it came over LDAPS, `offers_tls` if StartTLS is possible.
    #[must_use]
    pub fn new(tls: bool, offers_tls: bool) -> Self {
        let state = ConnectionState { encrypted: tls, ..ConnectionState::default() };
        Self { caller: Caller::anonymous(), state, tls, offers_tls }
    }

    /// `CORP\alice`, empty while nobody is bound.
    #[must_use]
    pub fn principal(&self) -> &str {
        self.caller.principal()
    }

    /// The TLS handshake after [`Then::StartTls`] is through. Who was bound stays bound (RFC 4513 §3.1.5).
    pub const fn tls_started(&mut self) {
        self.tls = true;
        self.state.encrypted = true;
    }

    /// Anonymous again, as after a refused bind.
    pub(crate) fn forget(&mut self) {
        self.caller = Caller::anonymous();
        self.state = ConnectionState { encrypted: self.tls, ..ConnectionState::default() };
    }

    /// Carries out one request.
    pub fn handle(&mut self, request: &Request, directory: &mut Directory, now: Timestamp) -> Reply {
        let Some(kind) = answer::kind(&request.op) else { return without_answer(&request.op) };
        let strict = directory.policies().get("StrictDirSyncFlags") != 0;
        match Controls::decode(&request.controls, DecodePolicy { strict_dirsync_flags: strict }) {
            Ok(controls) => self.dispatch(kind, &request.op, &controls, directory, now),
            Err(error) => Reply::stay(refused_control(kind, &error)),
        }
    }

    fn dispatch(
        &mut self,
        kind: DoneKind,
        op: &Op,
        controls: &Controls,
        directory: &mut Directory,
        now: Timestamp,
    ) -> Reply {
        match op {
            Op::Bind(request) => {
                // what the old identity was in the middle of ends with it (RFC 4511 §4.2.1)
                self.forget();
                let (caller, response) = bind::bind(request, self.tls, directory, now);
                self.caller = caller;
                Reply::stay(response)
            }
            Op::Extended(request) => {
                let transport = Transport { tls: self.tls, offers_tls: self.offers_tls };
                extended::extended(request, &self.caller, &transport)
            }
            op if self.caller.is_anonymous() && !is_root_dse(op) => Reply::stay(not_bound(kind)),
            op => {
                let responses = directory.execute(&self.caller, op, controls, &mut self.state, now);
                Reply { responses, then: Then::Stay }
            }
        }
    }
}

/// Operations run one after the other, so an abandoned one is either answered or not yet read (RFC 4511 §4.11 lets the
/// server ignore it).
const fn without_answer(op: &Op) -> Reply {
    let then = if matches!(op, Op::Unbind) { Then::Close } else { Then::Stay };
    Reply { responses: Vec::new(), then }
}

/// All that is readable without a bind (MS-ADTS 3.1.1.3.1.1).
fn is_root_dse(op: &Op) -> bool {
    matches!(op, Op::Search(search) if search.base.is_empty() && search.scope == Scope::Base)
}

fn not_bound(kind: DoneKind) -> Response {
    let comment = "In order to perform this operation a successful bind must be completed on the connection.";
    answer::done(kind, code::OPERATIONS_ERROR, ldap_err(NOT_AUTHENTICATED, 0x0C09_0A5C, comment))
}

fn refused_control(kind: DoneKind, error: &ControlError) -> Response {
    let comment = format!("Error processing control: {error}");
    let text = ldap_err(UNAVAILABLE_CRITICAL_EXTENSION, 0x0C09_07B8, &comment);
    answer::done(kind, code::UNAVAILABLE_CRITICAL_EXTENSION, text)
}
