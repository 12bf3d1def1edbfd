//! Commands and flags.

use std::{ffi::OsString, path::PathBuf};

use clap::{Args, Parser, Subcommand};
use jiff::Timestamp;

const ABOUT: &str = "Synchronises users and contacts with their S/MIME certificates from Active \
Directory to a Microsoft 365 tenant";

const AFTER: &str = "\
Configuration: defaults < TOML file (--config or $SYNC_CONFIG) < environment
  SYNC_LDAP_URL SYNC_LDAP_BASE_DN SYNC_LDAP_BIND_DN SYNC_LDAP_PASSWORD_FILE   [directory]
  SYNC_PROVISIONING_URL SYNC_AUTHORITY_URL SYNC_TENANT_ID SYNC_CLIENT_ID SYNC_CLIENT_SECRET_FILE   [tenant]
  SYNC_CA_FILE   trusted authorities of both sides (default: the system's)
  SYNC_STATE_DIR   folder of the state   [store] dir
  SYNC_NOW   the time of the cycle (default: the real clock)
  SYNC_CONTEXT   {\"cycle\":\"full\"|\"delta\"|null,\"dry_run\":false,\"override_delete_guard\":false,\"options\":{}}

Exit: 0 done, 10 done but some objects failed, 20 stopped by a guard (nothing was deleted), 2 bad configuration,
1 anything else.

Examples:
  syncer once --dry-run           what would change, without changing anything
  syncer once --full --json       everything is read again; the result as JSON
  syncer rules lint my-rules.yaml
  syncer eval --expr 'Left([cn], 3)' --object ana.json";

/// The command line.
#[derive(Debug, Parser)]
#[command(name = "syncer", version = concat!(env!("CARGO_PKG_VERSION"), " (contract 1)"), about = ABOUT, after_help = AFTER)]
pub(super) struct Cli {
    /// Configuration file (TOML) [default: $SYNC_CONFIG, else none]
    #[arg(long, global = true, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// What is logged to stderr, in the form of RUST_LOG [default: $RUST_LOG, else warn]
    #[arg(long, global = true, value_name = "FILTER")]
    pub(super) log: Option<String>,
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// One cycle: import, sync, export, confirm
    Once(Once),
    /// Rule files: check or show them
    #[command(subcommand)]
    Rules(Rules),
    /// Evaluate one expression of the rule language; prints {"type":…,"value":…}
    Eval(Eval),
    /// The state between cycles
    #[command(subcommand)]
    State(State),
    /// Completions for a shell, on stdout
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    #[command(external_subcommand)]
    Other(Vec<OsString>),
}

#[derive(Debug, Args)]
pub(super) struct Once {
    /// Read and evaluate everything [default: delta if the state allows]
    #[arg(long, conflicts_with = "delta")]
    pub(super) full: bool,
    /// Read what changed; everything only where no cookie is known
    #[arg(long)]
    pub(super) delta: bool,
    /// Plan only: nothing is written, nothing advances
    #[arg(long)]
    pub(super) dry_run: bool,
    /// The result as one JSON object
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Subcommand)]
pub(super) enum Rules {
    /// Check rule files; every mistake with file, line and column
    Lint {
        /// The files
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// The rules in order of precedence; without files those that are configured
    Show {
        /// The files
        #[arg(value_name = "FILE")]
        files: Vec<PathBuf>,
    },
}

#[derive(Debug, Args)]
pub(super) struct Eval {
    /// The expression
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub(super) expr: String,
    /// Attributes as a JSON object: text, number, true/false, {"b64":"…"}, or a list of these [default: none]
    #[arg(long, value_name = "FILE")]
    pub(super) object: Option<PathBuf>,
    /// Now() [default: $SYNC_NOW, else the real clock]
    #[arg(long, value_name = "RFC3339")]
    pub(super) now: Option<Timestamp>,
}

#[derive(Debug, Subcommand)]
pub(super) enum State {
    /// Counts, cursors and what is pending
    Show {
        /// As one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Forget everything; the next cycle is a full one and matches by anchor
    Reset,
    /// Bring the state to this version's schema
    Migrate,
}

/// Commands of the contract that this version does not have.
pub(super) const NOT_YET: [&str; 5] = ["daemon", "plan", "apply", "explain", "readiness"];
