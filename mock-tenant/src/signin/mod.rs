//! Sign-in as Entra serves it: discovery documents, the key set, token endpoints, and the check of a token on every call.
//!
//! No sockets here: the shell in `http` gives path, form, headers and the time, and gets a document or a refusal.

mod apps;
mod claims;
mod discovery;
mod error;
mod grant;
mod key;
mod resource;
mod verify;

pub use apps::{AppRegistration, Secret};
pub use claims::{Claims, TOKEN_LIFETIME_S};
pub use discovery::{Endpoint, instance_discovery, key_set, openid_configuration};
pub use error::{StsCode, StsError, StsRequest};
pub use grant::{Audited, Grant, TokenVersion, token};
pub use resource::Resource;
pub use verify::{Refused, TokenCheck};

/// What sign-in has to know of the tenant.
#[derive(Debug, Clone)]
pub struct Authority {
    /// The tenant's id, in `tid` and in the issuer.
    pub tenant_id: uuid::Uuid,
    /// Domains that name the tenant in a path, lower case (custom and initial ones).
    pub domains: Vec<String>,
    /// The registered applications.
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
