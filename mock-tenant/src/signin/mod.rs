//! Sign-in as Entra serves it: discovery documents, the key set, token endpoints, the sign-in pages, managed identities,
//! and the check of a token on every call.
//!
//! No sockets here: the shell gives path, fields, headers and the time to [`Call::answer`], and gets a [`Reply`] or a
//! refusal. What is remembered between two requests is [`SignIn`]. Begin reading at `door.rs`.

mod answer;
mod app_file;
mod apps;
mod assertion;
mod authorize;
mod claims;
mod code;
mod credential;
mod desk;
mod device;
mod discovery;
mod door;
mod error;
mod grant;
mod key;
mod managed;
mod page;
mod people;
mod principal;
mod refresh;
mod resource;
mod scope;
mod secret;
mod shelf;
mod state;
mod verify;

pub use app_file::{AppFileError, apps_from_text};
pub use apps::{AppRegistration, first_party};
pub use claims::{Claims, Issue, Proof, TOKEN_LIFETIME_S};
pub use credential::{BadCertificate, Credential, FederatedCredential, RegisteredCertificate};
pub use desk::Desk;
pub use discovery::{Endpoint, instance_discovery, key_set, openid_configuration, user_realm};
pub use door::{Asked, Call, Reply};
pub use error::{StsCode, StsError, StsRequest};
pub use grant::{Audited, Grant, TokenVersion, token};
pub use managed::{Identities, IdentityCall, IdentityReply};
pub use page::error_page;
pub use people::{People, Person};
pub use principal::Principal;
pub use resource::Resource;
pub use secret::Secret;
pub use state::SignIn;
pub use verify::{Refused, TokenCheck};

/// What sign-in has to know of the tenant.
#[derive(Debug, Clone)]
pub struct Authority {
    /// The tenant's id, in `tid` and in the issuer.
    pub tenant_id: uuid::Uuid,
    /// Domains that name the tenant in a path, lower case (custom and initial ones).
    pub domains: Vec<String>,
    /// The registered applications; the first one is the double's own.
    pub apps: Vec<AppRegistration>,
}

/// What stands where a tenant stands in a sign-in path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TenantSegment {
    /// Our tenant, by id or by domain.
    Ours,
    /// `common`, `organizations` or `consumers`: no tenant chosen.
    Shared,
}

impl Authority {
    /// Reads the tenant out of a path segment; `None` if no such tenant exists here (AADSTS90002).
    #[must_use]
    pub fn segment(&self, segment: &str) -> Option<TenantSegment> {
        let lower = segment.to_ascii_lowercase();
        if matches!(lower.as_str(), "common" | "organizations" | "consumers") {
            return Some(TenantSegment::Shared);
        }
        let ours = uuid::Uuid::parse_str(&lower).is_ok_and(|id| id == self.tenant_id)
            || self.domains.contains(&lower);
        ours.then_some(TenantSegment::Ours)
    }

    /// The application with this client id.
    #[must_use]
    pub fn app(&self, client_id: &str) -> Option<&AppRegistration> {
        let id = uuid::Uuid::parse_str(client_id).ok()?;
        self.apps.iter().find(|app| app.client_id == id)
    }

    /// `https://sts.windows.net/{tid}/`, the issuer of the first-party resources' tokens.
    #[must_use]
    pub fn issuer_v1(&self) -> String {
        format!("https://sts.windows.net/{}/", self.tenant_id)
    }
}
