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
    /// No certificate of the application has that thumbprint.
    #[error(
        "The certificate with identifier used to sign the client assertion is not registered on application. [Reason - The key was not found., Thumbprint of key used by client: '{thumbprint}']"
    )]
    KeyNotFound {
        /// The thumbprint as sent.
        thumbprint: String,
    },
    /// The certificate's time is over, or has not begun.
    #[error(
        "The certificate with identifier used to sign the client assertion is not registered on application. [Reason - The key used is expired., Thumbprint of key used by client: '{thumbprint}']"
    )]
    KeyExpired {
        /// The thumbprint.
        thumbprint: String,
    },
    /// The assertion's signature is wrong.
    #[error("Client assertion failed signature validation.")]
    AssertionSignature,
    /// The assertion is for somebody else.
    #[error("Client assertion audience claim does not match Realm issuer.")]
    AssertionAudience,
    /// The assertion speaks for another application.
    #[error("Client assertion application identifier doesn't match 'client_id' parameter.")]
    OtherAssertedClient,
    /// The assertion is of another time.
    #[error(
        "Client assertion is not within its valid time range. Current time: {now}, assertion valid from {from}, expiry time of assertion {to}."
    )]
    AssertionTime {
        /// The double's time.
        now: Timestamp,
        /// `nbf`, seconds since 1970.
        from: i64,
        /// `exp`, seconds since 1970.
        to: i64,
    },
    /// The assertion is no JWT that can be read.
    #[error("JWT token is invalid or malformed.")]
    MalformedJwt,
    /// `client_assertion_type` is another one.
    #[error(
        "The request parameter 'client_assertion_type' is not valid. Expected 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'."
    )]
    AssertionType,
    /// No federated credential has that issuer.
    #[error(
        "No matching federated identity record found for presented assertion issuer '{0}'. Check your federated identity credential Subject, Audience and Issuer against the presented assertion."
    )]
    FederatedIssuer(String),
    /// None of that issuer has that audience.
    #[error(
        "No matching federated identity record found for presented assertion audience '{0}'. Check your federated identity credential Subject, Audience and Issuer against the presented assertion."
    )]
    FederatedAudience(String),
    /// None of that issuer has that subject.
    #[error(
        "No matching federated identity record found for presented assertion subject '{0}'. Check your federated identity credential Subject, Audience and Issuer against the presented assertion."
    )]
    FederatedSubject(String),
    /// A public client sent a credential.
    #[error("Client is public so neither 'client_assertion' nor 'client_secret' should be presented.")]
    PublicWithCredential,
    /// A confidential client sent none.
    #[error("The request body must contain the following parameter: 'client_assertion' or 'client_secret'.")]
    ConfidentialWithoutCredential,
    /// Scopes of more than one resource.
    #[error(
        "The provided value for the input parameter 'scope' is not valid. Scopes of several resources can't be asked for at once: {0}."
    )]
    SeveralResources(String),
    /// Nobody consented to the scope.
    #[error(
        "The user or administrator has not consented to use the application with ID '{client}' named '{name}'. Send an interactive authorization request for this user and resource."
    )]
    NoConsent {
        /// The application.
        client: Uuid,
        /// Its name.
        name: String,
    },
    /// Wrong password (or a person who has none here).
    #[error("Error validating credentials due to invalid username or password.")]
    WrongPassword,
    /// No such person.
    #[error(
        "The user account {{EUII Hidden}} does not exist in the {0} directory. To sign into this application, the account must be added to the directory."
    )]
    UnknownUser(Uuid),
    /// The person may not sign in.
    #[error("The user account is disabled.")]
    AccountDisabled,
    /// Nobody is signed in, and the request forbids to ask.
    #[error(
        "Session information is not sufficient for single-sign-on. The request specified prompt=none, and no user is signed in."
    )]
    NotSignedIn,
    /// The device waits for the person.
    #[error("OAuth 2.0 device flow error. Authorization is pending. Continue polling.")]
    AuthorizationPending,
    /// The person said no.
    #[error("User declined to consent to access the app.")]
    AuthorizationDeclined,
    /// The person typed a code that waits for nobody.
    #[error("Bad verification code due to user typing in wrong user code for device code flow.")]
    BadUserCode,
    /// The device polls with a code that was never given to it.
    #[error("The provided value for the input parameter 'device_code' is not valid.")]
    BadDeviceCode,
    /// The device code's time is over.
    #[error(
        "The provided value for the input parameter 'device_code' is not valid. This device code has expired."
    )]
    DeviceCodeExpired,
    /// A code comes a second time.
    #[error(
        "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token."
    )]
    CodeRedeemed,
    /// A code or refresh token that nobody gave out.
    #[error("Provided grant is invalid or malformed.")]
    InvalidGrant,
    /// An authorisation code whose time is over.
    #[error(
        "The provided authorization code or refresh token has expired due to inactivity. Send a new interactive authorization request for this user and resource."
    )]
    GrantExpired,
    /// A refresh token whose time is over.
    #[error(
        "The refresh token has expired due to inactivity. The token was issued on {0} and was inactive for 90.00:00:00."
    )]
    RefreshTokenExpired(Timestamp),
    /// The verifier does not fit the challenge.
    #[error("The Code_Verifier does not match the code_challenge supplied in the authorization request.")]
    WrongVerifier,
    /// A challenge was given, a verifier wasn't.
    #[error(
        "The size of the code_verifier must be between 43 and 128; it is missing although a code_challenge was supplied."
    )]
    NoVerifier,
    /// A verifier was given, a challenge wasn't.
    #[error("The code_verifier was supplied, but the authorization request had no code_challenge.")]
    UnexpectedVerifier,
    /// A way to hash the challenge that is none.
    #[error(
        "The value '{0}' of the parameter 'code_challenge_method' is not supported. It must be 'plain' or 'S256'."
    )]
    ChallengeMethod(String),
    /// The code is redeemed for another address than it was sent to.
    #[error(
        "The reply address '{given}' does not match the reply address '{known}' provided when requesting Authorization code."
    )]
    OtherRedirect {
        /// As sent now.
        given: String,
        /// As sent with the authorisation request.
        known: String,
    },
    /// A redirect address that isn't registered.
    #[error(
        "The redirect URI '{uri}' specified in the request does not match the redirect URIs configured for the application '{client}'. Make sure the redirect URI sent in the request matches one added to your application in the Azure portal. Navigate to https://aka.ms/redirectUriMismatchError to learn more about how to troubleshoot this error."
    )]
    UnknownRedirect {
        /// As sent.
        uri: String,
        /// The application.
        client: Uuid,
    },
    /// A response type that isn't served.
    #[error(
        "The provided value for the input parameter 'response_type' isn't allowed for this client. Expected value is 'code', got '{0}'."
    )]
    ResponseType(String),
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
            Self::KeyNotFound { .. } | Self::KeyExpired { .. } | Self::AssertionSignature => 700_027,
            Self::AssertionAudience => 700_023,
            Self::OtherAssertedClient => 700_021,
            Self::AssertionTime { .. } => 700_024,
            Self::MalformedJwt => 50_027,
            Self::AssertionType => 900_491,
            Self::FederatedIssuer(_) => 700_211,
            Self::FederatedAudience(_) => 700_212,
            Self::FederatedSubject(_) => 700_213,
            Self::PublicWithCredential => 700_025,
            Self::ConfidentialWithoutCredential => 7_000_218,
            Self::SeveralResources(_) => 28_003,
            Self::NoConsent { .. } => 65_001,
            Self::WrongPassword => 50_126,
            Self::UnknownUser(_) => 50_034,
            Self::AccountDisabled => 50_057,
            Self::NotSignedIn => 50_058,
            Self::AuthorizationPending => 70_016,
            Self::AuthorizationDeclined => 65_004,
            Self::BadUserCode => 70_018,
            Self::BadDeviceCode | Self::DeviceCodeExpired => 70_020,
            Self::CodeRedeemed => 54_005,
            Self::InvalidGrant => 70_000,
            Self::GrantExpired => 70_008,
            Self::RefreshTokenExpired(_) => 700_082,
            Self::WrongVerifier => 501_481,
            Self::NoVerifier | Self::UnexpectedVerifier => 50_148,
            Self::ChallengeMethod(_) => 9_002_313,
            Self::OtherRedirect { .. } => 500_112,
            Self::UnknownRedirect { .. } => 50_011,
            Self::ResponseType(_) => 70_005,
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
            Self::WrongSecret(_)
            | Self::NoCredential
            | Self::SecretExpired(_)
            | Self::KeyNotFound { .. }
            | Self::KeyExpired { .. }
            | Self::AssertionSignature
            | Self::AssertionAudience
            | Self::OtherAssertedClient
            | Self::AssertionTime { .. }
            | Self::FederatedIssuer(_)
            | Self::FederatedAudience(_)
            | Self::FederatedSubject(_)
            | Self::PublicWithCredential
            | Self::ConfidentialWithoutCredential => "invalid_client",
            Self::InvalidScope(_) | Self::NotDefaultScope(_) | Self::SeveralResources(_) => "invalid_scope",
            Self::UnknownResource { .. } => "invalid_resource",
            Self::UnsupportedGrant(_) => "unsupported_grant_type",
            Self::Unavailable | Self::Throttled => "temporarily_unavailable",
            Self::NoConsent { .. }
            | Self::WrongPassword
            | Self::UnknownUser(_)
            | Self::AccountDisabled
            | Self::CodeRedeemed
            | Self::InvalidGrant
            | Self::GrantExpired
            | Self::RefreshTokenExpired(_)
            | Self::WrongVerifier
            | Self::NoVerifier
            | Self::UnexpectedVerifier
            | Self::OtherRedirect { .. } => "invalid_grant",
            Self::NotSignedIn => "login_required",
            Self::AuthorizationPending => "authorization_pending",
            Self::AuthorizationDeclined => "authorization_declined",
            Self::BadUserCode | Self::BadDeviceCode => "bad_verification_code",
            Self::DeviceCodeExpired => "expired_token",
            Self::ResponseType(_) => "unsupported_response_type",
            Self::NotSupportedByDouble(_) => "NotSupportedByDouble",
            Self::MissingParameter(_)
            | Self::Malformed
            | Self::TenantNotFound(_)
            | Self::NoTenant
            | Self::MalformedJwt
            | Self::AssertionType
            | Self::ChallengeMethod(_)
            | Self::UnknownRedirect { .. } => "invalid_request",
        }
    }

    /// HTTP status.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            Self::WrongSecret(_)
            | Self::NoCredential
            | Self::SecretExpired(_)
            | Self::ConfidentialWithoutCredential => 401,
            Self::KeyNotFound { .. }
            | Self::KeyExpired { .. }
            | Self::AssertionSignature
            | Self::AssertionAudience
            | Self::OtherAssertedClient
            | Self::AssertionTime { .. }
            | Self::FederatedIssuer(_)
            | Self::FederatedAudience(_)
            | Self::FederatedSubject(_)
            | Self::PublicWithCredential => 401,
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
