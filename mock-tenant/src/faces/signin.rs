//! Sign-in.

use base64::prelude::*;
use http::Method;
use kit::faults::Effect;
use serde_json::{Value as Json, json};

use crate::ops::{self, Op};
use crate::pipeline::{
    Caller, Face, Operation, Payload, Request, Response, empty, json as json_response, put,
};
use crate::server::Service;
use crate::signin::{
    Audited, Authority, Grant, StsCode, StsError, StsRequest, TokenVersion, instance_discovery, key_set,
    openid_configuration, token,
};

/// Sign-in. Largest form: a certificate assertion is a few KiB.
pub(super) static FACE: Face = Face {
    name: "signin",
    body_limit: 256 * 1024,
    media: &[],
    authenticate: |_, _| Caller::Anyone,
    answer: serve,
};

/// What a path of the sign-in service stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Asked {
    Token(String, TokenVersion),
    OpenId(String, TokenVersion),
    Keys(String),
    Instance(String),
    Unserved(String),
}

impl Asked {
    /// Segments are compared without regard to case.
    fn read(method: &Method, path: &str) -> Self {
        let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
        let lower: Vec<String> = segments.iter().map(|segment| segment.to_ascii_lowercase()).collect();
        let lower: Vec<&str> = lower.iter().map(String::as_str).collect();
        let tenant = segments.first().map(|tenant| (*tenant).to_owned()).unwrap_or_default();
        match (method.as_str(), lower.get(1..).unwrap_or_default()) {
            ("POST", ["oauth2", "token"]) => Self::Token(tenant, TokenVersion::V1),
            ("POST", ["oauth2", "v2.0", "token"]) => Self::Token(tenant, TokenVersion::V2),
            ("GET", [".well-known", "openid-configuration"]) => Self::OpenId(tenant, TokenVersion::V1),
            ("GET", ["v2.0", ".well-known", "openid-configuration"]) => {
                Self::OpenId(tenant, TokenVersion::V2)
            }
            ("GET", ["discovery", "keys"] | ["discovery", "v2.0", "keys"]) => Self::Keys(tenant),
            ("GET", ["discovery", "instance"]) => Self::Instance(tenant),
            _ => Self::Unserved(format!("{method} {path}")),
        }
    }

    const fn op(&self) -> &'static Op {
        match self {
            Self::Token(..) => const { ops::known("oauth.token") },
            Self::OpenId(..) => const { ops::known("oauth.discovery") },
            Self::Keys(_) => const { ops::known("oauth.keys") },
            Self::Instance(_) => const { ops::known("oauth.instance") },
            Self::Unserved(_) => const { ops::known("oauth.unserved") },
        }
    }
}

/// The stages of one request; the caller is told in the form.
fn serve(service: &Service, incoming: &Request, _caller: &Caller) -> Response {
    let asked = Asked::read(&incoming.method, incoming.path());
    let form = Form::read(incoming);
    let audited = form.audited();
    let target = match &asked {
        Asked::Token(..) => audited.resource.unwrap_or_default(),
        _ => incoming.path().to_owned(),
    };
    let principal = audited.client.unwrap_or_default();
    let mut operation = Operation::new(service, asked.op(), target, &principal);
    let detail = json!({"method": incoming.method.as_str(), "path": incoming.path(), "grant_type": form.get("grant_type")});
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
    let answer = answer(service, incoming, &asked, &form, operation.effects(), &request);
    let outcome = match &answer {
        Ok(_) => "ok".to_owned(),
        Err(code) => format!("AADSTS{}", code.number()),
    };
    let effects = operation.end(&outcome, detail);
    incoming.end(&effects, render(answer, request, &effects))
}

/// The status for a form that did not come whole.
const fn unread(payload: &Payload) -> Option<u16> {
    match payload {
        Payload::TooLarge => Some(413),
        Payload::Broken => Some(408),
        _ => None,
    }
}

/// A form with the credentials of a Basic header.
struct Form {
    fields: Vec<(String, String)>,
    basic: Option<(String, String)>,
}

impl Form {
    fn read(request: &Request) -> Self {
        let fields = url::form_urlencoded::parse(request.body()).into_owned().collect();
        Self { fields, basic: request.header("authorization").and_then(basic) }
    }

    fn grant<'a>(&'a self, tenant: &'a str, version: TokenVersion) -> Grant<'a> {
        let basic = self.basic.as_ref().map(|(id, secret)| (id.as_str(), secret.as_str()));
        Grant { tenant, version, form: &self.fields, basic }
    }

    fn audited(&self) -> Audited {
        self.grant("", TokenVersion::V2).audited()
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
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
    asked: &Asked,
    form: &Form,
    effects: &[Effect],
    request: &StsRequest,
) -> Result<Json, StsCode> {
    effects.iter().find_map(|effect| refusal(effect, form)).map_or(Ok(()), Err)?;
    let authority = service.authority_with_domains();
    match asked {
        Asked::Token(tenant, version) => {
            token(&authority, &form.grant(tenant, *version), service.next_id("uti"), request)
        }
        Asked::OpenId(tenant, version) => {
            let segment = tenant_segment(&authority, tenant)?;
            Ok(openid_configuration(&authority, segment, tenant, *version, &incoming.endpoint))
        }
        Asked::Keys(tenant) => tenant_segment(&authority, tenant).map(|_| key_set(&authority)),
        Asked::Instance(_) => Ok(instance_discovery(&discovered_tenant(incoming), &incoming.endpoint)),
        Asked::Unserved(what) => Err(StsCode::NotSupportedByDouble(what.clone())),
    }
}

fn tenant_segment(authority: &Authority, tenant: &str) -> Result<crate::signin::TenantSegment, StsCode> {
    authority.segment(tenant).ok_or_else(|| StsCode::TenantNotFound(tenant.to_owned()))
}

/// The tenant in `authorization_endpoint=https://host/{tenant}/oauth2/…`, the question's subject.
fn discovered_tenant(incoming: &Request) -> String {
    let endpoint = incoming.query().into_iter().find(|(name, _)| name == "authorization_endpoint");
    let url = endpoint.and_then(|(_, value)| url::Url::parse(&value).ok());
    let tenant = url.and_then(|url| url.path_segments()?.next().map(str::to_owned));
    tenant.filter(|tenant| !tenant.is_empty()).unwrap_or_else(|| "common".to_owned())
}

/// A fault that refuses, in the terms of sign-in.
fn refusal(effect: &Effect, form: &Form) -> Option<StsCode> {
    let client = || form.audited().client.unwrap_or_default();
    match effect {
        Effect::Throttle { .. } => Some(StsCode::Throttled),
        Effect::Busy {} | Effect::Unavailable {} => Some(StsCode::Unavailable),
        Effect::AuthExpired {} => Some(StsCode::SecretExpired(client())),
        Effect::Forbidden {} => Some(StsCode::AppDisabled(client())),
        _ => None,
    }
}

fn render(answer: Result<Json, StsCode>, request: StsRequest, effects: &[Effect]) -> Response {
    let mut response = match answer {
        Ok(body) => json_response(200, "application/json; charset=utf-8", &body),
        Err(code) => {
            let status = code.status();
            json_response(status, "application/json; charset=utf-8", &StsError { code, request }.body())
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_read_in_any_case() {
        let read = |method: Method, path: &str| Asked::read(&method, path);
        assert_eq!(
            read(Method::POST, "/T/oauth2/V2.0/token"),
            Asked::Token("T".to_owned(), TokenVersion::V2)
        );
        assert_eq!(read(Method::GET, "/common/discovery/instance"), Asked::Instance("common".to_owned()));
        assert_eq!(
            read(Method::GET, "/t/v2.0/.well-known/openid-configuration"),
            Asked::OpenId("t".to_owned(), TokenVersion::V2)
        );
        let device = Asked::Unserved("POST /t/oauth2/v2.0/devicecode".to_owned());
        assert_eq!(read(Method::POST, "/t/oauth2/v2.0/devicecode"), device);
    }

    #[test]
    fn basic_credentials_are_form_encoded() {
        let header = format!("Basic {}", BASE64_STANDARD.encode("id:se%3Acret"));
        assert_eq!(basic(&header), Some(("id".to_owned(), "se:cret".to_owned())));
        assert_eq!(basic("Basic !!!"), None);
    }
}
