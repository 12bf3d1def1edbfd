//! The documents that clients read before they sign in.

use serde_json::{Value, json};

use super::key::signing_key;
use super::{Authority, TenantSegment, TokenVersion};

/// How a request reached the double; the documents point back to the same place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// `https` or `http`.
    pub scheme: &'static str,
    /// Host and port as in the Host header.
    pub host: String,
}

impl Endpoint {
    /// `https://localhost:8443`.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("{}://{}", self.scheme, self.host)
    }
}

/// `/{tenant}/[v2.0/].well-known/openid-configuration`.
///
/// The v1 document names the issuer in the access tokens of first-party resources; the v2 document names our own origin,
/// because MSAL checks that its issuer belongs to the authority it was fetched from.
#[must_use]
pub fn openid_configuration(
    authority: &Authority,
    segment: TenantSegment,
    asked: &str,
    version: TokenVersion,
    endpoint: &Endpoint,
) -> Value {
    let origin = endpoint.origin();
    let (path, issuer_tenant) = match segment {
        TenantSegment::Ours => (authority.tenant_id.to_string(), authority.tenant_id.to_string()),
        TenantSegment::Shared => (asked.to_ascii_lowercase(), "{tenantid}".to_owned()),
    };
    let base = format!("{origin}/{path}");
    let (oauth, issuer, keys) = match version {
        TokenVersion::V1 => ("oauth2", format!("https://sts.windows.net/{issuer_tenant}/"), "discovery/keys"),
        TokenVersion::V2 => ("oauth2/v2.0", format!("{origin}/{issuer_tenant}/v2.0"), "discovery/v2.0/keys"),
    };
    json!({
        "token_endpoint": format!("{base}/{oauth}/token"),
        "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
        "jwks_uri": format!("{base}/{keys}"),
        "response_modes_supported": ["query", "fragment", "form_post"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "issuer": issuer,
        "request_uri_parameter_supported": false,
        "userinfo_endpoint": "https://graph.microsoft.com/oidc/userinfo",
        "authorization_endpoint": format!("{base}/{oauth}/authorize"),
        "device_authorization_endpoint": format!("{base}/{oauth}/devicecode"),
        "http_logout_supported": true,
        "frontchannel_logout_supported": true,
        "end_session_endpoint": format!("{base}/{oauth}/logout"),
        "claims_supported": ["sub", "iss", "cloud_instance_name", "aud", "exp", "iat", "auth_time", "acr", "nonce",
            "preferred_username", "name", "tid", "ver", "at_hash", "c_hash", "email"],
        "tenant_region_scope": match segment { TenantSegment::Ours => json!("EU"), TenantSegment::Shared => Value::Null },
        "cloud_instance_name": "microsoftonline.com",
        "cloud_graph_host_name": "graph.windows.net",
        "msgraph_host": "graph.microsoft.com",
        "rbac_url": "https://pas.windows.net",
    })
}

/// `/common/discovery/instance`: tells a client that this authority is a cloud of its own and where to discover a tenant.
#[must_use]
pub fn instance_discovery(tenant: &str, endpoint: &Endpoint) -> Value {
    let host = &endpoint.host;
    json!({
        "tenant_discovery_endpoint": format!("{}/{tenant}/v2.0/.well-known/openid-configuration", endpoint.origin()),
        "api-version": "1.1",
        "metadata": [{"preferred_network": host, "preferred_cache": host, "aliases": [host]}],
    })
}

/// `/common/userrealm/{name}`: what MSAL asks before it sends a password. Domains of the tenant sign in here.
#[must_use]
pub fn user_realm(authority: &Authority, name: &str) -> Value {
    let domain = name.rsplit_once('@').map(|(_, domain)| domain.to_lowercase()).unwrap_or_default();
    if !authority.domains.contains(&domain) {
        return json!({"ver": "1.0", "account_type": "Unknown"});
    }
    json!({
        "ver": "1.0", "account_type": "Managed", "domain_name": domain,
        "cloud_instance_name": "microsoftonline.com", "cloud_audience_urn": "urn:federation:MicrosoftOnline",
    })
}

/// The key set, in Entra's shape.
#[must_use]
pub fn key_set(authority: &Authority) -> Value {
    let key = signing_key();
    json!({"keys": [{
        "kty": "RSA", "use": "sig", "alg": "RS256", "kid": key.kid, "x5t": key.kid,
        "n": key.n, "e": key.e, "x5c": [key.x5c],
        "cloud_instance_name": "microsoftonline.com", "issuer": authority.issuer_v1(),
    }]})
}
