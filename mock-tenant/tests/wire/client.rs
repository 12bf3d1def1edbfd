//! A client of the double, and the worlds of the tests.

use jiff::Timestamp;
use kit::Clock;
use mock_tenant::{MockTenant, MockTenantBuilder, World};
use reqwest::{Certificate, Client, RequestBuilder, Response};
use serde_json::Value as Json;

pub(crate) fn noon() -> Timestamp {
    "2026-09-01T12:00:00Z".parse().unwrap()
}

/// A tenant with a virtual clock and these users, as YAML or JSON.
pub(crate) fn tenant(world: &str) -> MockTenantBuilder {
    MockTenant::builder().seed(7).clock(Clock::virtual_at(noon())).world(World::parse(world).unwrap())
}

/// `count` cloud users `user0000@…`.
pub(crate) fn many_users(count: usize) -> String {
    let user = |n| {
        format!("  - {{userPrincipalName: 'user{n:04}@corp.example.test', displayName: 'User {n:04}'}}\n")
    };
    format!("users:\n{}", (0..count).map(user).collect::<String>())
}

pub(crate) fn https(tenant: &MockTenant) -> Client {
    let ca = Certificate::from_pem(tenant.ca_pem().as_bytes()).unwrap();
    Client::builder().tls_certs_only([ca]).build().unwrap()
}

pub(crate) async fn token_response(tenant: &MockTenant, secret: &str, scope: &str) -> Response {
    let form = [
        ("client_id", tenant.client_id().to_string()),
        ("client_secret", secret.to_owned()),
        ("grant_type", "client_credentials".to_owned()),
        ("scope", scope.to_owned()),
    ];
    let url = format!("{}/oauth2/v2.0/token", tenant.authority_url());
    https(tenant).post(url).form(&form).send().await.unwrap()
}

pub(crate) async fn token(tenant: &MockTenant, resource: &str) -> String {
    let answer = token_response(tenant, tenant.client_secret(), &format!("{resource}/.default")).await;
    let body: Json = answer.json().await.unwrap();
    body["access_token"].as_str().unwrap_or_else(|| panic!("no token: {body}")).to_owned()
}

/// A signed-in client of Graph.
pub(crate) struct Graph {
    pub(crate) client: Client,
    pub(crate) base: String,
    pub(crate) token: String,
}

impl Graph {
    pub(crate) async fn of(tenant: &MockTenant) -> Self {
        let token = token(tenant, "https://graph.microsoft.com").await;
        Self { client: https(tenant), base: tenant.graph_url(), token }
    }

    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        let url = if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.base) };
        self.client.get(url).bearer_auth(&self.token)
    }

    pub(crate) fn post(&self, path: &str, body: &Json) -> RequestBuilder {
        self.client.post(format!("{}{path}", self.base)).bearer_auth(&self.token).json(body)
    }

    pub(crate) fn patch(&self, path: &str, body: &Json) -> RequestBuilder {
        self.client.patch(format!("{}{path}", self.base)).bearer_auth(&self.token).json(body)
    }

    pub(crate) fn delete(&self, path: &str) -> RequestBuilder {
        self.client.delete(format!("{}{path}", self.base)).bearer_auth(&self.token)
    }

    /// GET that must succeed.
    pub(crate) async fn read(&self, path: &str) -> Json {
        let answer = self.get(path).send().await.unwrap();
        let status = answer.status();
        let body: Json = answer.json().await.unwrap();
        assert!(status.is_success(), "{path}: {status} {body}");
        body
    }

    /// Status, code and message of a GET that must fail.
    pub(crate) async fn refused(&self, path: &str) -> (u16, String, String) {
        refusal(self.get(path).send().await.unwrap()).await
    }

    /// The userPrincipalNames of one page.
    pub(crate) async fn names(&self, path: &str) -> Vec<String> {
        names(&self.read(path).await)
    }
}

pub(crate) async fn refusal(answer: Response) -> (u16, String, String) {
    let status = answer.status().as_u16();
    let body: Json = answer.json().await.unwrap();
    let text = |member: &str| body["error"][member].as_str().unwrap_or_default().to_owned();
    (status, text("code"), text("message"))
}

pub(crate) fn names(page: &Json) -> Vec<String> {
    let list = page["value"].as_array().unwrap();
    list.iter().map(|user| user["userPrincipalName"].as_str().unwrap().to_owned()).collect()
}

/// The last journal line of an operation.
pub(crate) fn last(tenant: &MockTenant, op: &str) -> Json {
    let entries = tenant.journal().since(0);
    let entry =
        entries.iter().rev().find(|entry| entry.op == op).unwrap_or_else(|| panic!("no {op} in the journal"));
    serde_json::to_value(entry).unwrap()
}
