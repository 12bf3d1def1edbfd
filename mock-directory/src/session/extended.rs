//! Extended operations.

use super::answer::{done, ldap_err};
use super::state::{Reply, Then};
use crate::directory::Caller;
use crate::wire::message::{Done, DoneKind, ExtendedRequest, LdapResult, Response};
use crate::wire::{code, oid};

/// What the connection is when the request comes.
pub(super) struct Transport {
    /// TLS is on already.
    pub(super) tls: bool,
    /// There is a certificate to turn it on with.
    pub(super) offers_tls: bool,
}

/// Answers an extended request.
pub(super) fn extended(request: &ExtendedRequest, caller: &Caller, transport: &Transport) -> Reply {
    match request.name.as_str() {
        oid::START_TLS => start_tls(transport),
        oid::WHO_AM_I => Reply::stay(who_am_i(caller)),
        name => {
            let text = ldap_err(0x203d, 0x0C09_0F53, "Unknown extended request OID");
            Reply::stay(refuse(name, code::PROTOCOL_ERROR, text))
        }
    }
}

fn refuse(name: &str, code: u32, text: String) -> Response {
    done(DoneKind::Extended { name: Some(name.to_owned()), value: None }, code, text)
}

/// RFC 4511 §4.14: operationsError when TLS is on already, unavailable when it can't be had.
fn start_tls(transport: &Transport) -> Reply {
    if transport.tls {
        let text = ldap_err(0, 0x0C09_0F82, "TLS or SSL already in effect");
        return Reply::stay(refuse(oid::START_TLS, code::OPERATIONS_ERROR, text));
    }
    if !transport.offers_tls {
        let text = ldap_err(0, 0x0C09_0F78, "Error initializing SSL/TLS");
        return Reply::stay(refuse(oid::START_TLS, code::UNAVAILABLE, text));
    }
    Reply { responses: vec![refuse(oid::START_TLS, code::SUCCESS, String::new())], then: Then::StartTls }
}

/// RFC 4532: `u:CORP\alice`, empty for anonymous (MS-ADTS 3.1.1.3.4.2.5).
fn who_am_i(caller: &Caller) -> Response {
    let identity = match caller.principal() {
        "" => String::new(),
        principal => format!("u:{principal}"),
    };
    let result = LdapResult {
        code: code::SUCCESS,
        matched_dn: String::new(),
        message: String::new(),
        referral: Vec::new(),
    };
    let kind = DoneKind::Extended { name: None, value: Some(identity.into()) };
    Response::Done(Done { kind, result, controls: Vec::new() })
}
