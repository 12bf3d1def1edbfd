//! The program: flags, ready line, files for the client.

use std::ffi::OsString;
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use kit::cli::{
    ClockArg, Listen, announce, fail, init_logging, listen_addr, parse_or_exit, read_secret, stop_signal,
};
use kit::faults::FaultPlan;
use serde::Serialize;

use crate::schema::Profile;
use crate::server::{Builder, MockDirectory, StartError};
use crate::world::World;

/// A fake Active Directory over LDAP: binds, searches, DirSync, tombstones and writes as a domain controller answers
/// them, from a domain that you describe or dump.
#[derive(Debug, Parser)]
#[command(name = "mock-directory", version = kit::version!(), after_long_help = EXAMPLES)]
struct Args {
    /// DNS name of the domain
    #[arg(long, value_name = "DNS", default_value = "corp.example.test")]
    domain: String,
    /// NetBIOS name of the domain, for DOMAIN\user [default: first label of --domain in capitals]
    #[arg(long, value_name = "NAME")]
    netbios: Option<String>,
    /// Address of the LDAP listener (StartTLS included); port 0 takes a free one
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:0", value_parser = listen_addr)]
    ldap: SocketAddr,
    /// Address of the LDAPS listener, or "off"
    #[arg(long, value_name = "ADDR:PORT|off", default_value = "127.0.0.1:0")]
    ldaps: Listen,
    /// Address of the control API (state, journal, faults, clock), or "off"
    #[arg(long, value_name = "ADDR:PORT|off", default_value = "127.0.0.1:0")]
    control: Listen,
    /// Password of administrator@DOMAIN
    #[arg(long, value_name = "P", default_value = "Passw0rd!x", conflicts_with = "admin_password_file")]
    admin_password: String,
    /// File with the password of administrator@DOMAIN
    #[arg(long, value_name = "FILE")]
    admin_password_file: Option<PathBuf>,
    /// LDIF to load: plain entries or a dump of a real domain, whose GUIDs, SIDs, USNs and times are kept. Can be
    /// repeated; loaded in order, before worlds
    #[arg(long, value_name = "FILE")]
    ldif: Vec<PathBuf>,
    /// World to add (YAML or JSON): OUs, users, contacts, groups, entries. Can be repeated
    #[arg(long, value_name = "FILE.yaml")]
    world: Vec<PathBuf>,
    /// Schema of the forest: ad-2016 or ad-2016+exchange
    #[arg(long, value_name = "NAME", default_value = "ad-2016+exchange")]
    schema: Profile,
    /// A limit or switch by AD's name: MaxPageSize=1000, MaxValRange=1500, MaxReceiveBuffer=10485760 and so on. Can be
    /// repeated
    #[arg(long = "policy", value_name = "NAME=VALUE", value_parser = policy)]
    policies: Vec<(String, String)>,
    /// What GUIDs, SIDs and fault probabilities come from: the same seed, the same answers
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// "real", or a time at which a clock stands until the control API moves it
    #[arg(long, value_name = "real|RFC3339", default_value = "real")]
    clock: ClockArg,
    /// Directory that keeps the certification authority (made there if it is empty) and the password file [default: a
    /// temporary one]
    #[arg(long, value_name = "DIR")]
    ca_dir: Option<PathBuf>,
    /// Fault plan to start with (JSON, see the control API's /faults)
    #[arg(long, value_name = "FILE.json")]
    faults: Option<PathBuf>,
    /// File that gets the ready line when every listener accepts
    #[arg(long, value_name = "FILE")]
    ready_file: Option<PathBuf>,
    /// Log filter, such as "info" or "warn,mock_directory=debug" [default: $RUST_LOG or "warn"]
    #[arg(long, value_name = "FILTER")]
    log: Option<String>,
}

const EXAMPLES: &str = "\
When it accepts connections it prints one JSON line with its URLs, the base DN and the files with CA and password.
SIGTERM or Ctrl-C ends it with status 0; a bad flag, file or value with status 2 and one line that names it.

Examples:
  mock-directory --ldif domain.ldif --ldap 127.0.0.1:3389
  ldapsearch -x -H ldap://127.0.0.1:3389 -D administrator@corp.example.test -w 'Passw0rd!x' \\
      -b DC=corp,DC=example,DC=test -E pr=100/noprompt '(userCertificate=*)' mail userCertificate
  mock-directory --world people.yaml --policy MaxPageSize=10 --clock 2026-09-01T00:00:00Z";

fn policy(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE such as MaxPageSize=1000")?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}

/// What the ready line says.
#[derive(Debug, Serialize)]
struct Ready<'a> {
    service: &'static str,
    ldap_url: &'a str,
    ldaps_url: Option<&'a str>,
    control_url: Option<&'a str>,
    base_dn: String,
    bind_dn: String,
    password_file: &'a Path,
    ca_file: &'a Path,
}

/// Runs the program with these arguments (the first is its name) until it is told to stop.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args: Args = match parse_or_exit(args) {
        Ok(args) => args,
        Err(code) => return code,
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(format!("cannot start: {error}")),
    };
    match runtime.block_on(serve(args)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => fail(message),
    }
}

async fn serve(args: Args) -> Result<(), String> {
    init_logging(args.log.as_deref())?;
    let stop = stop_signal().map_err(|error| format!("cannot listen for signals: {error}"))?;
    let password = match &args.admin_password_file {
        Some(file) => read_secret(file).map_err(|error| format!("--admin-password-file: {error}"))?,
        None => args.admin_password.clone(),
    };
    let directory = builder(&args, password)?.start().await.map_err(|error| named(&args, &error))?;
    let files = Files::write(&args, &directory)?;
    announce(&ready(&directory, &files), args.ready_file.as_deref())?;
    stop.await;
    directory.shutdown().await;
    Ok(())
}

fn builder(args: &Args, password: String) -> Result<Builder, String> {
    let mut builder = MockDirectory::builder()
        .domain(&args.domain)
        .seed(args.seed)
        .schema(args.schema)
        .clock(args.clock.clock())
        .admin_password(password)
        .ldap(args.ldap)
        .ldaps(args.ldaps.addr())
        .control(args.control.addr());
    if let Some(netbios) = &args.netbios {
        builder = builder.netbios(netbios);
    }
    if let Some(dir) = &args.ca_dir {
        builder = builder.ca_dir(dir);
    }
    if let Some(file) = &args.faults {
        builder = builder.faults(FaultPlan::from_file(file).map_err(|error| format!("--faults: {error}"))?);
    }
    for (name, value) in &args.policies {
        builder = builder.policy(name, value);
    }
    for file in &args.ldif {
        builder = builder.ldif_file(file);
    }
    for file in &args.world {
        builder = builder.world(world(file)?);
    }
    Ok(builder)
}

fn world(file: &Path) -> Result<World, String> {
    let name = file.display().to_string();
    let text =
        std::fs::read_to_string(file).map_err(|error| format!("--world: cannot read {name}: {error}"))?;
    World::parse(&text).map_err(|error| format!("--world {name}: {error}"))
}

/// A refusal to start, with the flag in front where the error itself can't know it.
fn named(args: &Args, error: &StartError) -> String {
    match (error, &args.faults) {
        (StartError::Faults(_), Some(file)) => format!("--faults {}: {error}", file.display()),
        _ => error.to_string(),
    }
}

fn ready<'a>(directory: &'a MockDirectory, files: &'a Files) -> Ready<'a> {
    Ready {
        service: "mock-directory",
        ldap_url: directory.ldap_url(),
        ldaps_url: directory.ldaps_url(),
        control_url: directory.control_url(),
        base_dn: directory.base_dn(),
        bind_dn: directory.bind_dn(),
        password_file: &files.password,
        ca_file: &files.ca,
    }
}

/// The files that a client needs; a temporary directory goes with the program.
struct Files {
    password: PathBuf,
    ca: PathBuf,
    _temporary: Option<tempfile::TempDir>,
}

impl Files {
    fn write(args: &Args, directory: &MockDirectory) -> Result<Self, String> {
        let (dir, temporary) = match &args.ca_dir {
            Some(dir) => (dir.clone(), None),
            None => {
                let made = tempfile::Builder::new().prefix("mock-directory-").tempdir();
                let made = made.map_err(|error| format!("cannot make a temporary directory: {error}"))?;
                (made.path().to_owned(), Some(made))
            }
        };
        let ca = directory.ca().write_to(&dir).map_err(|error| error.to_string())?;
        let password = match &args.admin_password_file {
            Some(file) => file.clone(),
            None => write_secret(&dir.join("password"), directory.admin_password())?,
        };
        Ok(Self { password: absolute(&password)?, ca: absolute(&ca)?, _temporary: temporary })
    }
}

fn absolute(path: &Path) -> Result<PathBuf, String> {
    std::path::absolute(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// Writes a file that only its owner can read, even where one that others could read was before.
fn write_secret(path: &Path, secret: &str) -> Result<PathBuf, String> {
    let fail = |error: std::io::Error| format!("cannot write {}: {error}", path.display());
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(fail(error)),
        _ => {}
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).and_then(|mut file| file.write_all(secret.as_bytes())).map_err(fail)?;
    Ok(path.to_owned())
}
