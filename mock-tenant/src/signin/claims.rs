//! The claims of an access token, as Entra issues them for its first-party resources: in an application's own name, or
//! in a person's.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::people::Person;
use super::principal::Principal;
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
            "Application.Read.All",
            "Device.Read.All",
            "Device.ReadWrite.All",
            "Directory.Read.All",
            "Directory.ReadWrite.All",
            "Domain.Read.All",
            "Group.Read.All",
            "Group.ReadWrite.All",
            "GroupMember.Read.All",
            "GroupMember.ReadWrite.All",
            "OnPremDirectorySynchronization.Read.All",
            "OnPremDirectorySynchronization.ReadWrite.All",
            "OrgContact.Read.All",
            "Organization.Read.All",
            "ProvisioningLog.Read.All",
            "Synchronization.Read.All",
            "Synchronization.ReadWrite.All",
            "SynchronizationData-User.Upload",
            "User.DeleteRestore.All",
            "User.Read.All",
            "User.ReadWrite.All",
        ],
        Service::AadGraph => &["Directory.Read.All", "Directory.ReadWrite.All"],
        Service::Synchronization => &["ADSynchronization.ReadWrite.All"],
        Service::Exchange => &["Exchange.ManageAsApp", "Exchange.ManageAsAppV2", "full_access_as_app"],
        Service::Other => &[],
    }
}

/// Delegated scopes by service. Graph's have the names of its roles, and a few that only people have.
/// Source: as above; AADInternals for `user_impersonation`.
pub(crate) const fn known_scopes(service: Service) -> &'static [&'static str] {
    match service {
        Service::Graph => &[
            "Application.Read.All",
            "Device.Read.All",
            "Directory.AccessAsUser.All",
            "Directory.Read.All",
            "Directory.ReadWrite.All",
            "Domain.Read.All",
            "Group.Read.All",
            "Group.ReadWrite.All",
            "GroupMember.Read.All",
            "GroupMember.ReadWrite.All",
            "OnPremDirectorySynchronization.Read.All",
            "OnPremDirectorySynchronization.ReadWrite.All",
            "OrgContact.Read.All",
            "Organization.Read.All",
            "ProvisioningLog.Read.All",
            "Synchronization.Read.All",
            "Synchronization.ReadWrite.All",
            "User.Read",
            "User.Read.All",
            "User.ReadBasic.All",
            "User.ReadWrite",
            "User.ReadWrite.All",
        ],
        Service::AadGraph | Service::Synchronization => &["user_impersonation"],
        Service::Exchange => &["EWS.AccessAsUser.All", "EAS.AccessAsUser.All", "Exchange.Manage"],
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
    /// "app" in an app-only token, "user" in a person's.
    pub idtyp: String,
    /// Object id of the service principal, or of the person.
    pub oid: String,
    /// Granted application roles.
    #[serde(default)]
    pub roles: Vec<String>,
    /// Delegated scopes, separated by spaces; absent from an app-only token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scp: Option<String>,
    /// Sign-in name of the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upn: Option<String>,
    /// Display name of the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Template ids of the person's administrative roles.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub wids: Vec<String>,
    /// Subject: the service principal, or the person.
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

/// How an application proved itself: the claim `appidacr`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// Not at all: a public client.
    None,
    /// By a secret.
    Secret,
    /// By a signed assertion.
    Assertion,
}

impl Proof {
    const fn claim(self) -> &'static str {
        match self {
            Self::None => "0",
            Self::Secret => "1",
            Self::Assertion => "2",
        }
    }
}

/// What a token is issued for, apart from whom it names.
#[derive(Debug, Clone, Copy)]
pub struct Issue<'a> {
    /// Whose tenant.
    pub authority: &'a Authority,
    /// Who asks.
    pub app: &'a AppRegistration,
    /// How it proved itself.
    pub proof: Proof,
    /// For which resource.
    pub resource: &'a Resource,
    /// Token identifier.
    pub uti: &'a str,
    /// When.
    pub now: Timestamp,
}

impl Claims {
    /// The claims of a token in the application's own name.
    #[must_use]
    pub fn app_only(issue: &Issue<'_>) -> Self {
        let own = issue.app.object_id.to_string();
        Self { roles: issue.app.roles_for(issue.resource), ..Self::common(issue, "app", own) }
    }

    /// The claims of a token in a person's name, with these scopes.
    #[must_use]
    pub fn delegated(issue: &Issue<'_>, person: &Person, scopes: &[String]) -> Self {
        Self {
            scp: Some(scopes.join(" ")),
            upn: Some(person.user_principal_name.clone()),
            name: person.display_name.clone(),
            wids: person.role_templates(),
            ..Self::common(issue, "user", person.id.to_string())
        }
    }

    fn common(issue: &Issue<'_>, idtyp: &str, oid: String) -> Self {
        let issuer = issue.authority.issuer_v1();
        let issued = issue.now.as_second() - BACKDATED_S;
        Self {
            aud: issue.resource.identifier.clone(),
            iss: issuer.clone(),
            iat: issued,
            nbf: issued,
            exp: issue.now.as_second() + TOKEN_LIFETIME_S,
            appid: issue.app.client_id.to_string(),
            appidacr: issue.proof.claim().to_owned(),
            app_displayname: issue.app.display_name.clone(),
            idp: issuer,
            idtyp: idtyp.to_owned(),
            sub: oid.clone(),
            oid,
            roles: Vec::new(),
            scp: None,
            upn: None,
            name: None,
            wids: Vec::new(),
            tenant_region_scope: "EU".to_owned(),
            tid: issue.authority.tenant_id.to_string(),
            uti: issue.uti.to_owned(),
            ver: "1.0".to_owned(),
        }
    }

    /// Who the token speaks for, and what it may do.
    #[must_use]
    pub fn principal(&self) -> Principal<'_> {
        match &self.scp {
            None => Principal::App { roles: &self.roles },
            Some(scopes) => Principal::Person {
                scopes,
                administrator: self.wids.iter().any(|wid| wid != super::people::MEMBER),
            },
        }
    }
}
