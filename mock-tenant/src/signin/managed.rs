//! Managed identities: the endpoints that a virtual machine (IMDS) and an App Service offer their programs.
//! Source: entra docs, "how-to-use-vm-token"; learn.microsoft.com/azure/app-service/overview-managed-identity.

use serde_json::{Value, json};
use uuid::Uuid;

use super::claims::{Claims, Issue, Proof};
use super::grant::short_id;
use super::key::signing_key;
use super::{AppRegistration, Authority, Resource, TOKEN_LIFETIME_S};

/// A request of a program for the token of its machine.
#[derive(Debug, Clone, Copy)]
pub struct IdentityCall<'a> {
    /// Path.
    pub path: &'a str,
    /// Decoded query pairs.
    pub query: &'a [(String, String)],
    /// Header `Metadata`.
    pub metadata: Option<&'a str>,
    /// Header `X-IDENTITY-HEADER`.
    pub secret: Option<&'a str>,
}

/// Status and JSON body.
pub type IdentityReply = (u16, Value);

/// The identities of one machine.
#[derive(Debug, Clone, Copy)]
pub struct Identities<'a> {
    /// Tenant and applications; the first one is the system-assigned identity, any other one a user-assigned.
    pub authority: &'a Authority,
    /// What App Service puts into `IDENTITY_HEADER`.
    pub header: &'a str,
    /// Token identifier.
    pub uti: Uuid,
    /// When.
    pub now: jiff::Timestamp,
}

impl Identities<'_> {
    /// Answers a request.
    #[must_use]
    pub fn answer(&self, call: &IdentityCall<'_>) -> IdentityReply {
        match call.path.to_ascii_lowercase().trim_end_matches('/') {
            "/metadata/identity/oauth2/token" => self.machine(call),
            "/msi/token" => self.app_service(call),
            _ => (
                404,
                json!({"error": "not_found", "error_description": "IMDS is at /metadata/identity/oauth2/token, App Service at /msi/token"}),
            ),
        }
    }

    fn machine(&self, call: &IdentityCall<'_>) -> IdentityReply {
        if !call.metadata.is_some_and(|value| value.eq_ignore_ascii_case("true")) {
            return bad("invalid_request", "Required metadata header not specified");
        }
        if !field(call, "api-version").is_some_and(|version| ("2018-02-01"..="2025-12-31").contains(&version))
        {
            return bad("invalid_request", "Required query variable 'api-version' is missing or not valid");
        }
        self.token(call, |claims, app, token| {
            json!({
                "access_token": token, "client_id": app.client_id, "expires_in": TOKEN_LIFETIME_S.to_string(),
                "expires_on": claims.exp.to_string(), "ext_expires_in": TOKEN_LIFETIME_S.to_string(),
                "not_before": claims.nbf.to_string(), "resource": claims.aud, "token_type": "Bearer",
            })
        })
    }

    fn app_service(&self, call: &IdentityCall<'_>) -> IdentityReply {
        if call.secret != Some(self.header) {
            return (
                403,
                json!({"statusCode": 403, "message": "The X-IDENTITY-HEADER header is missing or wrong."}),
            );
        }
        if field(call, "api-version") != Some("2019-08-01") {
            return (
                400,
                json!({"statusCode": 400, "message": "Unsupported api-version; expected 2019-08-01."}),
            );
        }
        self.token(call, |claims, app, token| {
            json!({
                "access_token": token, "client_id": app.client_id, "expires_on": claims.exp.to_string(),
                "resource": claims.aud, "token_type": "Bearer",
            })
        })
    }

    fn token(
        &self,
        call: &IdentityCall<'_>,
        body: impl FnOnce(&Claims, &AppRegistration, String) -> Value,
    ) -> IdentityReply {
        let Some(resource) = field(call, "resource") else {
            return bad("invalid_request", "Required query variable 'resource' is missing");
        };
        let Some(resource) = Resource::parse(resource) else {
            return bad("invalid_resource", "The resource principal was not found in the tenant");
        };
        let Some(app) = self.identity(call) else { return bad("invalid_request", "Identity not found") };
        let (authority, now, uti) = (self.authority, self.now, short_id(self.uti));
        let claims = Claims::app_only(&Issue {
            authority,
            app,
            proof: Proof::Assertion,
            resource: &resource,
            uti: &uti,
            now,
        });
        let token = signing_key().sign(&claims);
        (200, body(&claims, app, token))
    }

    /// By `client_id`, `object_id` or `principal_id`; without one the system-assigned identity.
    fn identity(&self, call: &IdentityCall<'_>) -> Option<&AppRegistration> {
        if let Some(client) = field(call, "client_id") {
            return self.authority.app(client);
        }
        let object = field(call, "object_id").or_else(|| field(call, "principal_id"));
        match object.map(Uuid::parse_str) {
            Some(id) => self.authority.apps.iter().find(|app| Ok(app.object_id) == id),
            None => self.authority.apps.first(),
        }
    }
}

fn bad(error: &str, description: &str) -> IdentityReply {
    (400, json!({"error": error, "error_description": description}))
}

fn field<'a>(call: &IdentityCall<'a>, name: &str) -> Option<&'a str> {
    let found = call.query.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
}
