//! The provisioning service.

use kit::faults::Effect;
use kit::journal::Event;
use serde_json::json;

use super::soap::rendered;
use crate::observe::{Observer, Watch};
use crate::ops::{self, Op};
use crate::pipeline::{Caller, Face, Operation, Payload, Request, Response};
use crate::server::Service;
use crate::signin::{Principal, Refused, TokenCheck};
use crate::soap::{self, Encoding, Refusal, SoapReply};
use crate::tenant::Tenant;

/// The provisioning service.
/// WCF's MaxReceivedMessageSize of the service is not published; a batch of large objects fits.
pub(super) static FACE: Face =
    Face { name: "provisioning", body_limit: BODY_LIMIT, media: soap::MEDIA, authenticate, answer };

const BODY_LIMIT: usize = 64 * 1024 * 1024;

const UNKNOWN: &Op = ops::known("provisioning.unknown");
/// Stands for all commands: they are open to the same accounts.
const ANY: &Op = ops::known("provisioning.set");

/// Source: AADInternals, `Get-AADIntAccessTokenForAADGraph`: the service takes tokens for Azure AD Graph; entra docs,
/// "authenticate-application-id": Entra Connect 2.5.3 and later asks for the synchronization service's own id.
const AUDIENCES: &[&str] = &[
    "https://graph.windows.net",
    "00000002-0000-0000-c000-000000000000",
    "6bf85cfa-ac8a-4be5-b5de-425a0d0dc016",
];

/// The token is in the message's header; a client may send it as an HTTP header instead.
fn authenticate(service: &Service, request: &Request) -> Caller {
    let Payload::Beginning(bytes) = &request.payload else { return Caller::InMessage };
    match soap::beginning(bytes, encoding(request)).bearer.filter(|token| !token.is_empty()) {
        Some(token) => {
            let check = TokenCheck {
                authority: &service.authority,
                audiences: AUDIENCES,
                own_host: None,
                now: request.now(),
            };
            check.token(&token).into()
        }
        None => Caller::by_header(service, request, AUDIENCES, None),
    }
}

fn answer(service: &Service, request: &Request, caller: &Caller) -> Response {
    let reply = match admit(request, caller) {
        Ok(principal) => carry_out(service, request, principal),
        Err(refusal) => refused(service, request, caller.principal(), &refusal),
    };
    let effects = reply.transport.clone();
    request.end(&effects, rendered(reply, request))
}

/// What can keep a call from being read, in the order in which the service looks: its encoding, its account, its size.
fn admit<'a>(request: &Request, caller: &'a Caller) -> Result<&'a str, Refusal> {
    if request.payload == Payload::WrongType {
        return Err(Refusal::UnsupportedMediaType(
            request.header("content-type").unwrap_or_default().to_owned(),
        ));
    }
    match (caller, &request.payload) {
        (_, Payload::Broken) => Err(Refusal::Malformed("the message did not come whole in time".to_owned())),
        (Caller::Token(claims), _) if !may_synchronize(&claims.principal()) => {
            Err(Refusal::Forbidden("the account may not synchronize this company.".to_owned()))
        }
        (Caller::Token(_), Payload::TooLarge) => Err(too_large()),
        (Caller::Token(claims), _) => Ok(&claims.appid),
        (Caller::Refused(refused), _) => Err(Refusal::Authentication(authentication_text(*refused))),
        _ => Err(Refusal::Authentication(Refused::Missing.to_string())),
    }
}

/// An application by its role; a person by an administrative role.
fn may_synchronize(principal: &Principal<'_>) -> bool {
    ANY.admits(*principal) && !matches!(principal, Principal::Person { administrator: false, .. })
}

fn carry_out(service: &Service, request: &Request, principal: &str) -> SoapReply {
    let message = match soap::read(request.body(), request.header("content-type").unwrap_or_default()) {
        Ok(message) => message,
        Err(reply) => {
            let operation = Operation::new(service, UNKNOWN, "", principal);
            operation.end("Malformed", json!({"status": reply.status}));
            return *reply;
        }
    };
    let op = message.op().unwrap_or(UNKNOWN);
    if op.writes()
        && let Err(exceeded) = service.may_write(FACE.name, principal, request.now())
    {
        let refusal = Refusal::Throttled { retry_after: Some(exceeded.wait) };
        let operation = Operation::new(service, op, "", principal);
        operation.end(refusal.code(), json!({"status": refusal.status()}));
        return refusal.reply().encoded(encoding(request));
    }
    let mut observer = Counting { watch: service.watch(principal), writes: 0 };
    let reply = if reads(&message) {
        // what only reads has a copy of its own and waits for nobody who writes
        message.answer(&mut Tenant::clone(&service.tenant_at(request.now())), request.now(), &mut observer)
    } else {
        message.answer(&mut service.tenant_mut(), request.now(), &mut observer)
    };
    // what began within the budget goes through as a whole; the next one may have to wait
    service.pay(FACE.name, principal, observer.writes, request.now());
    reply
}

fn reads(message: &soap::Request) -> bool {
    message.op().is_some_and(|op| !op.writes())
}

fn too_large() -> Refusal {
    Refusal::Malformed(format!(
        "The maximum message size quota for incoming messages ({BODY_LIMIT}) has been exceeded."
    ))
}

fn authentication_text(refused: Refused) -> String {
    match refused {
        Refused::Expired => "The security token has expired (ExpiredToken).".to_owned(),
        other => other.to_string(),
    }
}

/// A call that did not get as far as its command; the command is told as far as it came.
fn refused(service: &Service, request: &Request, principal: &str, refusal: &Refusal) -> SoapReply {
    let target = match &request.payload {
        Payload::Beginning(bytes) | Payload::Whole(bytes) => {
            soap::beginning(bytes, encoding(request)).command
        }
        _ => None,
    };
    let operation = Operation::new(service, UNKNOWN, target.unwrap_or_default(), principal);
    operation.end(refusal.code(), json!({"status": refusal.status()}));
    refusal.reply().encoded(encoding(request))
}

/// Answers are in the encoding of the request; one that is not served is answered as text.
fn encoding(request: &Request) -> Encoding {
    Encoding::of_content_type(request.header("content-type").unwrap_or_default()).unwrap_or(Encoding::Text)
}

/// Counts the objects written, for the write budget.
struct Counting {
    watch: Watch,
    writes: u64,
}

impl Observer for Counting {
    fn decide(&mut self, op: &str, target: &str) -> Vec<Effect> {
        self.watch.decide(op, target)
    }

    fn record(&mut self, event: Event) {
        let is_write = ops::find(&event.op).is_some_and(Op::writes);
        self.writes += u64::from(is_write);
        self.watch.record(event);
    }
}
