//! The claims of an app-only access token, as Entra issues them for its first-party resources.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::resource::Service;
use super::{AppRegistration, Authority, Resource};

/// Seconds a token lives after it was issued (`expires_in` 3599).
pub const TOKEN_LIFETIME_S: i64 = 3599;
/// Entra dates `iat` and `nbf` back by five minutes, against clock skew of the resource.
const BACKDATED_S: i64 = 300;

/// Application roles by service.
/// Source: learn.microsoft.com/graph/permissions-reference; Exchange: "App-only authentication for unattended scripts".
pub(crate) const fn known_roles(service: Service) -> &'static [&'static str] {
    match service {
        Service::Graph => &[
            "Directory.Read.All",
            "Directory.ReadWrite.All",
            "OnPremDirectorySynchronization.Read.All",
            "OnPremDirectorySynchronization.ReadWrite.All",
            "OrgContact.Read.All",
            "Organization.Read.All",
            "User.DeleteRestore.All",
            "User.Read.All",
            "User.ReadWrite.All",
        ],
        Service::AadGraph => &["Directory.Read.All", "Directory.ReadWrite.All"],
        Service::Exchange => &["Exchange.ManageAsApp", "full_access_as_app"],
        Service::Other => &[],
    }
}

/// Claims of an access token (version 1.0, the form of Graph, AAD Graph and Exchange).
/// Source: learn.microsoft.com/entra/identity-platform/access-token-claims-reference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// Audience: the resource identifier as the client asked for it.
    pub aud: String,
    /// Issuer, `https://sts.windows.net/{tid}/`.
    pub iss: String,
    /// Issued at, seconds since 1970.
    pub iat: i64,
    /// Not valid before.
    pub nbf: i64,
    /// Not valid from here on.
    pub exp: i64,
    /// Client id of the application.
    pub appid: String,
    /// How the application proved itself: "1" = secret, "2" = certificate.
    pub appidacr: String,
    /// Display name of the application.
    #[serde(default)]
    pub app_displayname: String,
    /// Identity provider, the tenant's own issuer.
    #[serde(default)]
    pub idp: String,
    /// "app" in an app-only token.
    pub idtyp: String,
    /// Object id of the service principal.
    pub oid: String,
    /// Granted application roles.
    #[serde(default)]
    pub roles: Vec<String>,
    /// Subject, the service principal.
    pub sub: String,
    /// Region of the tenant.
    #[serde(default)]
    pub tenant_region_scope: String,
    /// Tenant id.
    pub tid: String,
    /// Token identifier.
    #[serde(default)]
    pub uti: String,
    /// Version of the token's form.
    pub ver: String,
}

impl Claims {
    /// The claims of a token for `app`, issued now.
    #[must_use]
    pub fn app_only(
        authority: &Authority,
        app: &AppRegistration,
        resource: &Resource,
        uti: String,
        now: Timestamp,
    ) -> Self {
        let issuer = authority.issuer_v1();
        let issued = now.as_second() - BACKDATED_S;
        Self {
            aud: resource.identifier.clone(),
            iss: issuer.clone(),
            iat: issued,
            nbf: issued,
            exp: now.as_second() + TOKEN_LIFETIME_S,
            appid: app.client_id.to_string(),
            appidacr: "1".to_owned(),
            app_displayname: app.display_name.clone(),
            idp: issuer,
            idtyp: "app".to_owned(),
            oid: app.object_id.to_string(),
            roles: app.roles_for(resource),
            sub: app.object_id.to_string(),
            tenant_region_scope: "EU".to_owned(),
            tid: authority.tenant_id.to_string(),
            uti,
            ver: "1.0".to_owned(),
        }
    }
}
