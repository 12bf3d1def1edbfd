//! Token answers.

use base64::prelude::*;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::desk::Desk;
use super::grant::Grant;
use super::key::signing_key;
use super::people::Person;
use super::{AppRegistration, Claims, TOKEN_LIFETIME_S, TokenVersion};

/// What is issued in a person's name.
pub(super) struct Issued<'a> {
    /// Claims of the access token.
    pub(super) claims: &'a Claims,
    /// Granted scopes.
    pub(super) scopes: &'a [String],
    /// A refresh token.
    pub(super) refresh: Option<String>,
    /// An id token.
    pub(super) id_token: Option<String>,
}

/// In the application's own name. The v1 endpoint writes its numbers as strings and repeats the resource; v2 does neither.
pub(super) fn app_only(version: TokenVersion, claims: &Claims, now: Timestamp) -> Value {
    let access_token = signing_key().sign(claims);
    match version {
        TokenVersion::V2 => json!({
            "token_type": "Bearer", "expires_in": TOKEN_LIFETIME_S, "ext_expires_in": TOKEN_LIFETIME_S,
            "access_token": access_token,
        }),
        TokenVersion::V1 => json!({
            "token_type": "Bearer", "expires_in": TOKEN_LIFETIME_S.to_string(),
            "ext_expires_in": TOKEN_LIFETIME_S.to_string(),
            "expires_on": claims.exp.to_string(), "not_before": now.as_second().to_string(),
            "resource": claims.aud, "access_token": access_token,
        }),
    }
}

/// In a person's name: `scope`, the other tokens, and `client_info` for clients that ask for it (MSAL keeps accounts by it).
pub(super) fn delegated(grant: &Grant<'_>, issued: &Issued<'_>, person: &Person, now: Timestamp) -> Value {
    let mut body = app_only(grant.version, issued.claims, now);
    body["scope"] = scope_text(grant.version, issued).into();
    if let Some(token) = &issued.refresh {
        body["refresh_token"] = token.as_str().into();
    }
    if let Some(token) = &issued.id_token {
        body["id_token"] = token.as_str().into();
    }
    if grant.field("client_info") == Some("1") {
        body["client_info"] = client_info(person, &issued.claims.tid).into();
    }
    body
}

/// Who signed in where, as MSAL keeps accounts.
pub(super) fn client_info(person: &Person, tenant: impl std::fmt::Display) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(json!({"uid": person.id, "utid": tenant.to_string()}).to_string())
}

/// v2 names the resource before each scope, Graph's too; v1 doesn't.
fn scope_text(version: TokenVersion, issued: &Issued<'_>) -> String {
    let resource = issued.claims.aud.trim_end_matches('/');
    let full = |scope: &String| match version {
        TokenVersion::V1 => scope.clone(),
        TokenVersion::V2 => format!("{resource}/{scope}"),
    };
    issued.scopes.iter().map(full).collect::<Vec<_>>().join(" ")
}

/// An id token. Source: entra docs, "id-token-claims-reference".
pub(super) fn id_token(
    desk: &Desk<'_>,
    app: &AppRegistration,
    person: &Person,
    nonce: Option<&str>,
    uti: &str,
) -> String {
    let (now, tenant) = (desk.request.now.as_second(), desk.authority.tenant_id);
    let mut claims = json!({
        "aud": app.client_id, "iss": format!("{}/{tenant}/v2.0", desk.endpoint.origin()),
        "iat": now - 300, "nbf": now - 300, "exp": now + TOKEN_LIFETIME_S,
        "name": person.display_name, "oid": person.id, "preferred_username": person.user_principal_name,
        "sub": person.id, "tid": tenant, "uti": uti, "ver": "2.0",
    });
    if let Some(nonce) = nonce {
        claims["nonce"] = nonce.into();
    }
    signing_key().sign(&claims)
}
