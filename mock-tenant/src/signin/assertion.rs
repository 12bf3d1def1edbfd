//! Signed assertions in place of a secret: by a registered certificate, or by a token of a federated issuer.
//! Source: entra docs, "certificate-credentials" and "workload-identity-federation".

use jiff::Timestamp;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation};
use serde::Deserialize;

use super::claims::Proof;
use super::credential::{Credential, FederatedCredential, RegisteredCertificate};
use super::desk::Desk;
use super::grant::Grant;
use super::{AppRegistration, StsCode};

/// `client_assertion_type` of RFC 7523.
const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// Clock skew that Entra forgives.
const SKEW_S: i64 = 300;

/// The claims that are looked at.
#[derive(Debug, Deserialize)]
struct Asserted {
    #[serde(default)]
    iss: String,
    #[serde(default)]
    sub: String,
    #[serde(default)]
    aud: Audience,
    /// Seconds, maybe with a fraction (RFC 7519, NumericDate; MSAL for Python writes one).
    exp: Option<f64>,
    nbf: Option<f64>,
}

/// One audience or several.
#[derive(Debug, Default, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
    #[default]
    None,
}

impl Audience {
    fn all(&self) -> &[String] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
            Self::None => &[],
        }
    }
}

/// Checks `client_assertion` for an application.
pub(super) fn check(
    desk: &Desk<'_>,
    app: &AppRegistration,
    grant: &Grant<'_>,
    assertion: &str,
) -> Result<Proof, StsCode> {
    if grant.required("client_assertion_type")? != TYPE {
        return Err(StsCode::AssertionType);
    }
    let header = jsonwebtoken::decode_header(assertion).map_err(|_| StsCode::MalformedJwt)?;
    let claims = unchecked(assertion)?;
    if claims.iss == claims.sub && claims.iss.eq_ignore_ascii_case(&app.client_id.to_string()) {
        by_certificate(desk, app, assertion, &header, &claims)?;
    } else {
        federated(app, assertion, &header, &claims)?;
    }
    in_time(&claims, desk.request.now)?;
    Ok(Proof::Assertion)
}

fn by_certificate(
    desk: &Desk<'_>,
    app: &AppRegistration,
    assertion: &str,
    header: &Header,
    claims: &Asserted,
) -> Result<(), StsCode> {
    let thumbprint = header.x5t.as_deref().or(header.x5t_s256.as_deref()).or(header.kid.as_deref());
    let certificate = app.credentials.iter().find_map(|credential| match credential {
        Credential::Certificate(known) if is_named(known, header) => Some(known),
        _ => None,
    });
    let unknown = || StsCode::KeyNotFound { thumbprint: thumbprint.unwrap_or_default().to_owned() };
    let certificate = certificate.ok_or_else(unknown)?;
    if !RegisteredCertificate::ALGORITHMS.contains(&header.alg) {
        return Err(StsCode::MalformedJwt);
    }
    verify(assertion, certificate.key(), header.alg).map_err(|_| StsCode::AssertionSignature)?;
    if !(certificate.not_before..=certificate.not_after).contains(&desk.request.now.as_second()) {
        return Err(StsCode::KeyExpired { thumbprint: certificate.x5t.clone() });
    }
    let expected = claims.aud.all().iter().any(|audience| names_us(desk, audience));
    if expected { Ok(()) } else { Err(StsCode::AssertionAudience) }
}

/// By `x5t#S256` or `x5t`; `kid` may hold either, base64url or (as older MSALs do) in hexadecimal digits.
fn is_named(known: &RegisteredCertificate, header: &Header) -> bool {
    let thumbs = [Some(known.x5t.as_str()), Some(known.x5t_s256.as_str())];
    let named = |name: &Option<String>| {
        name.is_some() && thumbs.contains(&name.as_deref().map(|n| n.trim_end_matches('=')))
    };
    named(&header.x5t) || named(&header.x5t_s256) || named(&header.kid)
}

/// The token endpoints and issuers of our tenant, under our own host or the real one.
fn names_us(desk: &Desk<'_>, audience: &str) -> bool {
    let Ok(url) = url::Url::parse(audience) else { return false };
    let own = desk.endpoint.host.split(':').next().unwrap_or_default();
    let hosts =
        [own, "login.microsoftonline.com", "login.windows.net", "sts.windows.net", "login.microsoft.com"];
    let host_is_ours = url.host_str().is_some_and(|host| hosts.contains(&host));
    let mut segments = url.path_segments().into_iter().flatten();
    let tenant_is_ours = segments.next().is_some_and(|tenant| desk.authority.segment(tenant).is_some());
    let rest: Vec<&str> = segments.filter(|segment| !segment.is_empty()).collect();
    let known = [&["oauth2", "token"][..], &["oauth2", "v2.0", "token"], &["v2.0"], &[]];
    host_is_ours && tenant_is_ours && known.contains(&rest.as_slice())
}

fn federated(
    app: &AppRegistration,
    assertion: &str,
    header: &Header,
    claims: &Asserted,
) -> Result<(), StsCode> {
    let registered: Vec<&FederatedCredential> = app
        .credentials
        .iter()
        .filter_map(|credential| match credential {
            Credential::Federated(known) => Some(known),
            _ => None,
        })
        .collect();
    if registered.is_empty() {
        return Err(StsCode::OtherAssertedClient);
    }
    let by_issuer: Vec<_> = registered.into_iter().filter(|known| known.issuer == claims.iss).collect();
    if by_issuer.is_empty() {
        return Err(StsCode::FederatedIssuer(claims.iss.clone()));
    }
    let known = by_issuer.into_iter().find(|known| known.subject == claims.sub);
    let known = known.ok_or_else(|| StsCode::FederatedSubject(claims.sub.clone()))?;
    let audiences = claims.aud.all();
    if !audiences.iter().any(|audience| known.audiences.contains(audience)) {
        return Err(StsCode::FederatedAudience(audiences.join(" ")));
    }
    let key = key_of(&known.keys, header).ok_or(StsCode::AssertionSignature)?;
    verify(assertion, &key, header.alg).map_err(|_| StsCode::AssertionSignature)
}

fn key_of(keys: &JwkSet, header: &Header) -> Option<DecodingKey> {
    let named = header.kid.as_deref().and_then(|kid| keys.find(kid));
    let key = named.or_else(|| keys.keys.first().filter(|_| keys.keys.len() == 1))?;
    DecodingKey::from_jwk(key).ok()
}

fn in_time(claims: &Asserted, now: Timestamp) -> Result<(), StsCode> {
    let begun = claims.nbf.is_none_or(|nbf| seconds(nbf) <= now.as_second().saturating_add(SKEW_S));
    let open = claims.exp.is_some_and(|exp| seconds(exp).saturating_add(SKEW_S) > now.as_second());
    let (from, to) = (claims.nbf.map_or(0, seconds), claims.exp.map_or(0, seconds));
    if begun && open { Ok(()) } else { Err(StsCode::AssertionTime { now, from, to }) }
}

/// Whole seconds; what is beyond any date ends at its end.
fn seconds(date: f64) -> i64 {
    let limits = (Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
    jiff::SignedDuration::try_from_secs_f64(date)
        .map_or(limits.1, |since| since.as_secs().clamp(limits.0, limits.1))
}

fn unchecked(token: &str) -> Result<Asserted, StsCode> {
    jsonwebtoken::dangerous::insecure_decode::<Asserted>(token)
        .map(|data| data.claims)
        .map_err(|_| StsCode::MalformedJwt)
}

fn verify(token: &str, key: &DecodingKey, algorithm: Algorithm) -> jsonwebtoken::errors::Result<()> {
    let mut validation = Validation::new(algorithm);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    jsonwebtoken::decode::<serde_json::Value>(token, key, &validation).map(|_| ())
}
