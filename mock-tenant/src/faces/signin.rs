//! Sign-in.

use base64::prelude::*;
use http::Method;
use kit::faults::Effect;
use serde_json::json;

use crate::ops::{self, Op};
use crate::pipeline::{
    Caller, Face, Operation, Payload, Request, Response, empty, html, json as json_response, put,
};
use crate::server::Service;
use crate::signin::{Asked, Call, Desk, Reply, StsCode, StsError, StsRequest, error_page};

/// Sign-in. Largest form: a certificate assertion is a few KiB.
pub(super) static FACE: Face = Face {
    name: "signin",
    body_limit: 256 * 1024,
    media: &[],
    authenticate: |_, _| Caller::Anyone,
    answer: serve,
};

/// The operation that a path stands for.
const fn op(asked: &Asked) -> &'static Op {
    match asked {
        Asked::Token(..) => const { ops::known("oauth.token") },
        Asked::DeviceCode(..) => const { ops::known("oauth.device_code") },
        Asked::DeviceAuth(_) => const { ops::known("oauth.device_auth") },
        Asked::Authorize(..) => const { ops::known("oauth.authorize") },
        Asked::OpenId(..) => const { ops::known("oauth.discovery") },
        Asked::Keys(_) => const { ops::known("oauth.keys") },
        Asked::Instance(_) => const { ops::known("oauth.instance") },
        Asked::UserRealm(_) => const { ops::known("oauth.user_realm") },
        Asked::Unserved(_) => const { ops::known("oauth.unserved") },
    }
}

/// The stages of one request; the caller is told in the form.
fn serve(service: &Service, incoming: &Request, _caller: &Caller) -> Response {
    let asked = Asked::read(&incoming.method, incoming.path());
    let fields = fields(incoming);
    let basic = incoming.header("authorization").and_then(basic);
    let basic = basic.as_ref().map(|(id, secret)| (id.as_str(), secret.as_str()));
    let path = incoming.path();
    let call = Call { asked: &asked, path, fields: &fields, basic, uti: service.next_id("uti") };
    let principal = call.audited().client.unwrap_or_default();
    let mut operation = Operation::new(service, op(&asked), target(&call), &principal);
    let detail =
        json!({"method": incoming.method.as_str(), "path": path, "grant_type": call.field("grant_type")});
    if let Some(status) = unread(&incoming.payload) {
        let effects = operation.end("invalid_request", detail);
        return incoming
            .end(&effects, json_response(status, "application/json", &json!({"error": "invalid_request"})));
    }
    operation.meet_faults();
    if operation.closes_before() {
        let effects = operation.end("closed", detail);
        return incoming.end(&effects, empty(200));
    }
    let request = StsRequest {
        trace_id: incoming.ids.request_id,
        correlation_id: incoming.correlation_id(),
        now: incoming.now(),
    };
    let answer = answer(service, incoming, &call, operation.effects(), request);
    let outcome = match &answer {
        Ok(_) => "ok".to_owned(),
        Err(code) => format!("AADSTS{}", code.number()),
    };
    let effects = operation.end(&outcome, detail);
    incoming.end(&effects, render(answer, &asked, request, &effects))
}

/// Fields of the query, then of the form. A token request's are those of the form alone, and so are name and password.
fn fields(incoming: &Request) -> Vec<(String, String)> {
    let form = url::form_urlencoded::parse(incoming.body()).into_owned();
    if incoming.method == Method::POST && incoming.path().to_ascii_lowercase().ends_with("/token") {
        form.collect()
    } else {
        let public = |(name, _): &(String, String)| !matches!(name.as_str(), "login" | "passwd");
        incoming.query().into_iter().filter(public).chain(form).collect()
    }
}

/// What a token is for; of everything else the path.
fn target(call: &Call<'_>) -> String {
    match call.asked {
        Asked::Token(..) | Asked::DeviceCode(..) => call.audited().resource.unwrap_or_default(),
        _ => call.path.to_owned(),
    }
}

/// The status for a form that did not come whole.
const fn unread(payload: &Payload) -> Option<u16> {
    match payload {
        Payload::TooLarge => Some(413),
        Payload::Broken => Some(408),
        _ => None,
    }
}

/// Client id and secret of a Basic header, both form-encoded (RFC 6749, 2.3.1).
fn basic(header: &str) -> Option<(String, String)> {
    let encoded = header.strip_prefix("Basic ")?;
    let text = String::from_utf8(BASE64_STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    let decode = |part: &str| percent_encoding::percent_decode_str(part).decode_utf8_lossy().into_owned();
    Some((decode(id), decode(secret)))
}

fn answer(
    service: &Service,
    incoming: &Request,
    call: &Call<'_>,
    effects: &[Effect],
    request: StsRequest,
) -> Result<Reply, StsCode> {
    effects.iter().find_map(|effect| refusal(effect, call)).map_or(Ok(()), Err)?;
    let authority = service.authority_with_domains();
    let people = service.tenant_at(incoming.now());
    let desk = Desk { authority: &authority, people: &*people, endpoint: &incoming.endpoint, request };
    call.answer(&desk, &mut service.signin())
}

/// A fault that refuses, in the terms of sign-in.
fn refusal(effect: &Effect, call: &Call<'_>) -> Option<StsCode> {
    let client = || call.audited().client.unwrap_or_default();
    match effect {
        Effect::Throttle { .. } => Some(StsCode::Throttled),
        Effect::Busy {} | Effect::Unavailable {} => Some(StsCode::Unavailable),
        Effect::AuthExpired {} => Some(StsCode::SecretExpired(client())),
        Effect::Forbidden {} => Some(StsCode::AppDisabled(client())),
        _ => None,
    }
}

fn render(
    answer: Result<Reply, StsCode>,
    asked: &Asked,
    request: StsRequest,
    effects: &[Effect],
) -> Response {
    let mut response = match answer {
        Ok(Reply::Document(body)) => json_response(200, "application/json; charset=utf-8", &body),
        Ok(Reply::Page(page)) => html(200, page),
        Ok(Reply::Redirect(location)) => redirect(&location),
        Err(code) => refused(&StsError { code, request }, asked),
    };
    let headers = response.headers_mut();
    put(headers, "cache-control", "no-store, no-cache");
    put(headers, "pragma", "no-cache");
    put(headers, "x-ms-request-id", &request.trace_id.to_string());
    put(headers, "client-request-id", &request.correlation_id.to_string());
    let wait = effects.iter().find_map(|effect| match effect {
        Effect::Throttle { retry_after_s } => *retry_after_s,
        _ => None,
    });
    if let Some(seconds) = wait {
        put(headers, "retry-after", &seconds.to_string());
    }
    response
}

/// A person sees an error as a page, a program as JSON.
fn refused(error: &StsError, asked: &Asked) -> Response {
    let (status, body) = (error.code.status(), error.body());
    match asked {
        Asked::Authorize(..) => {
            html(status, error_page(body["error_description"].as_str().unwrap_or_default()))
        }
        _ => json_response(status, "application/json; charset=utf-8", &body),
    }
}

fn redirect(location: &str) -> Response {
    let mut response = empty(302);
    put(response.headers_mut(), "location", location);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn basic_credentials_are_form_encoded() {
        let header = format!("Basic {}", BASE64_STANDARD.encode("id:se%3Acret"));
        assert_eq!(basic(&header), Some(("id".to_owned(), "se:cret".to_owned())));
        assert_eq!(basic("Basic !!!"), None);
    }
}
