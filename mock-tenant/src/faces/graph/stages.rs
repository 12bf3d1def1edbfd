//! The stages of one call.

use kit::faults::Effect;

use super::asked::{Asked, split};
use super::batch;
use super::faults::{play, refusal};
use super::render::{Metered, render};
use crate::budget::Charge;
use crate::graph::{self, Call, GraphError, Prefer, Reply};
use crate::ops::Op;
use crate::pipeline::{Caller, Face, Operation, Payload, Request, Response, empty, told as journalled};
use crate::server::Service;
use crate::signin::{Principal, Refused};

/// Microsoft Graph.
/// Source of the body's limit: learn.microsoft.com/graph/throttling, "4 MB".
pub(in crate::faces) static FACE: Face =
    Face { name: "graph", body_limit: 4 * 1024 * 1024, media: &[], authenticate, answer };

/// Audiences of Graph besides the host under which it is called.
const AUDIENCES: &[&str] = &["https://graph.microsoft.com", "00000003-0000-0000-c000-000000000000"];

fn authenticate(service: &Service, request: &Request) -> Caller {
    Caller::by_header(service, request, AUDIENCES, Some(request.host()))
}

/// A batch passes each of its parts through [`call`].
fn answer(service: &Service, request: &Request, caller: &Caller) -> Response {
    let (_, rest) = split(request.path());
    if batch::is_batch(rest) {
        batch::answer(service, request, caller)
    } else {
        call(service, request, caller)
    }
}

/// The stages of one call.
pub(super) fn call(service: &Service, request: &Request, caller: &Caller) -> Response {
    let asked = Asked::read(request);
    let query = request.query();
    let mut operation = Operation::new(service, asked.op(), asked.route.target(), caller.principal());
    let admitted = admit(service, request, &asked, &query, caller, &mut operation);
    if admitted.is_ok() && operation.closes_before() {
        let effects = operation.end("closed", journalled(request, 0));
        return request.end(&effects, empty(200));
    }
    let metered = admitted.as_ref().map_or(Metered::default(), |(_, metered)| *metered);
    let answer = admitted.and_then(|(op, _)| core(service, request, &asked, op, caller, operation.effects()));
    let (outcome, status) = told(&answer);
    let effects = operation.end(outcome, journalled(request, status));
    request.end(&effects, render(service, request, caller.principal(), &answer, metered))
}

/// Outcome and status for the journal.
pub(super) fn told(answer: &Result<Reply, GraphError>) -> (&str, u16) {
    match answer {
        Ok(reply) => ("ok", reply.status),
        Err(error) => (&error.code, error.status),
    }
}

/// Everything that can keep a call from its core, in order: caller, body, path, permission, budget, faults.
fn admit(
    service: &Service,
    request: &Request,
    asked: &Asked,
    query: &[(String, String)],
    caller: &Caller,
    operation: &mut Operation<'_>,
) -> Result<(&'static Op, Metered), GraphError> {
    let Caller::Token(claims) = caller else { return Err(refused(caller).into()) };
    arrived(&request.payload)?;
    asked.version.clone()?;
    let op = asked.op.clone()?;
    graph::check_roles(op, claims.principal())?;
    let charge = Charge::of(op, query);
    let spent = service.spend(FACE.name, &claims.appid, charge, request.now())?;
    operation.meet_faults();
    operation.effects().iter().find_map(|effect| refusal(effect, request, op, query)).map_or(Ok(()), Err)?;
    Ok((op, Metered { units: charge.units, used: spent.used }))
}

/// Why a caller without a good token is none.
pub(super) const fn refused(caller: &Caller) -> Refused {
    match caller {
        Caller::Refused(refused) => *refused,
        _ => Refused::Missing,
    }
}

/// Whether the body came whole.
pub(super) fn arrived(payload: &Payload) -> Result<(), GraphError> {
    match payload {
        Payload::TooLarge => {
            Err(GraphError::new(413, "RequestEntityTooLarge", "The request size is too large."))
        }
        Payload::Broken => {
            Err(GraphError::new(408, "RequestTimeout", "The request did not come whole in time."))
        }
        _ => Ok(()),
    }
}

/// Asks the core: what reads, from a view of the tenant that others may read too.
fn core(
    service: &Service,
    request: &Request,
    asked: &Asked,
    op: &Op,
    caller: &Caller,
    effects: &[Effect],
) -> Result<Reply, GraphError> {
    let query = request.query();
    let eventual = request.header("consistencylevel");
    let call = Call {
        version: asked.version.clone()?,
        method: &request.method,
        route: &asked.route,
        query: &query,
        eventual: eventual.is_some_and(|level| level.eq_ignore_ascii_case("eventual")),
        body: request.body(),
        endpoint: &request.endpoint,
        now: request.now(),
        play: play(effects),
        certificates: service.certificates,
        person: person(caller),
        authority: &service.authority,
        prefer: request.header("prefer").map(Prefer::parse).unwrap_or_default(),
        pages: &service.pages,
    };
    if op.writes() {
        graph::write(&mut service.tenant_mut(), &call)
    } else {
        graph::handle(&service.tenant_at(call.now), &call)
    }
}

/// In whose name an application calls.
fn person(caller: &Caller) -> Option<uuid::Uuid> {
    match caller {
        Caller::Token(claims) if matches!(claims.principal(), Principal::Person { .. }) => {
            claims.oid.parse().ok()
        }
        _ => None,
    }
}
