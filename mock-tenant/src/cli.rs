//! The program: flags, ready line, signals.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{ArgAction, Parser, ValueEnum};
use jiff::SignedDuration;
use kit::cli::{
    ClockArg, Listen, announce, fail, init_logging, listen_addr, parse_or_exit, read_secret, stop_signal,
};
use kit::faults::FaultPlan;
use serde_json::json;
use uuid::Uuid;

use crate::budget::{BadThrottle, Throttle};
use crate::server::{MockTenant, MockTenantBuilder};
use crate::signin::apps_from_text;
use crate::tenant::Profile;
use crate::world::World;

/// A fake Microsoft 365 tenant: sign-in, Graph, the provisioning service and Exchange on one listener.
///
/// Point an unmodified client at it: the ready line on stdout has every URL, the tenant id and the credentials; its
/// ca_file is what the client must trust. The control API shows and changes the state, the clock and the faults.
#[derive(Debug, Parser)]
#[command(name = "mock-tenant", version = kit::version!(), max_term_width = 110)]
struct Args {
    /// The tenant's own verified domain.
    #[arg(long, default_value = "corp.example.test", value_name = "DOMAIN")]
    domain: String,
    /// The domain that every tenant begins with [default: the first label of --domain, under onmicrosoft.test].
    #[arg(long, value_name = "DOMAIN")]
    initial_domain: Option<String>,
    /// Where the faces listen, with TLS; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:0", value_name = "ADDR:PORT", value_parser = listen_addr)]
    https: std::net::SocketAddr,
    /// Where they listen without TLS too: for clients that can't be told to trust a CA.
    #[arg(long, default_value = "off", value_name = "ADDR:PORT|off")]
    http: Listen,
    /// Where the control API listens; it takes requests from this machine only.
    #[arg(long, default_value = "127.0.0.1:0", value_name = "ADDR:PORT|off")]
    control: Listen,
    /// Where a machine's identities are served for programs that sign in with one (IMDS and App Service shapes).
    #[arg(long, default_value = "off", value_name = "ADDR:PORT|off")]
    managed_identity: Listen,
    /// Where an HTTP CONNECT proxy listens that sends Microsoft's real hosts here and refuses everything else: for
    /// clients with hard-wired hosts, which then need only HTTPS_PROXY and the CA.
    #[arg(long, default_value = "off", value_name = "ADDR:PORT|off")]
    connect_proxy: Listen,
    /// Further applications, people's scopes, certificates and federated issuers, as YAML or JSON. May be repeated.
    #[arg(long, value_name = "FILE.yaml")]
    app: Vec<PathBuf>,
    /// Tenant id [default: from the seed].
    #[arg(long, value_name = "UUID")]
    tenant_id: Option<Uuid>,
    /// Client id of the application that may sign in [default: from the seed].
    #[arg(long, value_name = "UUID")]
    client_id: Option<Uuid>,
    /// Its secret [default: from the seed]. Other users of the machine see it in the list of processes.
    #[arg(long, value_name = "SECRET", conflicts_with = "client_secret_file")]
    client_secret: Option<String>,
    /// A file with its secret.
    #[arg(long, value_name = "FILE")]
    client_secret_file: Option<PathBuf>,
    /// What the tenant holds at the start: users, contacts, groups, devices as YAML or JSON.
    #[arg(long, value_name = "FILE.yaml")]
    world: Option<PathBuf>,
    /// Adds userCertificate and userSMIMECertificate to Graph's users. The real Graph has no such properties.
    #[arg(long, value_enum, default_value = "off", action = ArgAction::Set)]
    graph_certificates: Switch,
    /// Write budget: 429 with Retry-After once it is used up. entra = 3000/150s.
    #[arg(long, default_value = "off", value_name = "off|entra|N/PERIOD", value_parser = throttle)]
    throttle: Throttle,
    /// How long Graph's reads lag behind writes, on the double's clock (30s, 2m, PT5M).
    #[arg(long, default_value = "0s", value_name = "DURATION", value_parser = lag, allow_hyphen_values = true)]
    replication_lag: SignedDuration,
    /// How long Exchange's address book lags behind, on the double's clock.
    #[arg(long, default_value = "0s", value_name = "DURATION", value_parser = lag, allow_hyphen_values = true)]
    exchange_lag: SignedDuration,
    /// strict refuses what the real service refuses; lenient stores unknown properties as they come.
    #[arg(long, value_enum, default_value = "strict")]
    strictness: Strictness,
    /// The service as it was or will be: 2025, 2026-07, 2026-10 or 2027-04 [default: as the clock says].
    #[arg(long, value_name = "PROFILE", value_parser = profile)]
    profile: Option<Profile>,
    /// Where every id, secret and token id comes from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The machine's clock, or a virtual one that stands still until POST /clock moves it.
    #[arg(long, default_value = "real", value_name = "real|RFC3339")]
    clock: ClockArg,
    /// Where the CA is kept, so that a client can go on trusting it [default: a new one for each run].
    #[arg(long, value_name = "DIR")]
    ca_dir: Option<PathBuf>,
    /// A further host name for the certificate; the first one is used in the URLs. May be repeated.
    #[arg(long, value_name = "NAME")]
    public_host: Vec<String>,
    /// A fault plan that is in force from the start.
    #[arg(long, value_name = "FILE.json")]
    faults: Option<PathBuf>,
    /// A file for the ready line, written when everything listens.
    #[arg(long, value_name = "FILE")]
    ready_file: Option<PathBuf>,
    /// What is logged to stderr (info, debug, warn,mock_tenant=trace); RUST_LOG if absent.
    #[arg(long, value_name = "FILTER")]
    log: Option<String>,
}

/// On or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Switch {
    Off,
    On,
}

/// How exact the double is about unknown properties.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Strictness {
    Strict,
    Lenient,
}

fn throttle(text: &str) -> Result<Throttle, String> {
    text.parse().map_err(|error: BadThrottle| error.to_string())
}

fn profile(text: &str) -> Result<Profile, String> {
    text.parse().map_err(|error: crate::tenant::profile::UnknownProfile| error.to_string())
}

fn lag(text: &str) -> Result<SignedDuration, String> {
    let lag: SignedDuration =
        text.parse().map_err(|_| "expected a duration such as 30s, 2m or PT5M".to_owned())?;
    if lag.is_negative() { Err("a lag can't be negative".to_owned()) } else { Ok(lag) }
}

/// Runs the program; the exit status is the contract's.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args: Args = match parse_or_exit(args) {
        Ok(args) => args,
        Err(status) => return status,
    };
    if let Err(message) = init_logging(args.log.as_deref()) {
        return fail(message);
    }
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return fail(format!("cannot start the runtime: {error}")),
    };
    match runtime.block_on(serve(args)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => fail(message),
    }
}

async fn serve(args: Args) -> Result<(), String> {
    let stop = stop_signal().map_err(|error| format!("cannot listen for signals: {error}"))?;
    let tenant = start(&args).await?;
    let ca = CaFile::write(&tenant, args.ca_dir.as_deref())?;
    announce(&ready_line(&tenant, &ca.0), args.ready_file.as_deref())?;
    stop.await;
    tenant.shutdown().await;
    Ok(())
}

async fn start(args: &Args) -> Result<MockTenant, String> {
    let mut builder = MockTenant::builder()
        .domain(&args.domain)
        .https(args.https)
        .http(args.http.addr())
        .control(args.control.addr())
        .managed_identity(args.managed_identity.addr())
        .connect_proxy(args.connect_proxy.addr())
        .world(read(args.world.as_deref(), World::parse)?.unwrap_or_default())
        .graph_certificates(args.graph_certificates == Switch::On)
        .throttle(args.throttle)
        .replication_lag(args.replication_lag)
        .exchange_lag(args.exchange_lag)
        .lenient(args.strictness == Strictness::Lenient)
        .profile(args.profile)
        .seed(args.seed)
        .clock(args.clock.clock())
        .faults(read(args.faults.as_deref(), FaultPlan::from_json)?.unwrap_or_default());
    if let Some(domain) = &args.initial_domain {
        builder = builder.initial_domain(domain);
    }
    if let Some(id) = args.tenant_id {
        builder = builder.tenant_id(id);
    }
    if let Some(id) = args.client_id {
        builder = builder.client_id(id);
    }
    if let Some(secret) = secret(args)? {
        builder = builder.client_secret(secret);
    }
    if let Some(dir) = &args.ca_dir {
        builder = builder.ca_dir(dir);
    }
    for file in &args.app {
        let apps = read(Some(file), |text| apps_from_text(text, file.parent()))?.unwrap_or_default();
        builder = apps.into_iter().fold(builder, MockTenantBuilder::app);
    }
    builder = args.public_host.iter().fold(builder, |builder, name| builder.public_host(name));
    builder.start().await.map_err(|error| match &args.world {
        Some(path) if error.to_string().starts_with("world: ") => format!("{}: {error}", path.display()),
        _ => error.to_string(),
    })
}

fn secret(args: &Args) -> Result<Option<String>, String> {
    match (&args.client_secret, &args.client_secret_file) {
        (Some(secret), _) if secret.is_empty() => {
            Err("--client-secret: expected a secret, it is empty".to_owned())
        }
        (Some(secret), _) => Ok(Some(secret.clone())),
        (None, Some(file)) => read_secret(file).map(Some),
        (None, None) => Ok(None),
    }
}

/// Reads and parses a file; every message names it.
fn read<T, E: std::fmt::Display>(
    path: Option<&Path>,
    parse: impl FnOnce(&str) -> Result<T, E>,
) -> Result<Option<T>, String> {
    let Some(path) = path else { return Ok(None) };
    let shown = path.display();
    let text = std::fs::read_to_string(path).map_err(|error| format!("cannot read {shown}: {error}"))?;
    parse(&text).map(Some).map_err(|error| format!("{shown}: {error}"))
}

/// Where the CA's certificate is for clients; a file of this run alone goes when the program ends.
struct CaFile(PathBuf, bool);

impl CaFile {
    fn write(tenant: &MockTenant, dir: Option<&Path>) -> Result<Self, String> {
        if let Some(dir) = dir {
            return Ok(Self(dir.join(kit::tls::CA_FILE), false));
        }
        let dir = std::env::temp_dir().join(format!("mock-tenant-{}", std::process::id()));
        let path = dir.join(kit::tls::CA_FILE);
        let written = std::fs::create_dir_all(&dir).and_then(|()| std::fs::write(&path, tenant.ca_pem()));
        written.map_err(|error| format!("cannot write {}: {error}", path.display()))?;
        Ok(Self(path, true))
    }
}

impl Drop for CaFile {
    fn drop(&mut self) {
        if self.1 {
            // nothing depends on it any more
            let _ = std::fs::remove_file(&self.0);
            let _ = self.0.parent().map(std::fs::remove_dir);
        }
    }
}

/// The contract's line; what was asked for besides follows it.
fn ready_line(tenant: &MockTenant, ca_file: &Path) -> serde_json::Value {
    let mut line = json!({
        "service": "mock-tenant",
        "graph_url": tenant.graph_url(),
        "authority_url": tenant.authority_url(),
        "provisioning_url": tenant.provisioning_url(),
        "exchange_url": tenant.exchange_url(),
        "ews_url": tenant.ews_url(),
        "http_url": tenant.http_url(),
        "control_url": tenant.control_url(),
        "tenant_id": tenant.tenant_id(),
        "client_id": tenant.client_id(),
        "client_secret": tenant.client_secret(),
        "ca_file": ca_file,
    });
    if let Some(url) = tenant.managed_identity_url() {
        line["managed_identity_url"] = url.into();
        line["identity_header"] = tenant.identity_header().into();
    }
    if let Some(url) = tenant.connect_proxy_url() {
        line["connect_proxy_url"] = url.into();
    }
    line
}
