//! The token endpoints, in the v1 (`resource`) and the v2 (`scope`) form.

use serde_json::Value;
use uuid::Uuid;

use super::answer::{self, Issued};
use super::assertion;
use super::claims::{Claims, Issue, Proof};
use super::desk::Desk;
use super::people::Person;
use super::scope::{Wanted, own_resource};
use super::state::{Consent, SignIn};
use super::{AppRegistration, Authority, StsCode, TenantSegment};

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
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        let found = self.form.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        found.filter(|value| !value.is_empty())
    }

    pub(super) fn required(&self, name: &'static str) -> Result<&str, StsCode> {
        self.field(name).ok_or(StsCode::MissingParameter(name))
    }

    pub(super) fn client_id(&self) -> Option<&str> {
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
/// The refusal Entra would give, in the order in which it looks: grant type, client, tenant, credential, what is granted.
pub fn token(desk: &Desk<'_>, state: &mut SignIn, grant: &Grant<'_>, uti: Uuid) -> Result<Value, StsCode> {
    let kind = Kind::parse(grant.required("grant_type")?)?;
    let client = grant.client_id().ok_or(StsCode::MissingParameter("client_id"))?;
    let app = client_of(desk.authority, grant.tenant, client, kind == Kind::ClientCredentials)?;
    let proof = authenticate(desk, app, grant, kind)?;
    let caller = Caller { desk, app, proof, uti: short_id(uti) };
    match kind {
        Kind::ClientCredentials => caller.own_token(grant),
        Kind::Password => caller.by_password(state, grant),
        Kind::DeviceCode => {
            let code = grant.field("device_code").or_else(|| grant.field("code"));
            let code = code.ok_or(StsCode::MissingParameter("device_code"))?;
            let consent = state.poll_device(code, app.client_id, desk.request.now)?;
            caller.persons_token(state, &consent, grant)
        }
        Kind::AuthorizationCode => {
            let consent = state.redeem_code(grant, app.client_id, desk.request.now)?;
            caller.persons_token(state, &consent, grant)
        }
        Kind::RefreshToken => {
            let consent = state.redeem_refresh(grant, app.client_id, desk.request.now)?;
            caller.persons_token(state, &consent, grant)
        }
    }
}

/// The grants that are served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    ClientCredentials,
    Password,
    DeviceCode,
    AuthorizationCode,
    RefreshToken,
}

impl Kind {
    fn parse(grant_type: &str) -> Result<Self, StsCode> {
        match grant_type {
            "client_credentials" => Ok(Self::ClientCredentials),
            "password" => Ok(Self::Password),
            "device_code" | "urn:ietf:params:oauth:grant-type:device_code" => Ok(Self::DeviceCode),
            "authorization_code" => Ok(Self::AuthorizationCode),
            "refresh_token" => Ok(Self::RefreshToken),
            "urn:ietf:params:oauth:grant-type:jwt-bearer"
            | "urn:ietf:params:oauth:grant-type:saml2-bearer" => {
                Err(StsCode::NotSupportedByDouble(format!("the grant type '{grant_type}'")))
            }
            other => Err(StsCode::UnsupportedGrant(other.to_owned())),
        }
    }
}

/// The application, in our tenant. Only a person's sign-in may leave the tenant open.
pub(super) fn client_of<'a>(
    authority: &'a Authority,
    tenant: &str,
    client: &str,
    needs_tenant: bool,
) -> Result<&'a AppRegistration, StsCode> {
    match authority.segment(tenant) {
        None => return Err(StsCode::TenantNotFound(tenant.to_owned())),
        Some(TenantSegment::Shared) if needs_tenant => return Err(StsCode::NoTenant),
        Some(TenantSegment::Shared | TenantSegment::Ours) => {}
    }
    let unknown = || StsCode::UnknownClient { client: client.to_owned(), tenant: tenant.to_owned() };
    authority.app(client).ok_or_else(unknown)
}

/// Who the application is: by secret, by assertion, or (a public client) by nothing.
fn authenticate(
    desk: &Desk<'_>,
    app: &AppRegistration,
    grant: &Grant<'_>,
    kind: Kind,
) -> Result<Proof, StsCode> {
    match (grant.field("client_assertion"), grant.secret()) {
        (Some(_), _) | (None, Some(_)) if app.public_client && app.credentials.is_empty() => {
            Err(StsCode::PublicWithCredential)
        }
        (Some(assertion), _) => assertion::check(desk, app, grant, assertion),
        (None, Some(offered)) => by_secret(app, offered),
        (None, None) if kind == Kind::ClientCredentials => Err(StsCode::NoCredential),
        (None, None) if app.public_client => Ok(Proof::None),
        (None, None) => Err(StsCode::ConfidentialWithoutCredential),
    }
}

/// Every secret is compared, so that the time does not tell which one was nearly right.
fn by_secret(app: &AppRegistration, offered: &str) -> Result<Proof, StsCode> {
    let known = app.secrets().fold(false, |found, secret| secret.matches(offered) | found);
    if known { Ok(Proof::Secret) } else { Err(StsCode::WrongSecret(app.client_id)) }
}

/// An application that proved itself.
struct Caller<'a> {
    desk: &'a Desk<'a>,
    app: &'a AppRegistration,
    proof: Proof,
    uti: String,
}

impl Caller<'_> {
    fn own_token(&self, grant: &Grant<'_>) -> Result<Value, StsCode> {
        let resource = own_resource(grant)?;
        Ok(answer::app_only(grant.version, &Claims::app_only(&self.issue(&resource)), self.desk.request.now))
    }

    fn issue<'r>(&'r self, resource: &'r super::Resource) -> Issue<'r> {
        Issue {
            authority: self.desk.authority,
            app: self.app,
            proof: self.proof,
            resource,
            uti: &self.uti,
            now: self.desk.request.now,
        }
    }

    /// Source: entra docs, "v2-oauth-ropc".
    fn by_password(&self, state: &mut SignIn, grant: &Grant<'_>) -> Result<Value, StsCode> {
        let wanted = Wanted::of(grant.version, grant.field("scope"), grant.field("resource"))?;
        let (name, password) = (grant.required("username")?, grant.required("password")?);
        let person = sign_in(self.desk, state, name, password)?;
        let consent = Consent { client: self.app.client_id, person: person.id, wanted, nonce: None };
        self.persons_token(state, &consent, grant)
    }

    fn persons_token(
        &self,
        state: &mut SignIn,
        consent: &Consent,
        grant: &Grant<'_>,
    ) -> Result<Value, StsCode> {
        let person = self.desk.people.with_id(consent.person).ok_or(StsCode::InvalidGrant)?;
        if !person.enabled {
            return Err(StsCode::AccountDisabled);
        }
        let scopes = consent.wanted.granted(self.app)?;
        let resource = consent.wanted.resource.clone();
        let claims = Claims::delegated(&self.issue(&resource), &person, &scopes);
        let now = self.desk.request.now;
        let refresh = consent.wanted.offline.then(|| state.give_refresh(consent.clone(), now));
        let id_token = consent
            .wanted
            .openid
            .then(|| answer::id_token(self.desk, self.app, &person, consent.nonce.as_deref(), &self.uti));
        let issued = Issued { claims: &claims, scopes: &scopes, refresh, id_token };
        Ok(answer::delegated(grant, &issued, &person, now))
    }
}

/// A person proves to be one of the tenant.
pub(super) fn sign_in(
    desk: &Desk<'_>,
    state: &SignIn,
    name: &str,
    password: &str,
) -> Result<Person, StsCode> {
    let tenant = desk.authority.tenant_id;
    let person = desk.people.named(name.trim()).ok_or(StsCode::UnknownUser(tenant))?;
    state.check_password(person.id, password)?;
    if person.enabled { Ok(person) } else { Err(StsCode::AccountDisabled) }
}

pub(super) fn short_id(id: Uuid) -> String {
    use base64::prelude::*;
    BASE64_URL_SAFE_NO_PAD.encode(id.as_bytes())
}

#[cfg(test)]
pub(crate) mod tests {
    use jiff::Timestamp;

    use serde_json::json;

    use super::super::credential::Credential;
    use super::super::key::signing_key;
    use super::super::{Endpoint, People, Refused, Resource, Secret, StsRequest, TokenCheck, TokenVersion};
    use super::*;

    /// A tenant of nobody.
    struct Nobody;

    impl People for Nobody {
        fn named(&self, _: &str) -> Option<Person> {
            None
        }

        fn with_id(&self, _: Uuid) -> Option<Person> {
            None
        }
    }

    pub(crate) fn now() -> Timestamp {
        "2026-09-01T08:00:00Z".parse().unwrap()
    }

    pub(crate) fn authority() -> Authority {
        let app = AppRegistration {
            client_id: Uuid::from_u128(0xc11e),
            object_id: Uuid::from_u128(0x0b1),
            display_name: "sync".to_owned(),
            credentials: ["first", "s3cret"].map(|text| Credential::Secret(Secret::new(text))).to_vec(),
            ..AppRegistration::default()
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
        let (app, proof) = (&authority.apps[0], Proof::Secret);
        Claims::app_only(&Issue {
            authority: &authority,
            app,
            proof,
            resource: &resource,
            uti: "",
            now: now(),
        })
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
        asked(&grant)
    }

    fn asked(grant: &Grant<'_>) -> Result<Value, StsCode> {
        let endpoint = Endpoint { scheme: "https", host: "localhost:8443".to_owned() };
        let (authority, request) = (authority(), request());
        let desk = Desk { authority: &authority, people: &Nobody, endpoint: &endpoint, request };
        token(&desk, &mut SignIn::new(kit::Ids::new(1)), grant, Uuid::from_u128(3))
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
        assert!(asked(&grant).is_ok());
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
        assert_eq!(number(&with("client_assertion", "eyJ")), 900_144);
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
