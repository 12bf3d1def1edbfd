//! The provisioning service on the wire.

use axum::response::Response;
use kit::faults::Effect;
use kit::journal::Event;

use super::request::{Incoming, TooLarge};
use super::soap::rendered;
use crate::observe::{Observer, Watch};
use crate::server::Service;
use crate::signin::{Claims, Refused, TokenCheck};
use crate::soap::{Refusal, Request, SoapReply, read};

/// Largest message: WCF's MaxReceivedMessageSize of the service is not published; a batch of large objects fits.
const BODY_LIMIT: usize = 64 * 1024 * 1024;

/// Source: AADInternals, `Get-AADIntAccessTokenForAADGraph`: the service takes tokens for Azure AD Graph.
const AUDIENCES: &[&str] = &["https://graph.windows.net", "00000002-0000-0000-c000-000000000000"];

/// The role that stands for the directory role "Directory Synchronization Accounts" in an application's token.
const ROLE: &str = "Directory.ReadWrite.All";

/// Answers one request.
pub(super) async fn serve(service: &Service, mut incoming: Incoming) -> Response {
    let body = incoming.body(BODY_LIMIT).await;
    let reply = answer(service, &incoming, body);
    let effects = reply.transport.clone();
    incoming.end(&effects, rendered(reply, &incoming))
}

fn answer(service: &Service, incoming: &Incoming, body: Result<axum::body::Bytes, TooLarge>) -> SoapReply {
    let Ok(body) = body else { return refused(service, "", "", &too_large()) };
    let request = match read(&body, incoming.header("content-type").unwrap_or_default()) {
        Ok(request) => request,
        Err(reply) => {
            record(service, "", "", "Malformed");
            return reply;
        }
    };
    let claims = match authorize(service, incoming, &request) {
        Ok(claims) => claims,
        Err(refusal) => return refused(service, request.command(), "", &refusal),
    };
    if let Err(wait) = service.spend(0, incoming.now()) {
        return refused(
            service,
            request.command(),
            &claims.appid,
            &Refusal::Throttled { retry_after: Some(wait) },
        );
    }
    let mut observer = Counting { watch: service.watch(&claims.appid), writes: 0 };
    let reply = request.answer(&mut service.tenant_mut(), incoming.now(), &mut observer);
    // what began within the budget goes through as a whole; the next one may have to wait
    let _ = service.spend(observer.writes, incoming.now());
    reply
}

fn too_large() -> Refusal {
    Refusal::Malformed(format!(
        "The maximum message size quota for incoming messages ({BODY_LIMIT}) has been exceeded."
    ))
}

fn authorize(service: &Service, incoming: &Incoming, request: &Request) -> Result<Claims, Refusal> {
    let check = TokenCheck {
        authority: &service.authority,
        audiences: AUDIENCES,
        own_host: None,
        now: incoming.now(),
    };
    let claims = match request.bearer() {
        Some(token) if !token.is_empty() => check.token(token),
        _ => check.header(incoming.header("authorization")),
    };
    let claims = claims.map_err(|refused| Refusal::Authentication(authentication_text(refused)))?;
    if claims.roles.iter().any(|role| role == ROLE) {
        Ok(claims)
    } else {
        Err(Refusal::Forbidden("the account may not synchronize this company.".to_owned()))
    }
}

fn authentication_text(refused: Refused) -> String {
    match refused {
        Refused::Expired => "The security token has expired (ExpiredToken).".to_owned(),
        other => other.to_string(),
    }
}

fn refused(service: &Service, command: &str, principal: &str, refusal: &Refusal) -> SoapReply {
    record(service, command, principal, refusal.code());
    refusal.reply()
}

/// A call that did not get as far as its command.
fn record(service: &Service, command: &str, principal: &str, outcome: &str) {
    let event = Event::new("provisioning.unknown").target(command).principal(principal).outcome(outcome);
    service.journal.record(event);
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
        let is_write =
            matches!(event.op.as_str(), "provisioning.set" | "provisioning.add" | "provisioning.delete");
        self.writes += u64::from(is_write);
        self.watch.record(event);
    }
}
