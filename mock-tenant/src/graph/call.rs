//! One call: what is asked, with what, and who answers it.

use http::Method;
use jiff::Timestamp;
use serde_json::Value as Json;
use uuid::Uuid;

use super::error::GraphError;
use super::model::{Act, Content};
use super::route::Route;
use super::types::{USER, USER_WITH_CERTIFICATES};
use super::{deleted, directory, metadata, read, sync_behavior, write as change};
use crate::odata::{EntityType, TokenKey};
use crate::signin::{Authority, Endpoint};
use crate::tenant::{DirectoryObject, Tenant, View};

/// Version of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// `/v1.0`
    V1,
    /// `/beta`
    Beta,
}

impl Version {
    /// The path segment.
    #[must_use]
    pub const fn segment(self) -> &'static str {
        match self {
            Self::V1 => "v1.0",
            Self::Beta => "beta",
        }
    }
}

/// Faults of meaning that change an answer instead of refusing the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Play {
    /// Read one version back.
    pub stale: bool,
    /// End the page early.
    pub partial: bool,
    /// Let the next link lead to this page again.
    pub duplicate: bool,
    /// Turn the page's order round.
    pub reorder: bool,
}

/// What the client prefers of an answer.
/// Source: OData 4.01 part 1, 8.2.8.7 "return=representation and return=minimal".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Prefer {
    /// `return=minimal`
    pub minimal: bool,
    /// `return=representation`
    pub representation: bool,
}

impl Prefer {
    /// Reads the header; preferences that mean nothing here are passed over, as the standard wants it.
    #[must_use]
    pub fn parse(header: &str) -> Self {
        let has =
            |wanted: &str| header.split([',', ';']).any(|given| given.trim().eq_ignore_ascii_case(wanted));
        Self { minimal: has("return=minimal"), representation: has("return=representation") }
    }
}

/// One call, taken apart by the shell and already allowed.
#[derive(Debug, Clone, Copy)]
pub struct Call<'a> {
    /// Version.
    pub version: Version,
    /// Method.
    pub method: &'a Method,
    /// Path.
    pub route: &'a Route,
    /// Decoded query pairs in order.
    pub query: &'a [(String, String)],
    /// `ConsistencyLevel: eventual`.
    pub eventual: bool,
    /// Body.
    pub body: &'a [u8],
    /// How the double was reached.
    pub endpoint: &'a Endpoint,
    /// The double's time.
    pub now: Timestamp,
    /// Faults.
    pub play: Play,
    /// Certificates are properties (the double's own extension).
    pub certificates: bool,
    /// Object id of the person in whose name the call is made.
    pub person: Option<Uuid>,
    /// Whom the tenant's sign-in knows.
    pub authority: &'a Authority,
    /// `Prefer`.
    pub prefer: Prefer,
    /// Key of the page tokens.
    pub pages: &'a TokenKey,
}

/// An answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// JSON body; `None`: none, or `text`.
    pub body: Option<Json>,
    /// A body that isn't JSON (`$count`, `$value`, `$metadata`), with its content type.
    pub text: Option<(&'static str, String)>,
    /// Location header.
    pub location: Option<String>,
    /// The preference that was honoured.
    pub applied: Option<&'static str>,
}

impl Reply {
    /// 200 with a body.
    #[must_use]
    pub const fn ok(body: Json) -> Self {
        Self { status: 200, body: Some(body), text: None, location: None, applied: None }
    }

    /// 200 with a body that isn't JSON.
    #[must_use]
    pub const fn plain(content_type: &'static str, text: String) -> Self {
        Self { status: 200, body: None, text: Some((content_type, text)), location: None, applied: None }
    }

    /// The same, and says which preference it honours.
    #[must_use]
    pub fn applied(self, preference: &'static str) -> Self {
        Self { applied: Some(preference), ..self }
    }

    /// 204.
    #[must_use]
    pub const fn no_content() -> Self {
        Self { status: 204, body: None, text: None, location: None, applied: None }
    }
}

impl Call<'_> {
    /// `https://localhost:8443/v1.0`
    #[must_use]
    pub fn root(&self) -> String {
        format!("{}/{}", self.endpoint.origin(), self.version.segment())
    }

    /// The user type, with or without certificates.
    #[must_use]
    pub fn user_type(&self) -> &'static EntityType<DirectoryObject> {
        if self.certificates { &USER_WITH_CERTIFICATES } else { &USER }
    }

    /// What this call may see.
    #[must_use]
    pub fn view(&self, tenant: &Tenant) -> View {
        if self.play.stale { View::Stale } else { tenant.graph_view(self.now) }
    }

    pub(super) const fn is_beta(&self) -> bool {
        matches!(self.version, Version::Beta)
    }
}

/// Answers a call that reads.
///
/// # Errors
/// The service's refusal.
pub fn handle(tenant: &Tenant, call: &Call<'_>) -> Result<Reply, GraphError> {
    let (place, act) = call.route.act(call.method)?;
    match act {
        Act::ServiceDocument => Ok(metadata::service_document(call)),
        Act::Metadata => Ok(metadata::csdl(call)),
        _ => read::answer(tenant, call, place, act),
    }
}

/// Carries out a call that writes.
///
/// # Errors
/// The service's refusal; nothing is changed then.
pub fn write(tenant: &mut Tenant, call: &Call<'_>) -> Result<Reply, GraphError> {
    let (place, act) = call.route.act(call.method)?;
    match (place.content(), act) {
        (Content::Deleted, Act::Delete) => deleted::purge(tenant, call, place),
        (Content::Deleted, Act::Restore) => deleted::restore(tenant, call, place),
        (Content::SyncBehavior, Act::Patch) => sync_behavior::patch(tenant, call, place),
        (Content::Synchronization, Act::Patch) => directory::patch_synchronization(tenant, call, place),
        _ => change::answer(tenant, call, place, act),
    }
}
