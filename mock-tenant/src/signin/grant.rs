//! The token endpoints: client credentials by secret, in the v1 (`resource`) and the v2 (`scope`) form.

use serde_json::{Value, json};
use uuid::Uuid;

use super::key::signing_key;
use super::{
    AppRegistration, Authority, Claims, Resource, StsCode, StsRequest, TOKEN_LIFETIME_S, TenantSegment,
};

/// Which endpoint, and so which form of request and answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenVersion {
    /// `/oauth2/token` with `resource`.
    V1,
    /// `/oauth2/v2.0/token` with `scope`.
    V2,
}

/// A token request, taken apart by the shell.
#[derive(Debug, Clone, Copy)]
pub struct Grant<'a> {
    /// The tenant as the path names it.
    pub tenant: &'a str,
    /// Endpoint.
    pub version: TokenVersion,
    /// Form fields in order; the first of a name counts, unknown ones are ignored (MSAL sends `client_info`).
    pub form: &'a [(String, String)],
    /// Client id and secret of a Basic Authorization header.
    pub basic: Option<(&'a str, &'a str)>,
}

/// What may be told about a token request in the journal: never secret or token.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Audited {
    /// The client id as sent.
    pub client: Option<String>,
    /// The resource asked for.
    pub resource: Option<String>,
}

impl Grant<'_> {
    fn field(&self, name: &str) -> Option<&str> {
        let found = self.form.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        found.filter(|value| !value.is_empty())
    }

    fn required(&self, name: &'static str) -> Result<&str, StsCode> {
        self.field(name).ok_or(StsCode::MissingParameter(name))
    }

    fn client_id(&self) -> Option<&str> {
        self.field("client_id").or(self.basic.map(|(id, _)| id))
    }

    fn secret(&self) -> Option<&str> {
        self.field("client_secret").or(self.basic.map(|(_, secret)| secret))
    }

    /// Who asked for what, for the journal.
    #[must_use]
    pub fn audited(&self) -> Audited {
        let resource = self.field("resource").or_else(|| self.field("scope"));
        Audited { client: self.client_id().map(str::to_owned), resource: resource.map(str::to_owned) }
    }
}

/// Answers a token request.
///
/// # Errors
/// The refusal Entra would give, in the order in which it looks: grant type, client, tenant, credential, scope.
pub fn token(
    authority: &Authority,
    grant: &Grant<'_>,
    uti: Uuid,
    request: &StsRequest,
) -> Result<Value, StsCode> {
    served_grant(grant.required("grant_type")?)?;
    let client = grant.client_id().ok_or(StsCode::MissingParameter("client_id"))?;
    let app = client_of(authority, grant.tenant, client)?;
    authenticate(app, grant)?;
    let resource = match grant.version {
        TokenVersion::V1 => resource_v1(grant)?,
        TokenVersion::V2 => resource_v2(grant.required("scope")?)?,
    };
    let claims = Claims::app_only(authority, app, &resource, short_id(uti), request.now);
    Ok(answer(grant.version, &claims, request))
}

fn served_grant(grant_type: &str) -> Result<(), StsCode> {
    match grant_type {
        "client_credentials" => Ok(()),
        "authorization_code"
        | "password"
        | "refresh_token"
        | "device_code"
        | "urn:ietf:params:oauth:grant-type:device_code"
        | "urn:ietf:params:oauth:grant-type:jwt-bearer"
        | "urn:ietf:params:oauth:grant-type:saml2-bearer" => {
            Err(StsCode::NotSupportedByDouble(format!("the grant type '{grant_type}'")))
        }
        other => Err(StsCode::UnsupportedGrant(other.to_owned())),
    }
}

fn client_of<'a>(
    authority: &'a Authority,
    tenant: &str,
    client: &str,
) -> Result<&'a AppRegistration, StsCode> {
    match authority.segment(tenant) {
        None => return Err(StsCode::TenantNotFound(tenant.to_owned())),
        Some(TenantSegment::Shared) => return Err(StsCode::NoTenant),
        Some(TenantSegment::Ours) => {}
    }
    let unknown = || StsCode::UnknownClient { client: client.to_owned(), tenant: tenant.to_owned() };
    authority.app(client).ok_or_else(unknown)
}

fn authenticate(app: &AppRegistration, grant: &Grant<'_>) -> Result<(), StsCode> {
    if grant.field("client_assertion").is_some() {
        return Err(StsCode::NotSupportedByDouble("client assertions by certificate".to_owned()));
    }
    let offered = grant.secret().ok_or(StsCode::NoCredential)?;
    // every secret is compared, so that the time does not tell which one was nearly right
    let known = app.secrets.iter().fold(false, |found, secret| secret.matches(offered) | found);
    if known { Ok(()) } else { Err(StsCode::WrongSecret(app.client_id)) }
}

fn resource_v1(grant: &Grant<'_>) -> Result<Resource, StsCode> {
    let text = grant.required("resource")?;
    let unknown = || StsCode::UnknownResource { resource: text.to_owned(), tenant: grant.tenant.to_owned() };
    Resource::parse(text).ok_or_else(unknown)
}

/// `<resource>/.default`, and nothing beside it but OpenID's own scopes, which an app-only token ignores.
fn resource_v2(scope: &str) -> Result<Resource, StsCode> {
    let own = ["openid", "profile", "offline_access", "email"];
    let mut scopes = scope.split_whitespace().filter(|part| !own.contains(part));
    let (Some(first), None) = (scopes.next(), scopes.next()) else {
        return Err(StsCode::InvalidScope(scope.to_owned()));
    };
    let resource =
        first.strip_suffix("/.default").ok_or_else(|| StsCode::NotDefaultScope(scope.to_owned()))?;
    Resource::parse(resource).ok_or_else(|| StsCode::InvalidScope(scope.to_owned()))
}

fn short_id(id: Uuid) -> String {
    use base64::prelude::*;
    BASE64_URL_SAFE_NO_PAD.encode(id.as_bytes())
}

/// The v1 endpoint writes its numbers as strings and repeats the resource; v2 does neither.
fn answer(version: TokenVersion, claims: &Claims, request: &StsRequest) -> Value {
    let access_token = signing_key().sign(claims);
    match version {
        TokenVersion::V2 => json!({
            "token_type": "Bearer", "expires_in": TOKEN_LIFETIME_S, "ext_expires_in": TOKEN_LIFETIME_S,
            "access_token": access_token,
        }),
        TokenVersion::V1 => json!({
            "token_type": "Bearer", "expires_in": TOKEN_LIFETIME_S.to_string(),
            "ext_expires_in": TOKEN_LIFETIME_S.to_string(),
            "expires_on": claims.exp.to_string(), "not_before": request.now.as_second().to_string(),
            "resource": claims.aud, "access_token": access_token,
        }),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use jiff::Timestamp;

    use super::super::{Refused, Secret, TokenCheck};
    use super::*;

    pub(crate) fn now() -> Timestamp {
        "2026-09-01T08:00:00Z".parse().unwrap()
    }

    pub(crate) fn authority() -> Authority {
        let app = AppRegistration {
            client_id: Uuid::from_u128(0xc11e),
            object_id: Uuid::from_u128(0x0b1),
            display_name: "sync".to_owned(),
            secrets: vec![Secret::new("first"), Secret::new("s3cret")],
            roles: None,
        };
        Authority {
            tenant_id: Uuid::from_u128(7),
            domains: vec!["corp.example.test".to_owned()],
            apps: vec![app],
        }
    }

    pub(crate) fn granted_claims(resource: &str) -> Claims {
        let authority = authority();
        let resource = Resource::parse(resource).unwrap();
        Claims::app_only(&authority, &authority.apps[0], &resource, String::new(), now())
    }

    pub(crate) fn signed(claims: &Claims) -> String {
        signing_key().sign(claims)
    }

    fn request() -> StsRequest {
        StsRequest { trace_id: Uuid::from_u128(1), correlation_id: Uuid::from_u128(2), now: now() }
    }

    fn ask(tenant: &str, version: TokenVersion, form: &[(&str, &str)]) -> Result<Value, StsCode> {
        let form: Vec<_> = form.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        let grant = Grant { tenant, version, form: &form, basic: None };
        token(&authority(), &grant, Uuid::from_u128(3), &request())
    }

    const CLIENT: &str = "00000000-0000-0000-0000-00000000c11e";
    const GOOD: &[(&str, &str)] = &[
        ("client_id", CLIENT),
        ("client_secret", "s3cret"),
        ("grant_type", "client_credentials"),
        ("scope", "https://graph.microsoft.com/.default"),
        ("client_info", "1"),
    ];

    fn without(name: &str) -> Vec<(&'static str, &'static str)> {
        GOOD.iter().copied().filter(|(key, _)| *key != name).collect()
    }

    fn with(name: &'static str, value: &'static str) -> Vec<(&'static str, &'static str)> {
        without(name).into_iter().chain([(name, value)]).collect()
    }

    fn number(form: &[(&str, &str)]) -> u32 {
        ask("corp.example.test", TokenVersion::V2, form).unwrap_err().number()
    }

    #[test]
    fn client_credentials_give_a_token_that_our_check_takes() {
        let answer = ask("CORP.example.test", TokenVersion::V2, GOOD).unwrap();
        assert_eq!(answer["expires_in"], 3599);
        let authority = authority();
        let check = TokenCheck {
            authority: &authority,
            audiences: &["https://graph.microsoft.com"],
            own_host: None,
            now: now(),
        };
        let token = answer["access_token"].as_str().unwrap();
        assert_eq!(check.token(token).unwrap().exp, now().as_second() + 3599);
        let later = TokenCheck { now: now() + jiff::SignedDuration::from_secs(3599), ..check };
        assert_eq!(later.token(token).err(), Some(Refused::Expired));
    }

    #[test]
    fn v1_takes_a_resource_and_answers_in_strings() {
        let mut form = without("scope");
        form.push(("resource", "https://graph.windows.net"));
        let answer = ask(&Uuid::from_u128(7).to_string(), TokenVersion::V1, &form).unwrap();
        assert_eq!(answer["expires_in"], "3599");
        assert_eq!(answer["resource"], "https://graph.windows.net");
        assert_eq!(answer["expires_on"], (now().as_second() + 3599).to_string());
    }

    #[test]
    fn basic_authorization_signs_in_too() {
        let form: Vec<_> =
            [("grant_type", "client_credentials"), ("scope", "https://graph.microsoft.com/.default")]
                .map(|(key, value)| (key.to_owned(), value.to_owned()))
                .to_vec();
        let basic = Some((CLIENT, "s3cret"));
        let grant = Grant { tenant: "corp.example.test", version: TokenVersion::V2, form: &form, basic };
        assert!(token(&authority(), &grant, Uuid::nil(), &request()).is_ok());
    }

    #[test]
    fn each_refusal_has_entras_code() {
        assert_eq!(number(&without("grant_type")), 900_144);
        assert_eq!(number(&without("client_id")), 900_144);
        assert_eq!(number(&without("scope")), 900_144);
        assert_eq!(number(&with("grant_type", "magic")), 70_003);
        assert_eq!(number(&with("client_secret", "wrong")), 7_000_215);
        assert_eq!(number(&without("client_secret")), 7_000_216);
        assert_eq!(number(&with("client_id", "11111111-0000-0000-0000-00000000c11e")), 700_016);
        assert_eq!(number(&with("client_id", "not-a-guid")), 700_016);
        assert_eq!(number(&with("scope", "https://graph.microsoft.com/User.Read")), 1_002_012);
        assert_eq!(number(&with("scope", "a/.default b/.default")), 70_011);
        assert_eq!(number(&with("scope", "nonsense/.default")), 70_011);
        assert_eq!(number(&with("client_assertion", "eyJ")), 0);
        let code = |tenant| ask(tenant, TokenVersion::V2, GOOD).unwrap_err().number();
        assert_eq!(code("elsewhere.test"), 90_002);
        assert_eq!(code("common"), 50_059);
    }

    #[test]
    fn the_envelope_has_entras_members_and_no_secret() {
        let code = ask("corp.example.test", TokenVersion::V2, &with("client_secret", "wr0ng")).unwrap_err();
        let body = super::super::StsError { code, request: request() }.body();
        assert_eq!(body["error"], "invalid_client");
        assert_eq!(body["error_codes"], json!([7_000_215]));
        assert_eq!(body["timestamp"], "2026-09-01 08:00:00Z");
        let description = body["error_description"].as_str().unwrap();
        assert!(description.starts_with("AADSTS7000215: Invalid client secret provided."), "{description}");
        assert!(!body.to_string().contains("wr0ng"));
    }
}
