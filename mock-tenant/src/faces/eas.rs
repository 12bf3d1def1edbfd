//! Exchange ActiveSync.

use bytes::Bytes;
use http::Method;
use jiff::Timestamp;
use kit::faults::Effect;
use serde_json::json;

use super::ews;
use crate::eas::{AddressBook, Card, Query, ResolveRecipients};
use crate::exchange::address_book::{find, valid_certificates};
use crate::exchange::recipient::Recipient;
use crate::ops::{self, Op};
use crate::pipeline::{Caller, Face, Operation, Payload, Request, Response, empty, put};
use crate::server::Service;
use crate::tenant::{Tenant, View};
use crate::xml::{Element, wbxml};

/// Exchange ActiveSync. Largest message: a thousand names. It looks at the media type itself, because OPTIONS has none.
pub(super) static FACE: Face =
    Face { name: "eas", body_limit: 1024 * 1024, media: &[], authenticate: ews::authenticate, answer };

const RESOLVE_RECIPIENTS: &Op = ops::known("eas.resolve_recipients");
const UNSERVED: &Op = ops::known("eas.unserved");

/// Source: [MS-ASHTTP] 2.2.1.1.2.2.
const MEDIA: [&str; 2] = ["application/vnd.ms-sync.wbxml", "application/vnd.ms-sync"];
/// Versions whose form of the command is served: it is the same in all of them.
const VERSIONS: &str = "14.0,14.1,16.0,16.1";
const COMMANDS: &str = "ResolveRecipients";

fn answer(service: &Service, request: &Request, caller: &Caller) -> Response {
    match refused(service, request, caller) {
        Some((op, outcome, response)) => ended(service, request, caller, op, outcome, response),
        None if request.method == Method::OPTIONS => {
            ended(service, request, caller, UNSERVED, "ok", options())
        }
        None => look_up(service, request, caller),
    }
}

/// What keeps a request from being read, in the order in which the service looks.
fn refused(
    service: &Service,
    request: &Request,
    caller: &Caller,
) -> Option<(&'static Op, &'static str, Response)> {
    let op = RESOLVE_RECIPIENTS;
    match (caller, &request.payload) {
        (Caller::Refused(refused), _) => {
            let lenient = ews::is_lenient(service, request);
            return Some((op, "Unauthorized", ews::challenge(*refused, lenient)));
        }
        (Caller::Token(claims), _) if !op.admits(claims.principal()) => {
            return Some((op, "Forbidden", empty(403)));
        }
        (_, Payload::TooLarge) => return Some((op, "RequestEntityTooLarge", empty(413))),
        (_, Payload::Broken) => return Some((op, "RequestTimeout", empty(408))),
        _ => {}
    }
    match request.method {
        Method::OPTIONS => None,
        Method::POST => unserved(request),
        _ => Some((UNSERVED, "MethodNotAllowed", empty(405))),
    }
}

fn unserved(request: &Request) -> Option<(&'static Op, &'static str, Response)> {
    let Ok(query) = Query::read(request.uri.query().unwrap_or_default()) else {
        return Some((UNSERVED, "BadRequest", empty(400)));
    };
    if query.command != COMMANDS {
        return Some((UNSERVED, "NotSupportedByDouble", not_served(query.command)));
    }
    let known = MEDIA.contains(&request.media_type().as_str());
    (!known).then(|| (RESOLVE_RECIPIENTS, "UnsupportedMediaType", empty(415)))
}

fn ended(
    service: &Service,
    request: &Request,
    caller: &Caller,
    op: &'static Op,
    outcome: &str,
    response: Response,
) -> Response {
    let operation = Operation::new(service, op, "", caller.principal());
    let status = response.status().as_u16();
    let effects = operation.end(outcome, json!({"method": request.method.as_str(), "status": status}));
    request.end(&effects, response)
}

fn not_served(what: &str) -> Response {
    let mut response = empty(501);
    *response.body_mut() =
        format!("NotSupportedByDouble: mock-tenant does not serve {what}; the real service does.").into();
    response
}

/// Source: [MS-ASHTTP] 2.2.3: what a client may ask for. Only what is served is told.
fn options() -> Response {
    let mut response = empty(200);
    for (name, value) in [
        ("allow", "OPTIONS,POST"),
        ("ms-server-activesync", "15.20"),
        ("ms-asprotocolversions", VERSIONS),
        ("ms-asprotocolcommands", COMMANDS),
    ] {
        put(response.headers_mut(), name, value);
    }
    response
}

fn look_up(service: &Service, request: &Request, caller: &Caller) -> Response {
    let Ok(root) = wbxml::decode(request.body()) else {
        return ended(service, request, caller, RESOLVE_RECIPIENTS, "InvalidWbxml", empty(400));
    };
    let Some(asked) = ResolveRecipients::read(&root) else {
        let response = rendered(&ResolveRecipients::protocol_error());
        return ended(service, request, caller, RESOLVE_RECIPIENTS, "5", response);
    };
    if asked.wants_mini_certificates() {
        let response = not_served("mini certificates (CertificateRetrieval 3)");
        return ended(service, request, caller, RESOLVE_RECIPIENTS, "NotSupportedByDouble", response);
    }
    let mut operation =
        Operation::new(service, RESOLVE_RECIPIENTS, asked.names.join(" "), caller.principal());
    operation.meet_faults();
    if let Some((outcome, response)) = operation.effects().iter().find_map(fault) {
        let effects = operation.end(outcome, json!({"status": response.status().as_u16()}));
        return request.end(&effects, response);
    }
    let tenant = service.tenant_at(request.now());
    let stale = operation.effects().contains(&Effect::StaleRead {});
    let view = if stale { View::Stale } else { tenant.exchange_view(request.now()) };
    let answer = asked.answer(&Book { tenant: &tenant, view, now: request.now() });
    drop(tenant);
    let effects = operation.end("ok", json!({"names": asked.names.len()}));
    request.end(&effects, rendered(&answer))
}

/// Source: [MS-ASHTTP] 2.2.2.1.1: status codes of ActiveSync.
fn fault(effect: &Effect) -> Option<(&'static str, Response)> {
    let retry = |seconds: u64| {
        let mut response = empty(503);
        put(response.headers_mut(), "retry-after", &seconds.to_string());
        response
    };
    Some(match effect {
        Effect::Throttle { retry_after_s } => ("Throttled", retry(retry_after_s.unwrap_or(1))),
        Effect::Busy {} => ("Busy", retry(1)),
        Effect::Unavailable {} => ("Unavailable", empty(503)),
        Effect::AuthExpired {} => ("Unauthorized", empty(401)),
        Effect::Forbidden {} => ("Forbidden", empty(403)),
        _ => return None,
    })
}

fn rendered(answer: &Element) -> Response {
    let Ok(octets) = wbxml::encode(answer) else { return empty(500) };
    let mut response = empty(200);
    *response.body_mut() = octets.into();
    put(response.headers_mut(), "content-type", MEDIA.first().copied().unwrap_or_default());
    response
}

/// Exchange's address book as of a moment.
struct Book<'a> {
    tenant: &'a Tenant,
    view: View,
    now: Timestamp,
}

impl AddressBook for Book<'_> {
    fn find(&self, name: &str) -> Vec<Card> {
        find(self.tenant, name, self.view).iter().map(|recipient| self.card(recipient)).collect()
    }

    fn certificates(&self, card: &Card) -> Vec<Bytes> {
        let same = |recipient: &Recipient<'_>| recipient.address() == card.address;
        let found = find(self.tenant, &card.address, self.view).into_iter().find(same);
        let whom = found.map(|recipient| self.members(&recipient).unwrap_or_else(|| vec![recipient]));
        let whom = whom.unwrap_or_default();
        whom.iter().flat_map(|one| valid_certificates(self.tenant, one, self.now)).collect()
    }
}

impl<'a> Book<'a> {
    fn card(&self, recipient: &Recipient<'a>) -> Card {
        let name = recipient.object.display_name.as_deref().unwrap_or_else(|| recipient.address());
        Card {
            display_name: name.to_owned(),
            address: recipient.address().to_owned(),
            recipients: self.members(recipient).map_or(1, |members| members.len()),
        }
    }

    /// Who is in a distribution list: its certificates are theirs ([MS-ASCMD] 2.2.3.146).
    fn members(&self, recipient: &Recipient<'a>) -> Option<Vec<Recipient<'a>>> {
        let group = recipient.object.group()?;
        let members = group.members.iter().filter_map(|id| self.tenant.exchange_object(*id, self.view));
        Some(members.filter_map(Recipient::of).collect())
    }
}
