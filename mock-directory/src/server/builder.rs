//! Starting a double.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kit::Clock;
use kit::control::{ControlParts, router};
use kit::faults::{FaultError, FaultPlan};
use kit::server::{BindError, Listener, serve, serve_http};
use kit::tls::{RunCa, TlsError};
use tokio_rustls::TlsAcceptor;

use super::handle::MockDirectory;
use super::service::Service;
use crate::control::Plane;
use crate::directory::{Directory, LoadError, PolicyError, Settings};
use crate::listener::Hub;
use crate::schema::Profile;
use crate::world::{World, WorldError};

/// Why a double does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// A file can't be read.
    #[error("cannot read {path}: {why}")]
    File {
        /// Which file.
        path: String,
        /// Why.
        why: String,
    },
    /// The domain has no usable name.
    #[error("domain {0:?}: expected a DNS name such as corp.example.test")]
    Domain(String),
    /// An LDIF can't be taken; the text names file and line.
    #[error(transparent)]
    Ldif(#[from] LoadError),
    /// A world can't be taken.
    #[error(transparent)]
    World(#[from] WorldError),
    /// A policy is unknown or out of range.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// The fault plan is wrong.
    #[error(transparent)]
    Faults(#[from] FaultError),
    /// No certificate.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// An address is taken.
    #[error(transparent)]
    Listen(#[from] BindError),
}

/// Where LDIF comes from.
#[derive(Debug, Clone)]
enum Ldif {
    File(PathBuf),
    Text(String),
}

/// Settings of a [`MockDirectory`]; every one has a default.
#[derive(Debug, Clone)]
#[must_use]
pub struct Builder {
    domain: String,
    netbios: Option<String>,
    seed: u64,
    schema: Profile,
    clock: Option<Clock>,
    admin_password: String,
    ldif: Vec<Ldif>,
    worlds: Vec<World>,
    policies: Vec<(String, String)>,
    faults: FaultPlan,
    ldap: SocketAddr,
    ldaps: Option<SocketAddr>,
    control: Option<SocketAddr>,
    ca_dir: Option<PathBuf>,
}

impl Default for Builder {
    fn default() -> Self {
        let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Self {
            domain: "corp.example.test".to_owned(),
            netbios: None,
            seed: 1,
            schema: Profile::default(),
            clock: None,
            admin_password: "Passw0rd!x".to_owned(),
            ldif: Vec::new(),
            worlds: Vec::new(),
            policies: Vec::new(),
            faults: FaultPlan::default(),
            ldap: any_port,
            ldaps: Some(any_port),
            control: Some(any_port),
            ca_dir: None,
        }
    }
}

impl Builder {
    /// DNS name of the domain (`corp.example.test`).
    pub fn domain(mut self, domain: impl Into<String>) -> Self {
        self.domain = domain.into();
        self
    }

    /// NetBIOS name of the domain; the first label of the DNS name in capitals unless given.
    pub fn netbios(mut self, netbios: impl Into<String>) -> Self {
        self.netbios = Some(netbios.into());
        self
    }

    /// What GUIDs, SIDs and fault probabilities come from (1).
    pub const fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Which schema the forest has (AD 2016 with Exchange).
    pub const fn schema(mut self, schema: Profile) -> Self {
        self.schema = schema;
        self
    }

    /// The clock (the machine's).
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = Some(clock);
        self
    }

    /// Password of `administrator` (`Passw0rd!x`).
    pub fn admin_password(mut self, password: impl Into<String>) -> Self {
        self.admin_password = password.into();
        self
    }

    /// Loads an LDIF file: plain entries or a dump of a real domain, whose operational attributes are kept.
    pub fn ldif_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.ldif.push(Ldif::File(path.into()));
        self
    }

    /// Loads LDIF text.
    pub fn ldif(mut self, text: impl Into<String>) -> Self {
        self.ldif.push(Ldif::Text(text.into()));
        self
    }

    /// Adds a world, after all LDIF.
    pub fn world(mut self, world: World) -> Self {
        self.worlds.push(world);
        self
    }

    /// Sets a policy by AD's name (`MaxPageSize`, `MaxValRange` …).
    #[expect(clippy::needless_pass_by_value, reason = "policy(\"MaxPageSize\", 10) reads as it is meant")]
    pub fn policy(mut self, name: impl Into<String>, value: impl ToString) -> Self {
        self.policies.push((name.into(), value.to_string()));
        self
    }

    /// Starts with these faults in force.
    pub fn faults(mut self, plan: FaultPlan) -> Self {
        self.faults = plan;
        self
    }

    /// Address of the LDAP listener (a free port on loopback).
    pub const fn ldap(mut self, addr: SocketAddr) -> Self {
        self.ldap = addr;
        self
    }

    /// Address of the LDAPS listener, `None` for no LDAPS (a free port on loopback). StartTLS is there either way.
    pub const fn ldaps(mut self, addr: Option<SocketAddr>) -> Self {
        self.ldaps = addr;
        self
    }

    /// Address of the control API, `None` for none (a free port on loopback).
    pub const fn control(mut self, addr: Option<SocketAddr>) -> Self {
        self.control = addr;
        self
    }

    /// Keeps the certification authority in this directory instead of making one for the run.
    pub fn ca_dir(mut self, dir: impl Into<PathBuf>) -> Self {
        self.ca_dir = Some(dir.into());
        self
    }

    /// Builds the directory and opens the listeners.
    ///
    /// # Errors
    /// The first setting that can't be had, by name.
    pub async fn start(self) -> Result<MockDirectory, StartError> {
        let clock = self.clock.clone().unwrap_or_else(Clock::real);
        let service = Arc::new(Service::new(self.directory(&clock)?, clock, self.seed));
        service.faults().start_with(self.faults.clone())?;
        let ca = self.authority()?;
        let host = format!("dc1.{}", self.domain);
        let tls =
            ca.server_config(&["localhost", "127.0.0.1", "::1", self.domain.as_str(), host.as_str()])?;
        let hub = Hub::new(Arc::clone(&service), Some(TlsAcceptor::from(Arc::new(tls))));
        let ldap = {
            let hub = hub.clone();
            let listener = Listener::bind(self.ldap).await?;
            serve(listener, move |stream, peer, signal| hub.clone().ldap(stream, peer, signal))
        };
        let ldaps = match self.ldaps {
            Some(addr) => {
                let listener = Listener::bind(addr).await?;
                Some(serve(listener, move |stream, peer, signal| hub.clone().ldaps(stream, peer, signal)))
            }
            None => None,
        };
        let control = match self.control {
            Some(addr) => Some(serve_http(Listener::bind(addr).await?, control_api(&service))),
            None => None,
        };
        Ok(MockDirectory::new(service, self.admin_password, ca, ldap, ldaps, control))
    }

    fn directory(&self, clock: &Clock) -> Result<Directory, StartError> {
        let now = clock.now();
        let mut directory = Directory::new(self.settings()?, now);
        for (name, value) in &self.policies {
            directory.set_policy(name, value)?;
        }
        let sources = self.ldif.iter().map(Ldif::read).collect::<Result<Vec<_>, _>>()?;
        if !sources.is_empty() {
            directory.load_ldif(&sources, now)?;
        }
        for world in &self.worlds {
            directory.load_world(world, now)?;
        }
        directory.set_password("administrator", &self.admin_password, now);
        Ok(directory)
    }

    fn settings(&self) -> Result<Settings, StartError> {
        let label = |label: &str| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-');
        if !self.domain.split('.').all(label) {
            return Err(StartError::Domain(self.domain.clone()));
        }
        let first_label = self.domain.split('.').next().unwrap_or_default();
        let netbios = self.netbios.clone().unwrap_or_else(|| first_label.to_uppercase());
        let domain = self.domain.clone();
        Ok(Settings { domain, netbios, seed: self.seed, profile: self.schema, ..Settings::default() })
    }

    fn authority(&self) -> Result<RunCa, TlsError> {
        let name = format!("{} test CA", self.domain);
        match &self.ca_dir {
            Some(dir) => RunCa::in_dir(dir, &name),
            None => RunCa::ephemeral(&name),
        }
    }
}

fn control_api(service: &Arc<Service>) -> axum::Router {
    let parts = ControlParts {
        clock: service.clock().clone(),
        journal: service.journal().clone(),
        faults: service.faults().clone(),
    };
    router(&Arc::new(Plane::new(Arc::clone(service))), parts)
}

impl Ldif {
    /// Name and text.
    fn read(&self) -> Result<(String, String), StartError> {
        match self {
            Self::File(path) => Ok((path.display().to_string(), read(path)?)),
            Self::Text(text) => Ok(("LDIF".to_owned(), text.clone())),
        }
    }
}

fn read(path: &Path) -> Result<String, StartError> {
    let fail = |why: String| StartError::File { path: path.display().to_string(), why };
    let octets = std::fs::read(path).map_err(|error| fail(error.to_string()))?;
    String::from_utf8(octets).map_err(|error| {
        let lines =
            error.as_bytes()[..error.utf8_error().valid_up_to()].iter().filter(|&&octet| octet == b'\n');
        fail(format!("line {}: not UTF-8", lines.count() + 1))
    })
}
