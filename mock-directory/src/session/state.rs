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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::Settings;
    use crate::wire::message::{BindAuth, BindRequest, Control, Done, ExtendedRequest, SearchRequest};
    use crate::wire::oid;

    const ADMINISTRATOR: &str = "administrator@corp.example.test";

    fn now() -> Timestamp {
        "2026-09-01T00:00:00Z".parse().unwrap()
    }

    fn directory() -> Directory {
        let mut directory = Directory::new(Settings::default(), now());
        assert!(directory.set_password("administrator", "Passw0rd!x", now()));
        directory
    }

    fn request(op: Op) -> Request {
        Request { id: 1, op, controls: Vec::new() }
    }

    fn bind(version: i64, name: &str, auth: BindAuth) -> Request {
        request(Op::Bind(BindRequest { version, name: name.to_owned(), auth }))
    }

    fn simple(name: &str, password: &str) -> Request {
        bind(3, name, BindAuth::Simple(password.as_bytes().to_vec()))
    }

    fn extended(name: &str) -> Request {
        request(Op::Extended(ExtendedRequest { name: name.to_owned(), value: None }))
    }

    fn search(base: &str, scope: Scope) -> Request {
        request(Op::Search(SearchRequest {
            base: base.to_owned(),
            scope,
            deref: 0,
            size_limit: 0,
            time_limit: 0,
            types_only: false,
            filter: "(objectClass=*)".parse().unwrap(),
            attrs: vec!["currentTime".to_owned()],
        }))
    }

    fn ended(reply: &Reply) -> &Done {
        let Some(Response::Done(done)) = reply.responses.last() else { panic!("{reply:?}") };
        done
    }

    fn code_of(session: &mut Session, directory: &mut Directory, request: &Request) -> u32 {
        ended(&session.handle(request, directory, now())).result.code
    }

    #[test]
    fn only_the_root_dse_is_there_before_a_bind() {
        let (mut session, mut directory) = (Session::new(false, true), directory());
        let root = session.handle(&search("", Scope::Base), &mut directory, now());
        let Response::Entry(entry) = &root.responses[0] else { panic!("{root:?}") };
        assert_eq!(entry.attributes[0].values[0].as_ref(), b"20260901000000.0Z");
        for other in [search("", Scope::Subtree), search("DC=corp,DC=example,DC=test", Scope::Base)] {
            let refused = session.handle(&other, &mut directory, now());
            assert_eq!(ended(&refused).result.code, 1);
            assert!(ended(&refused).result.message.starts_with("000004DC: LdapErr: DSID-"));
        }
        assert_eq!(code_of(&mut session, &mut directory, &request(Op::Delete("DC=test".into()))), 1);
    }

    #[test]
    fn a_bind_replaces_the_last_one_whether_it_works_or_not() {
        let (mut session, mut directory) = (Session::new(false, true), directory());
        assert_eq!(code_of(&mut session, &mut directory, &simple(ADMINISTRATOR, "Passw0rd!x")), 0);
        assert_eq!(session.principal(), "CORP\\Administrator");
        assert_eq!(code_of(&mut session, &mut directory, &simple(ADMINISTRATOR, "no")), 49);
        assert_eq!(session.principal(), "");
    }

    #[test]
    fn binds_that_are_answered_without_an_account() {
        let (mut session, mut directory) = (Session::new(false, true), directory());
        for (request, code) in [
            (simple("", ""), 0),
            (simple(ADMINISTRATOR, ""), 0),
            (simple("", "x"), 49),
            (bind(2, ADMINISTRATOR, BindAuth::Simple(b"Passw0rd!x".to_vec())), 0),
            (bind(1, "", BindAuth::Simple(Vec::new())), 2),
            (bind(3, "", BindAuth::Sasl { mechanism: "PLAIN".into(), credentials: None }), 7),
            (bind(3, "", BindAuth::Other(9)), 7),
        ] {
            assert_eq!(code_of(&mut session, &mut directory, &request), code, "{request:?}");
        }
    }

    #[test]
    fn policies_refuse_binds_that_are_too_weak() {
        let (mut session, mut directory) = (Session::new(false, true), directory());
        directory.set_policy("LDAPServerIntegrity", "2").unwrap();
        directory.set_policy("DenyUnauthenticatedBind", "1").unwrap();
        assert_eq!(code_of(&mut session, &mut directory, &simple(ADMINISTRATOR, "Passw0rd!x")), 8);
        assert_eq!(code_of(&mut session, &mut directory, &simple(ADMINISTRATOR, "")), 49);
        session.tls_started();
        assert_eq!(code_of(&mut session, &mut directory, &simple(ADMINISTRATOR, "Passw0rd!x")), 0);
    }

    #[test]
    fn start_tls_once_and_only_where_there_is_a_certificate() {
        let mut directory = directory();
        let start = extended(oid::START_TLS);
        let mut then = |tls, offers| {
            let reply = Session::new(tls, offers).handle(&start, &mut directory, now());
            (ended(&reply).result.code, reply.then)
        };
        assert_eq!(then(false, true), (0, Then::StartTls));
        assert_eq!(then(true, true), (1, Then::Stay));
        assert_eq!(then(false, false), (52, Then::Stay));
    }

    #[test]
    fn who_am_i_and_unknown_operations() {
        let (mut session, mut directory) = (Session::new(false, true), directory());
        let mut identity = |session: &mut Session| {
            let reply = session.handle(&extended(oid::WHO_AM_I), &mut directory, now());
            let DoneKind::Extended { value, .. } = &ended(&reply).kind else { panic!("{reply:?}") };
            value.clone().unwrap()
        };
        assert_eq!(identity(&mut session).as_ref(), b"");
        let mut other = self::directory();
        session.handle(&simple(ADMINISTRATOR, "Passw0rd!x"), &mut other, now());
        assert_eq!(identity(&mut session).as_ref(), b"u:CORP\\Administrator");
        let unknown = session.handle(&extended("1.2.3"), &mut other, now());
        assert_eq!(ended(&unknown).result.code, 2);
        assert_eq!(ended(&unknown).kind, DoneKind::Extended { name: Some("1.2.3".into()), value: None });
    }

    #[test]
    fn a_critical_control_nobody_knows_stops_the_operation_only() {
        let (mut session, mut directory) = (Session::new(false, true), directory());
        let control = |critical| Control { oid: "1.2.3.4".to_owned(), critical, value: None };
        for (critical, code) in [(true, 12), (false, 0)] {
            let request = Request { controls: vec![control(critical)], ..search("", Scope::Base) };
            let reply = session.handle(&request, &mut directory, now());
            assert_eq!((ended(&reply).result.code, reply.then), (code, Then::Stay));
        }
    }

    #[test]
    fn unbind_closes_and_abandon_says_nothing() {
        let (mut session, mut directory) = (Session::new(false, true), directory());
        let quiet = |then| Reply { responses: Vec::new(), then };
        assert_eq!(session.handle(&request(Op::Abandon(3)), &mut directory, now()), quiet(Then::Stay));
        assert_eq!(session.handle(&request(Op::Unbind), &mut directory, now()), quiet(Then::Close));
    }
}
