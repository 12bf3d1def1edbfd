//! The handle of a running tenant.

use std::sync::Arc;

use kit::faults::Faults;
use kit::server::ServerHandle;
use kit::{Clock, Journal};
use serde_json::Value as Json;
use uuid::Uuid;

use super::builder::MockTenantBuilder;
use super::service::Service;
use crate::tenant::{GraphChange, MutationError, Tenant};
use crate::world::{World, WorldError};

/// Its listeners.
#[derive(Debug)]
pub(super) struct Running {
    pub(super) https: ServerHandle,
    pub(super) http: Option<ServerHandle>,
    pub(super) control: Option<ServerHandle>,
    pub(super) managed_identity: Option<ServerHandle>,
    pub(super) connect_proxy: Option<ServerHandle>,
}

/// A running tenant. Dropping it frees its ports.
///
/// ```
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// use mock_tenant::{MockTenant, World};
/// let world = World::parse("users: [{userPrincipalName: ana@corp.example.test, displayName: Ana}]").unwrap();
/// let tenant = MockTenant::builder().domain("corp.example.test").world(world).start().await.unwrap();
/// assert!(tenant.graph_url().starts_with("https://localhost:"));
/// assert_eq!(tenant.state()["users"][0]["displayName"], "Ana");
/// # });
/// ```
#[derive(Debug)]
pub struct MockTenant {
    service: Arc<Service>,
    running: Running,
    host: String,
    ca_pem: String,
}

impl MockTenant {
    /// A tenant to set up.
    #[must_use]
    pub fn builder() -> MockTenantBuilder {
        MockTenantBuilder::default()
    }

    pub(super) const fn new(service: Arc<Service>, running: Running, host: String, ca_pem: String) -> Self {
        Self { service, running, host, ca_pem }
    }

    fn origin(&self) -> String {
        format!("https://{}:{}", self.host, self.running.https.addr().port())
    }

    /// `https://localhost:P/v1.0`
    #[must_use]
    pub fn graph_url(&self) -> String {
        format!("{}/v1.0", self.origin())
    }

    /// `https://localhost:P/TENANT`
    #[must_use]
    pub fn authority_url(&self) -> String {
        format!("{}/{}", self.origin(), self.tenant_id())
    }

    /// `https://localhost:P/provisioningservice.svc`
    #[must_use]
    pub fn provisioning_url(&self) -> String {
        format!("{}/provisioningservice.svc", self.origin())
    }

    /// `https://localhost:P/adminapi/beta/TENANT`
    #[must_use]
    pub fn exchange_url(&self) -> String {
        format!("{}/adminapi/beta/{}", self.origin(), self.tenant_id())
    }

    /// `https://localhost:P/EWS/Exchange.asmx`
    #[must_use]
    pub fn ews_url(&self) -> String {
        format!("{}/EWS/Exchange.asmx", self.origin())
    }

    /// `http://127.0.0.1:P` of the listener without TLS, if there is one.
    #[must_use]
    pub fn http_url(&self) -> Option<String> {
        self.running.http.as_ref().map(|server| format!("http://{}", server.addr()))
    }

    /// `http://127.0.0.1:P` of the control API, if there is one.
    #[must_use]
    pub fn control_url(&self) -> Option<String> {
        self.running.control.as_ref().map(|server| format!("http://{}", server.addr()))
    }

    /// `http://127.0.0.1:P` of the machine's identities, if they are served.
    #[must_use]
    pub fn managed_identity_url(&self) -> Option<String> {
        self.running.managed_identity.as_ref().map(|server| format!("http://{}", server.addr()))
    }

    /// What a program of an App Service finds in `IDENTITY_HEADER`.
    #[must_use]
    pub fn identity_header(&self) -> String {
        self.service.identity_header()
    }

    /// `http://127.0.0.1:P` for `HTTPS_PROXY`, if the proxy is served.
    #[must_use]
    pub fn connect_proxy_url(&self) -> Option<String> {
        self.running.connect_proxy.as_ref().map(|server| format!("http://{}", server.addr()))
    }

    /// Tenant id.
    #[must_use]
    pub fn tenant_id(&self) -> Uuid {
        self.service.authority.tenant_id
    }

    /// Client id of the one application.
    #[must_use]
    pub fn client_id(&self) -> Uuid {
        self.service.authority.apps.first().map(|app| app.client_id).unwrap_or_default()
    }

    /// Its secret.
    #[must_use]
    pub fn client_secret(&self) -> &str {
        let app = self.service.authority.apps.first();
        app.and_then(|app| app.secrets().next()).map_or("", |secret| secret.reveal())
    }

    /// The CA that clients must trust, in PEM.
    #[must_use]
    pub fn ca_pem(&self) -> &str {
        &self.ca_pem
    }

    /// What was asked of it.
    #[must_use]
    pub fn journal(&self) -> &Journal {
        &self.service.journal
    }

    /// What goes wrong.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        &self.service.faults
    }

    /// Its time.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.service.clock
    }

    /// The state as it is, cheap to take.
    #[must_use]
    pub fn snapshot(&self) -> Tenant {
        self.service.snapshot()
    }

    /// Back to a snapshot.
    pub fn restore(&self, snapshot: Tenant) {
        self.service.restore(snapshot);
    }

    /// Back to how it was started.
    pub fn reset(&self) {
        self.service.reset();
    }

    /// The whole state, as the control API gives it.
    #[must_use]
    pub fn state(&self) -> Json {
        let now = self.clock().now();
        self.service.tenant_at(now).state(now)
    }

    /// Replaces the whole state.
    ///
    /// # Errors
    /// The state makes no sense; nothing is changed then.
    pub fn put_state(&self, state: Json) -> Result<(), WorldError> {
        self.service.tenant_mut().put_state(state, self.clock().now())
    }

    /// Adds a world to what is there.
    ///
    /// # Errors
    /// The world makes no sense; nothing is changed then.
    pub fn load_world(&self, world: &World) -> Result<(), WorldError> {
        self.service.tenant_mut().load(world, self.clock().now())?;
        self.service.set_passwords(world);
        Ok(())
    }

    /// Changes a user as Graph would, by object id or user principal name.
    ///
    /// # Errors
    /// As Graph refuses it.
    pub fn patch(&self, user: &str, change: GraphChange) -> Result<(), MutationError> {
        let mut tenant = self.service.tenant_mut();
        let id = tenant.user(user, crate::tenant::View::Committed).map(|user| user.id);
        let id = id.ok_or_else(|| MutationError::NotFound(user.to_owned()))?;
        tenant.patch(id, change, self.clock().now())
    }

    /// Stops listening and lets requests finish for less than a second.
    pub async fn shutdown(self) {
        let Running { https, http, control, managed_identity, connect_proxy } = self.running;
        https.shutdown().await;
        for server in [http, control, managed_identity, connect_proxy].into_iter().flatten() {
            server.shutdown().await;
        }
    }
}
