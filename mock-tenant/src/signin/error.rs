//! Entra's sign-in errors: an OAuth error with an AADSTS code, trace and correlation ids, and a timestamp.

use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

/// What identifies one request at the sign-in service.
#[derive(Debug, Clone, Copy)]
pub struct StsRequest {
    /// `trace_id` / `x-ms-request-id`.
    pub trace_id: Uuid,
    /// `correlation_id`: the client's `client-request-id` if it sent one.
    pub correlation_id: Uuid,
    /// When the request came.
    pub now: Timestamp,
}

/// Why sign-in refuses. Codes and texts: learn.microsoft.com/entra/identity-platform/reference-error-codes, and the
/// texts the live service sends with them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StsCode {
    /// A required form field is absent.
    #[error("The request body must contain the following parameter: '{0}'.")]
    MissingParameter(&'static str),
    /// Unknown grant type.
    #[error("The app requested an unsupported grant type '{0}'.")]
    UnsupportedGrant(String),
    /// A form that can't be read.
    #[error(
        "The request is not properly formatted. The body must be of type 'application/x-www-form-urlencoded'."
    )]
    Malformed,
    /// No such tenant.
    #[error(
        "Tenant '{0}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant."
    )]
    TenantNotFound(String),
    /// `common` or `organizations` with a grant that needs a tenant.
    #[error(
        "No tenant-identifying information found in either the request or implied by any provided credentials."
    )]
    NoTenant,
    /// No such application in the tenant.
    #[error(
        "Application with identifier '{client}' was not found in the directory '{tenant}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant."
    )]
    UnknownClient {
        /// The client id as sent.
        client: String,
        /// The tenant as the path named it.
        tenant: String,
    },
    /// The secret is not one of the application's.
    #[error(
        "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '{0}'."
    )]
    WrongSecret(Uuid),
    /// No credential at all.
    #[error(
        "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type."
    )]
    NoCredential,
    /// The scope can't be read.
    #[error(
        "The provided request must include a 'scope' input parameter. The provided value for the input parameter 'scope' is not valid. The scope {0} is not valid."
    )]
    InvalidScope(String),
    /// Client credentials take `<resource>/.default` only.
    #[error(
        "The provided value for scope {0} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI)."
    )]
    NotDefaultScope(String),
    /// The v1 endpoint's `resource` names nothing.
    #[error(
        "The resource principal named {resource} was not found in the tenant named {tenant}. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant."
    )]
    UnknownResource {
        /// The resource as sent.
        resource: String,
        /// The tenant as the path named it.
        tenant: String,
    },
    /// The service is busy (an injected fault).
    #[error("The server is temporarily too busy to handle the request. Please try again later.")]
    Unavailable,
    /// Too many requests (an injected fault).
    #[error("The request was throttled due to too many requests.")]
    Throttled,
    /// The application's secret is past its end (an injected fault).
    #[error("The provided client secret keys for app '{0}' are expired.")]
    SecretExpired(String),
    /// The application was disabled (an injected fault).
    #[error("Application '{0}' is disabled.")]
    AppDisabled(String),
    /// Entra serves this; the double does not.
    #[error("mock-tenant does not serve {0}; the real service does.")]
    NotSupportedByDouble(String),
}

impl StsCode {
    /// The number after `AADSTS`; 0 = the double's own.
    #[must_use]
    pub const fn number(&self) -> u32 {
        match self {
            Self::MissingParameter(_) => 900_144,
            Self::UnsupportedGrant(_) => 70_003,
            Self::Malformed => 900_561,
            Self::TenantNotFound(_) => 90_002,
            Self::NoTenant => 50_059,
            Self::UnknownClient { .. } => 700_016,
            Self::WrongSecret(_) => 7_000_215,
            Self::NoCredential => 7_000_216,
            Self::InvalidScope(_) => 70_011,
            Self::NotDefaultScope(_) => 1_002_012,
            Self::UnknownResource { .. } => 500_011,
            Self::Unavailable => 90_033,
            Self::Throttled => 90_055,
            Self::SecretExpired(_) => 7_000_222,
            Self::AppDisabled(_) => 7_000_112,
            Self::NotSupportedByDouble(_) => 0,
        }
    }

    /// The OAuth `error` value.
    #[must_use]
    pub const fn oauth(&self) -> &'static str {
        match self {
            Self::UnknownClient { .. } | Self::AppDisabled(_) => "unauthorized_client",
            Self::WrongSecret(_) | Self::NoCredential | Self::SecretExpired(_) => "invalid_client",
            Self::InvalidScope(_) | Self::NotDefaultScope(_) => "invalid_scope",
            Self::UnknownResource { .. } => "invalid_resource",
            Self::UnsupportedGrant(_) => "unsupported_grant_type",
            Self::Unavailable | Self::Throttled => "temporarily_unavailable",
            Self::NotSupportedByDouble(_) => "NotSupportedByDouble",
            Self::MissingParameter(_) | Self::Malformed | Self::TenantNotFound(_) | Self::NoTenant => {
                "invalid_request"
            }
        }
    }

    /// HTTP status.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            Self::WrongSecret(_) | Self::NoCredential | Self::SecretExpired(_) => 401,
            Self::Throttled => 429,
            Self::Unavailable => 503,
            Self::NotSupportedByDouble(_) => 501,
            _ => 400,
        }
    }
}

/// A refusal with the request it answers.
#[derive(Debug, Clone)]
pub struct StsError {
    /// Why.
    pub code: StsCode,
    /// Which request.
    pub request: StsRequest,
}

impl StsError {
    /// The JSON envelope.
    #[must_use]
    pub fn body(&self) -> Value {
        let number = self.code.number();
        let stamp = sts_timestamp(self.request.now);
        let (trace, correlation) = (self.request.trace_id, self.request.correlation_id);
        let prefix = if number == 0 { String::new() } else { format!("AADSTS{number}: ") };
        let description = format!(
            "{prefix}{} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {stamp}",
            self.code
        );
        json!({
            "error": self.code.oauth(),
            "error_description": description,
            "error_codes": [number],
            "timestamp": stamp,
            "trace_id": trace,
            "correlation_id": correlation,
            "error_uri": format!("https://login.microsoftonline.com/error?code={number}"),
        })
    }
}

/// `2026-09-01 08:00:00Z`, the form sign-in uses.
fn sts_timestamp(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%SZ").to_string()
}
