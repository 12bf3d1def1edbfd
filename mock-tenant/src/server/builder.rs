//! Setting a tenant up.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use jiff::SignedDuration;
use kit::control::ControlParts;
use kit::faults::{FaultError, FaultPlan, Faults};
use kit::server::{BindError, Listener, serve_http, serve_https};
use kit::tls::{RunCa, TlsError};
use kit::{Clock, Ids};
use uuid::Uuid;

use super::control::Plane;
use super::handle::{MockTenant, Running};
use super::service::{Service, Setup};
use crate::budget::Throttle;
use crate::faces::REAL_HOSTS;
use crate::http::{Memory, managed_identity, router, serve_proxy};
use crate::ops;
use crate::signin::{AppRegistration, Authority, Credential, Secret, SignIn, first_party};
use crate::tenant::{Company, Profile, Settings};
use crate::world::{World, WorldError};

const ANY_PORT: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// Why a tenant did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// An address can't be listened on.
    #[error(transparent)]
    Bind(#[from] BindError),
    /// A domain that is none.
    #[error("domain {0:?}: expected a domain name such as corp.example.test")]
    Domain(String),
    /// A public host that is no host name.
    #[error("public host {0:?}: expected a host name such as tenant.example.test")]
    PublicHost(String),
    /// No certificate.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The world makes no sense.
    #[error("world: {0}")]
    World(#[from] WorldError),
    /// The fault plan makes no sense.
    #[error(transparent)]
    Faults(#[from] FaultError),
}

/// How a tenant is to be. Every setting has a default; see the methods.
#[derive(Debug, Clone)]
pub struct MockTenantBuilder {
    domain: String,
    initial_domain: Option<String>,
    https: SocketAddr,
    http: Option<SocketAddr>,
    control: Option<SocketAddr>,
    managed_identity: Option<SocketAddr>,
    connect_proxy: Option<SocketAddr>,
    tenant_id: Option<Uuid>,
    client_id: Option<Uuid>,
    client_secret: Option<Secret>,
    credentials: Vec<Credential>,
    apps: Vec<AppRegistration>,
    roles: Option<Vec<String>>,
    world: World,
    certificates: bool,
    throttle: Throttle,
    replication_lag: SignedDuration,
    exchange_lag: SignedDuration,
    lenient: bool,
    profile: Option<Profile>,
    seed: u64,
    clock: Clock,
    ca_dir: Option<PathBuf>,
    public_hosts: Vec<String>,
    faults: FaultPlan,
}

impl Default for MockTenantBuilder {
    fn default() -> Self {
        Self {
            domain: "corp.example.test".to_owned(),
            initial_domain: None,
            https: ANY_PORT,
            http: None,
            control: Some(ANY_PORT),
            managed_identity: None,
            connect_proxy: None,
            tenant_id: None,
            client_id: None,
            client_secret: None,
            credentials: Vec::new(),
            apps: Vec::new(),
            roles: None,
            world: World::default(),
            certificates: false,
            throttle: Throttle::Off,
            replication_lag: SignedDuration::ZERO,
            exchange_lag: SignedDuration::ZERO,
            lenient: false,
            profile: None,
            seed: 1,
            clock: Clock::real(),
            ca_dir: None,
            public_hosts: Vec::new(),
            faults: FaultPlan::default(),
        }
    }
}

impl MockTenantBuilder {
    /// The tenant's own verified domain (`corp.example.test`).
    #[must_use]
    pub fn domain(mut self, domain: impl Into<String>) -> Self {
        self.domain = domain.into();
        self
    }

    /// The domain that every tenant begins with; by default the first label of the domain under `onmicrosoft.test`.
    #[must_use]
    pub fn initial_domain(mut self, domain: impl Into<String>) -> Self {
        self.initial_domain = Some(domain.into());
        self
    }

    /// Where the faces listen with TLS (a free port of 127.0.0.1).
    #[must_use]
    pub const fn https(mut self, addr: SocketAddr) -> Self {
        self.https = addr;
        self
    }

    /// Where the faces listen without TLS too (nowhere).
    #[must_use]
    pub fn http(mut self, addr: impl Into<Option<SocketAddr>>) -> Self {
        self.http = addr.into();
        self
    }

    /// Where the control API listens (a free port of 127.0.0.1); `None`: nowhere.
    #[must_use]
    pub fn control(mut self, addr: impl Into<Option<SocketAddr>>) -> Self {
        self.control = addr.into();
        self
    }

    /// Where the identities of a machine are served: IMDS at `/metadata/identity/oauth2/token`, App Service at
    /// `/msi/token` (nowhere).
    #[must_use]
    pub fn managed_identity(mut self, addr: impl Into<Option<SocketAddr>>) -> Self {
        self.managed_identity = addr.into();
        self
    }

    /// Where an HTTP CONNECT proxy listens that sends Microsoft's real hosts here and refuses everything else (nowhere).
    #[must_use]
    pub fn connect_proxy(mut self, addr: impl Into<Option<SocketAddr>>) -> Self {
        self.connect_proxy = addr.into();
        self
    }

    /// The tenant id (from the seed).
    #[must_use]
    pub const fn tenant_id(mut self, id: Uuid) -> Self {
        self.tenant_id = Some(id);
        self
    }

    /// The client id of the one application (from the seed).
    #[must_use]
    pub const fn client_id(mut self, id: Uuid) -> Self {
        self.client_id = Some(id);
        self
    }

    /// Its secret (from the seed).
    #[must_use]
    pub fn client_secret(mut self, secret: impl Into<String>) -> Self {
        self.client_secret = Some(Secret::new(secret));
        self
    }

    /// A further credential of it: a certificate, a federated issuer.
    #[must_use]
    pub fn credential(mut self, credential: Credential) -> Self {
        self.credentials.push(credential);
        self
    }

    /// A further application of the tenant.
    #[must_use]
    pub fn app(mut self, app: AppRegistration) -> Self {
        self.apps.push(app);
        self
    }

    /// The application roles that were granted to it (every role there is).
    #[must_use]
    pub fn roles<R: Into<String>>(mut self, roles: impl IntoIterator<Item = R>) -> Self {
        self.roles = Some(roles.into_iter().map(R::into).collect());
        self
    }

    /// What the tenant holds at the start (nothing).
    #[must_use]
    pub fn world(mut self, world: World) -> Self {
        self.world = world;
        self
    }

    /// Adds `userCertificate` and `userSMIMECertificate` to Graph's users, which the real Graph does not have (off).
    #[must_use]
    pub const fn graph_certificates(mut self, on: bool) -> Self {
        self.certificates = on;
        self
    }

    /// The write budget (none).
    #[must_use]
    pub const fn throttle(mut self, throttle: Throttle) -> Self {
        self.throttle = throttle;
        self
    }

    /// How long Graph reads lag behind writes (not at all).
    #[must_use]
    pub const fn replication_lag(mut self, lag: SignedDuration) -> Self {
        self.replication_lag = lag;
        self
    }

    /// How long Exchange lags behind Entra (not at all).
    #[must_use]
    pub const fn exchange_lag(mut self, lag: SignedDuration) -> Self {
        self.exchange_lag = lag;
        self
    }

    /// Takes properties that the service does not know (no).
    #[must_use]
    pub const fn lenient(mut self, lenient: bool) -> Self {
        self.lenient = lenient;
        self
    }

    /// The service as it was or will be on a day (as the clock says).
    #[must_use]
    pub fn profile(mut self, profile: impl Into<Option<Profile>>) -> Self {
        self.profile = profile.into();
        self
    }

    /// Where every id comes from (1).
    #[must_use]
    pub const fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// The clock (the machine's).
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Where the run CA is kept (nowhere: it ends with the tenant).
    #[must_use]
    pub fn ca_dir(mut self, dir: impl Into<PathBuf>) -> Self {
        self.ca_dir = Some(dir.into());
        self
    }

    /// A further host name that the certificate covers; the first one is the one in the URLs.
    #[must_use]
    pub fn public_host(mut self, name: impl Into<String>) -> Self {
        self.public_hosts.push(name.into());
        self
    }

    /// Faults from the start (none).
    #[must_use]
    pub fn faults(mut self, plan: FaultPlan) -> Self {
        self.faults = plan;
        self
    }

    /// Starts listening.
    ///
    /// # Errors
    /// An address is taken, the world or the fault plan makes no sense, the CA can't be used.
    pub async fn start(self) -> Result<MockTenant, StartError> {
        self.check_hosts()?;
        let service = Arc::new(self.service()?);
        let ca = match &self.ca_dir {
            Some(dir) => RunCa::in_dir(dir, "mock-tenant run CA")?,
            None => RunCa::ephemeral("mock-tenant run CA")?,
        };
        let tls = ca.server_config(&self.names())?;
        let https = Listener::bind(self.https).await?;
        let http = bind(self.http).await?;
        let control = bind(self.control).await?;
        let identity = bind(self.managed_identity).await?;
        let proxy = bind(self.connect_proxy).await?;
        let (target, hosts) = (https.addr(), Arc::from(self.names()));
        let plane = Arc::new(Plane(service.clone()));
        let parts = ControlParts {
            clock: service.clock.clone(),
            journal: service.journal.clone(),
            faults: service.faults.clone(),
        };
        let memory = Memory::default();
        let faces = |scheme| router(service.clone(), memory.clone(), scheme);
        let running = Running {
            https: serve_https(https, tls, faces("https")),
            http: http.map(|listener| serve_http(listener, faces("http"))),
            managed_identity: identity
                .map(|listener| serve_http(listener, managed_identity(service.clone(), memory.clone()))),
            connect_proxy: proxy.map(|listener| serve_proxy(listener, hosts, target)),
            control: control.map(|listener| serve_http(listener, kit::control::router(&plane, parts))),
        };
        let host = self.public_hosts.into_iter().next().unwrap_or_else(|| "localhost".to_owned());
        Ok(MockTenant::new(service, running, host, ca.ca_pem().to_owned()))
    }

    /// The double without its listeners.
    pub(crate) fn service(&self) -> Result<Service, StartError> {
        let ids = Ids::new(self.seed).child("mock-tenant");
        let authority = self.authority(&ids);
        let initial = self.initial_domain.clone().unwrap_or_else(|| initial_domain(&self.domain));
        let mut settings = Settings::new(authority.tenant_id, &initial);
        settings.replication_lag = self.replication_lag;
        settings.exchange_lag = self.exchange_lag;
        settings.strict = !self.lenient;
        settings.ews_allowed_apps = authority.apps.iter().map(|app| app.client_id.to_string()).collect();
        settings.profile = self.profile;
        let company = Company::new(&company_name(&self.domain), vec![self.domain.clone()]);
        let tenant = self.world.build(settings, company, ids.child("objects"), self.clock.now())?;
        let mut signin = SignIn::new(ids.child("sign-in"));
        self.world.set_passwords(&tenant, &mut signin);
        let faults = Faults::new(self.seed, &ops::names());
        faults.start_with(self.faults.clone())?;
        Ok(Service::new(Setup {
            clock: self.clock.clone(),
            faults,
            authority,
            signin,
            tenant,
            ids,
            certificates: self.certificates,
            throttle: self.throttle,
        }))
    }

    fn authority(&self, ids: &Ids) -> Authority {
        let derived = || Secret::new(hex::encode(ids.bytes::<20>("client-secret")));
        let app = AppRegistration {
            client_id: self.client_id.unwrap_or_else(|| ids.uuid("client")),
            object_id: ids.uuid("service-principal"),
            display_name: "directory sync".to_owned(),
            credentials: self.own_credentials(derived()),
            roles: self.roles.clone(),
            redirect_uris: vec!["http://localhost".to_owned()],
            ..AppRegistration::default()
        };
        let apps = [app].into_iter().chain(self.apps.iter().cloned()).chain(first_party()).collect();
        let tenant_id = self.tenant_id.unwrap_or_else(|| ids.uuid("tenant"));
        Authority { tenant_id, domains: Vec::new(), apps }
    }

    /// The secret is the first one: the ready line tells it.
    fn own_credentials(&self, derived: Secret) -> Vec<Credential> {
        let secret = self.client_secret.clone().unwrap_or(derived);
        [Credential::Secret(secret)].into_iter().chain(self.credentials.iter().cloned()).collect()
    }

    fn check_hosts(&self) -> Result<(), StartError> {
        let bad = |name: &&String| url::Host::parse(name).is_err();
        if let Some(domain) =
            [Some(&self.domain), self.initial_domain.as_ref()].into_iter().flatten().find(bad)
        {
            return Err(StartError::Domain(domain.clone()));
        }
        let host = self.public_hosts.iter().find(bad);
        host.map_or(Ok(()), |name| Err(StartError::PublicHost(name.clone())))
    }

    /// Every name under which a client may reach the faces.
    fn names(&self) -> Vec<String> {
        let own = ["localhost", "127.0.0.1", "::1"].into_iter().chain(REAL_HOSTS.iter().copied());
        own.map(str::to_owned).chain(self.public_hosts.iter().cloned()).collect()
    }
}

async fn bind(addr: Option<SocketAddr>) -> Result<Option<Listener>, BindError> {
    match addr {
        Some(addr) => Listener::bind(addr).await.map(Some),
        None => Ok(None),
    }
}

/// `corp.onmicrosoft.test` for `corp.example.test`.
fn initial_domain(domain: &str) -> String {
    format!("{}.onmicrosoft.test", domain.split('.').next().unwrap_or(domain))
}

fn company_name(domain: &str) -> String {
    domain.split('.').next().unwrap_or(domain).to_owned()
}
