//! Exchange's admin API: cmdlets by `InvokeCommand`, and the documented endpoints that take the same body.
//!
//! Sources: michev.info 5822 and 7180, and requests and answers of a live service quoted in public repositories (beta);
//! "Get started with the Exchange Online Admin API" (v2.0, where an endpoint takes the cmdlets of its noun and the role is
//! Exchange.ManageAsAppV2).

use http::Method;
use kit::faults::Effect;
use serde_json::{Value as Json, json};

use super::ews::challenge;
use crate::budget::Charge;
use crate::exchange::cmdlet::{self, Call, CallError, CmdletError, Output};
use crate::ops::{self, Op};
use crate::pipeline::{Caller, Face, Operation, Payload, Request, Response, empty, json, put};
use crate::server::Service;
use crate::signin::Refused;
use crate::tenant::View;

const INVOKE: &Op = ops::known("exchange.invoke_command");

/// The role of the documented endpoints.
const ROLE_V2: &str = "Exchange.ManageAsAppV2";

const AUDIENCES: &[&str] =
    &["https://outlook.office365.com", "https://outlook.office.com", "00000002-0000-0ff1-ce00-000000000000"];

const JSON_TYPE: &str =
    "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8";

/// `POST /adminapi/beta/{tenant}/InvokeCommand` and `POST /adminapi/v2.0/{tenant}/{noun}`.
pub(super) static FACE: Face = Face {
    name: "exchange",
    body_limit: 4 * 1024 * 1024,
    media: &[],
    authenticate: |service, request| Caller::by_header(service, request, AUDIENCES, None),
    answer,
};

/// A refusal: status, what the journal calls it, the answer.
struct Refusal(&'static str, Box<Response>);

fn refused(outcome: &'static str, response: Response) -> Refusal {
    Refusal(outcome, Box::new(response))
}

fn refusal(status: u16, code: &'static str, message: &str) -> Refusal {
    let body = json!({ "error": { "code": code, "message": message } });
    refused(code, json(status, JSON_TYPE, &body))
}

fn not_served(what: &str) -> Refusal {
    refusal(
        501,
        "NotSupportedByDouble",
        &format!("mock-tenant does not serve {what}; the real service does."),
    )
}

fn answer(service: &Service, request: &Request, caller: &Caller) -> Response {
    let call = Call::read(request.body());
    let (op, target) = match &call {
        Ok(call) => (ops::find(call.cmdlet.op).unwrap_or(INVOKE), call.target()),
        Err(_) => (INVOKE, request.path()),
    };
    let mut operation = Operation::new(service, op, target, caller.principal());
    let answered = admitted(service, request, caller, op, &mut operation)
        .and_then(|()| carried_out(service, request, call, operation.effects()));
    let (outcome, response) = match answered {
        Ok(response) => ("ok", response),
        Err(Refusal(outcome, response)) => (outcome, *response),
    };
    let detail = json!({ "method": request.method.as_str(), "path": request.path(), "status": response.status().as_u16() });
    let effects = operation.end(outcome, detail);
    request.end(&effects, with_ids(response, request))
}

/// Path, caller, role, format, budget, faults: in this order.
fn admitted(
    service: &Service,
    request: &Request,
    caller: &Caller,
    op: &Op,
    operation: &mut Operation<'_>,
) -> Result<(), Refusal> {
    let Caller::Token(claims) = caller else { return Err(refused("Unauthorized", unauthorized(caller))) };
    let place =
        Place::of(request).ok_or_else(|| not_served(&format!("{} {}", request.method, request.path())))?;
    if !is_own(service, place.tenant) {
        return Err(refused("Unauthorized", unauthorized(caller)));
    }
    let may = if place.is_v2() {
        claims.roles.iter().any(|role| role == ROLE_V2)
    } else {
        op.admits(claims.principal())
    };
    if !may {
        return Err(refused("Forbidden", empty(403)));
    }
    if claims.scp.is_some() && request.header("x-anchormailbox").is_none() {
        return Err(refusal(400, "BadRequest", "The header X-AnchorMailbox is missing."));
    }
    if request.header("x-responseformat").is_some_and(|format| format.eq_ignore_ascii_case("clixml")) {
        return Err(not_served("X-ResponseFormat: clixml"));
    }
    if op.writes() {
        let spent = service.spend(FACE.name, caller.principal(), Charge::writes(1), request.now());
        spent.map_err(|exceeded| throttled(Some(exceeded.wait)))?;
    }
    operation.meet_faults();
    operation.effects().iter().find_map(fault).map_or(Ok(()), Err)
}

fn unauthorized(caller: &Caller) -> Response {
    let refused = match caller {
        Caller::Refused(refused) => *refused,
        _ => Refused::Missing,
    };
    challenge(refused, false)
}

/// A place of the admin API.
struct Place<'a> {
    version: &'a str,
    tenant: &'a str,
    endpoint: &'a str,
}

impl<'a> Place<'a> {
    /// The place of a request; `None`: none that is served.
    fn of(request: &'a Request) -> Option<Self> {
        let segments: Vec<&str> = request.path().split('/').filter(|segment| !segment.is_empty()).collect();
        let [_, version, tenant, endpoint] = segments.as_slice() else { return None };
        let place = Self { version, tenant, endpoint };
        let invokes = endpoint.eq_ignore_ascii_case("InvokeCommand") && !place.is_v2();
        let served = invokes || (place.is_v2() && NOUNS_V2.iter().any(|noun| place.is_for(noun)));
        (served && request.method == Method::POST).then_some(place)
    }

    fn is_v2(&self) -> bool {
        self.version.eq_ignore_ascii_case("v2.0")
    }

    fn is_for(&self, noun: &str) -> bool {
        self.endpoint.eq_ignore_ascii_case(noun)
    }
}

/// Endpoints of v2.0 whose cmdlets are served.
const NOUNS_V2: &[&str] = &["AcceptedDomain", "Mailbox", "OrganizationConfig"];

fn is_own(service: &Service, tenant: &str) -> bool {
    let authority = service.authority_with_domains();
    tenant.eq_ignore_ascii_case(&authority.tenant_id.to_string())
        || authority.domains.iter().any(|domain| domain.eq_ignore_ascii_case(tenant))
}

fn throttled(retry_after: Option<u64>) -> Refusal {
    let message = "The request has been throttled. Try again later.";
    let mut refusal = refusal(429, "TooManyRequests", message);
    if let Some(seconds) = retry_after {
        put(refusal.1.headers_mut(), "retry-after", &seconds.to_string());
    }
    refusal
}

/// A fault that refuses the call.
fn fault(effect: &Effect) -> Option<Refusal> {
    Some(match effect {
        Effect::Throttle { retry_after_s } => throttled(*retry_after_s),
        Effect::Busy {} => refusal(503, "ServerBusy", "The server is busy. Try again later."),
        Effect::Unavailable {} => refusal(503, "ServiceUnavailable", "The service is unavailable."),
        Effect::AuthExpired {} => refused("Unauthorized", challenge(Refused::Expired, false)),
        Effect::Forbidden {} => refused("Forbidden", empty(403)),
        Effect::CloseBefore {} => refused("closed", empty(503)),
        _ => return None,
    })
}

fn carried_out(
    service: &Service,
    request: &Request,
    call: Result<Call, CallError>,
    effects: &[Effect],
) -> Result<Response, Refusal> {
    if !matches!(request.payload, Payload::Whole(_)) {
        return Err(refusal(
            413,
            "RequestEntityTooLarge",
            "The request did not come whole, or is too large.",
        ));
    }
    let call = call.map_err(|error| bad_call(&error))?;
    let place = Place::of(request).filter(|place| !place.is_v2() || is_of(&call, place.endpoint));
    if place.is_none() {
        return Err(refusal(400, "BadRequest", "The cmdlet is not one of this endpoint."));
    }
    let begin = begin(service, request, &call)?;
    let output = run(service, request, &call, effects).map_err(|error| failed(&error))?;
    Ok(json(200, JSON_TYPE, &body(service, request, &call, output, begin)))
}

fn bad_call(error: &CallError) -> Refusal {
    match error {
        CallError::Body(_) => refusal(400, "BadRequest", &error.to_string()),
        CallError::NotServed(name) => not_served(&format!("the cmdlet {name}")),
        CallError::Refused(error) => failed(error),
    }
}

fn failed(error: &CmdletError) -> Refusal {
    refused(error.outcome(), json(error.status(), JSON_TYPE, &error.to_json()))
}

/// `Get-Mailbox` at `…/Mailbox`.
fn is_of(call: &Call, endpoint: &str) -> bool {
    call.cmdlet.name.split_once('-').is_some_and(|(_, noun)| noun.eq_ignore_ascii_case(endpoint))
}

fn run(service: &Service, request: &Request, call: &Call, effects: &[Effect]) -> Result<Output, CmdletError> {
    let now = request.now();
    if call.cmdlet.writes() {
        return cmdlet::run(&mut service.tenant_mut(), call, now);
    }
    let tenant = service.tenant_at(now);
    let stale = effects.contains(&Effect::StaleRead {});
    cmdlet::read(&tenant, call, if stale { View::Stale } else { tenant.exchange_view(now) })
}

/// Where the page begins that the request asks for.
fn begin(service: &Service, request: &Request, call: &Call) -> Result<u64, Refusal> {
    let token = request.query().into_iter().find(|(name, _)| name.eq_ignore_ascii_case("$skiptoken"));
    let Some((_, token)) = token else { return Ok(0) };
    let opened = service.pages.open(&token, &call.fingerprint(), false);
    opened.map_err(|_| refusal(400, "BadRequest", "The page token is not one of this call."))
}

fn body(service: &Service, request: &Request, call: &Call, output: Output, begin: u64) -> Json {
    let page = cmdlet::page(output.rows, begin, page_size(request));
    let selected = selected(request);
    let value: Vec<Json> = page.rows.into_iter().map(|row| row.select(&selected).to_json()).collect();
    let origin = format!("{}://{}", request.endpoint.scheme, request.endpoint.host);
    let base = request.path().rsplit_once('/').map_or("", |(base, _)| base);
    let mut body = json!({
        "@odata.context": format!("{origin}{base}/$metadata#Collection(Exchange.GenericHashTable)"),
        "adminapi.warnings@odata.type": "#Collection(String)",
        "@adminapi.warnings": output.warnings,
    });
    if let Some(next) = page.next {
        let token = service.pages.issue(next, &call.fingerprint(), false);
        let select =
            if selected.is_empty() { String::new() } else { format!("$select={}&", selected.join(",")) };
        body["@odata.nextLink"] = json!(format!("{origin}{}?{select}$skiptoken={token}", request.path()));
    }
    body["value"] = json!(value);
    body
}

/// `Prefer: odata.maxpagesize=100`; the module says it as `X-Prefer` where a proxy takes the other away.
fn page_size(request: &Request) -> Option<usize> {
    let prefer = request.header("prefer").or_else(|| request.header("x-prefer"))?;
    prefer.split([',', ';']).find_map(|part| part.trim().strip_prefix("odata.maxpagesize=")?.parse().ok())
}

/// `$select=Alias,DisplayName`
fn selected(request: &Request) -> Vec<String> {
    let select = request.query().into_iter().find(|(name, _)| name.eq_ignore_ascii_case("$select"));
    let names = select.map(|(_, names)| names).unwrap_or_default();
    names.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

fn with_ids(mut response: Response, request: &Request) -> Response {
    let headers = response.headers_mut();
    put(headers, "request-id", &request.ids.request_id.to_string());
    put(headers, "client-request-id", &request.ids.client_request_id);
    put(headers, "odata-version", "4.0");
    put(headers, "cache-control", "no-cache");
    response
}
