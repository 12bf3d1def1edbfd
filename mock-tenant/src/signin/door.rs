//! Sign-in as one function: a request taken apart by the shell comes in, an answer goes out.

use http::Method;
use serde_json::Value;
use uuid::Uuid;

use super::authorize::{self, authorize};
use super::desk::Desk;
use super::grant::{Audited, Grant, client_of, sign_in, token};
use super::scope::Wanted;
use super::state::SignIn;
use super::{
    StsCode, TenantSegment, TokenVersion, instance_discovery, key_set, openid_configuration, page, user_realm,
};

/// What a path of the sign-in service stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// A token.
    Token(String, TokenVersion),
    /// A device code.
    DeviceCode(String, TokenVersion),
    /// The page on which a device code is typed.
    DeviceAuth(String),
    /// The sign-in page, and what comes of it.
    Authorize(String, TokenVersion),
    /// The OpenID discovery document.
    OpenId(String, TokenVersion),
    /// The key set.
    Keys(String),
    /// Instance discovery.
    Instance(String),
    /// Whether a name's domain signs in here or elsewhere.
    UserRealm(String),
    /// Something else.
    Unserved(String),
}

impl Asked {
    /// Segments are compared without regard to case.
    #[must_use]
    pub fn read(method: &Method, path: &str) -> Self {
        let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
        let lower: Vec<String> = segments.iter().map(|segment| segment.to_ascii_lowercase()).collect();
        let lower: Vec<&str> = lower.iter().map(String::as_str).collect();
        let tenant = segments.first().map(|tenant| (*tenant).to_owned()).unwrap_or_default();
        let (v1, v2) = (TokenVersion::V1, TokenVersion::V2);
        match (method.as_str(), lower.get(1..).unwrap_or_default()) {
            ("POST", ["oauth2", "token"]) => Self::Token(tenant, v1),
            ("POST", ["oauth2", "v2.0", "token"]) => Self::Token(tenant, v2),
            ("GET" | "POST", ["oauth2", "devicecode"]) => Self::DeviceCode(tenant, v1),
            ("GET" | "POST", ["oauth2", "v2.0", "devicecode"]) => Self::DeviceCode(tenant, v2),
            ("GET" | "POST", ["oauth2", "deviceauth"]) => Self::DeviceAuth(tenant),
            ("GET" | "POST", ["oauth2", "authorize"]) => Self::Authorize(tenant, v1),
            ("GET" | "POST", ["oauth2", "v2.0", "authorize"]) => Self::Authorize(tenant, v2),
            ("GET", [".well-known", "openid-configuration"]) => Self::OpenId(tenant, v1),
            ("GET", ["v2.0", ".well-known", "openid-configuration"]) => Self::OpenId(tenant, v2),
            ("GET", ["discovery", "keys"] | ["discovery", "v2.0", "keys"]) => Self::Keys(tenant),
            ("GET", ["userrealm", _]) => {
                Self::UserRealm(segments.last().map(|name| decoded(name)).unwrap_or_default())
            }
            ("GET", ["discovery", "instance"]) => Self::Instance(tenant),
            _ => Self::Unserved(format!("{method} {path}")),
        }
    }
}

fn decoded(segment: &str) -> String {
    percent_encoding::percent_decode_str(segment).decode_utf8_lossy().into_owned()
}

/// A request at the door.
#[derive(Debug)]
pub struct Call<'a> {
    /// What the path says.
    pub asked: &'a Asked,
    /// The path.
    pub path: &'a str,
    /// Fields of the query, then of the form, in order.
    pub fields: &'a [(String, String)],
    /// Client id and secret of a Basic header.
    pub basic: Option<(&'a str, &'a str)>,
    /// Token identifier, if a token comes of it.
    pub uti: Uuid,
}

/// An answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Reply {
    /// A JSON document.
    Document(Value),
    /// A page for a person.
    Page(String),
    /// The browser goes elsewhere.
    Redirect(String),
}

impl Reply {
    pub(super) const fn page(html: String) -> Self {
        Self::Page(html)
    }

    pub(super) const fn redirect(location: String) -> Self {
        Self::Redirect(location)
    }
}

impl Call<'_> {
    /// Who asked for what, for the journal.
    #[must_use]
    pub fn audited(&self) -> Audited {
        self.grant("", TokenVersion::V2).audited()
    }

    /// A field by name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    fn grant<'s>(&'s self, tenant: &'s str, version: TokenVersion) -> Grant<'s> {
        Grant { tenant, version, form: self.fields, basic: self.basic }
    }

    /// Answers the request.
    ///
    /// # Errors
    /// Entra's refusal.
    pub fn answer(&self, desk: &Desk<'_>, state: &mut SignIn) -> Result<Reply, StsCode> {
        match self.asked {
            Asked::Token(tenant, version) => {
                token(desk, state, &self.grant(tenant, *version), self.uti).map(Reply::Document)
            }
            Asked::DeviceCode(tenant, version) => self.device_code(desk, state, tenant, *version),
            Asked::DeviceAuth(_) => Ok(self.device_auth(desk, state)),
            Asked::Authorize(tenant, version) => {
                let (tenant, version) = (tenant.as_str(), *version);
                let asked =
                    authorize::Asked { tenant, version, fields: self.fields, path: self.path, uti: self.uti };
                authorize(desk, state, &asked)
            }
            Asked::OpenId(tenant, version) => {
                let segment = segment(desk, tenant)?;
                let document = openid_configuration(desk.authority, segment, tenant, *version, desk.endpoint);
                Ok(Reply::Document(document))
            }
            Asked::Keys(tenant) => segment(desk, tenant).map(|_| Reply::Document(key_set(desk.authority))),
            Asked::Instance(_) => {
                Ok(Reply::Document(instance_discovery(&self.discovered_tenant(), desk.endpoint)))
            }
            Asked::UserRealm(name) => Ok(Reply::Document(user_realm(desk.authority, name))),
            Asked::Unserved(what) => Err(StsCode::NotSupportedByDouble(what.clone())),
        }
    }

    fn device_code(
        &self,
        desk: &Desk<'_>,
        state: &mut SignIn,
        tenant: &str,
        version: TokenVersion,
    ) -> Result<Reply, StsCode> {
        let client = self.field("client_id").ok_or(StsCode::MissingParameter("client_id"))?;
        let app = client_of(desk.authority, tenant, client, false)?;
        let wanted = Wanted::of(version, self.field("scope"), self.field("resource"))?;
        wanted.granted(app)?;
        Ok(Reply::Document(state.begin_device(desk, tenant, version, app.client_id, wanted)))
    }

    /// The page on which a person types the code of a device, with name and password.
    fn device_auth(&self, desk: &Desk<'_>, state: &mut SignIn) -> Reply {
        let Some(code) = self.field("otc") else { return Reply::page(page::user_code(self.path, None)) };
        match self.answered(desk, state, code) {
            Ok(()) => {
                Reply::page(page::message("Done", "You may close this page and go back to the device."))
            }
            Err(problem) => Reply::page(page::user_code(self.path, Some(&problem.to_string()))),
        }
    }

    fn answered(&self, desk: &Desk<'_>, state: &mut SignIn, code: &str) -> Result<(), StsCode> {
        let now = desk.request.now;
        if self.field("decline").is_some() {
            return state.answer_device(code, None, now);
        }
        if !state.waits(code, now) {
            return Err(StsCode::BadUserCode);
        }
        let (login, passwd) =
            (self.field("login").unwrap_or_default(), self.field("passwd").unwrap_or_default());
        let person = sign_in(desk, state, login, passwd)?;
        state.answer_device(code, Some(person.id), now)
    }

    /// The tenant in `authorization_endpoint=https://host/{tenant}/oauth2/…`, the question's subject.
    fn discovered_tenant(&self) -> String {
        let url = self.field("authorization_endpoint").and_then(|text| url::Url::parse(text).ok());
        let tenant = url.and_then(|url| url.path_segments()?.next().map(str::to_owned));
        tenant.filter(|tenant| !tenant.is_empty()).unwrap_or_else(|| "common".to_owned())
    }
}

fn segment(desk: &Desk<'_>, tenant: &str) -> Result<TenantSegment, StsCode> {
    desk.authority.segment(tenant).ok_or_else(|| StsCode::TenantNotFound(tenant.to_owned()))
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
        let logout = Asked::Unserved("GET /t/oauth2/v2.0/logout".to_owned());
        assert_eq!(read(Method::GET, "/t/oauth2/v2.0/logout"), logout);
    }
}
