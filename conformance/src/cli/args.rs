//! Flags and subcommands.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::report::model::Level;
use crate::run::Shard;

/// Tests a directory-sync product from outside: a fake Active Directory on one side, a fake Microsoft 365 tenant on the
/// other, your program in between.
#[derive(Debug, Parser)]
#[command(name = "conformance", version = kit::version!(), after_long_help = AFTER)]
pub(super) struct Cli {
    /// What to do; without it: `run syncer` on the bundled syncer.
    #[command(subcommand)]
    pub(super) command: Option<Command>,
    /// Log filter (`debug`, `conformance=trace`); also RUST_LOG.
    #[arg(long, global = true, value_name = "FILTER")]
    pub(super) log: Option<String>,
}

const AFTER: &str = "\
How a syncer is tested: for every case the suite starts a fresh directory and a fresh tenant on free ports, fills
them, and runs CMD once per sync cycle with the environment of the contract (SYNC_LDAP_URL, SYNC_LDAP_PASSWORD_FILE,
SYNC_PROVISIONING_URL, SYNC_STATE_DIR, SYNC_NOW, SYNC_CONTEXT and so on). It looks at nothing but the tenant, the
directory, what both were asked, the exit code, the state folder, and whether secrets were printed.

  conformance                                     the bundled syncer, all cases
  conformance run syncer --cmd ./my-sync          your syncer; what it does where a choice is legal is not scored
  conformance run syncer --subject subject.toml   your syncer with declared capabilities, all of it scored
  conformance run syncer --case VAL-05            one case
  conformance explain VAL-05                      what it is about, and why

Exit: 0 all that was asked holds, 100 checks failed, 101 the baseline is stale, 102 the subject did not start,
103 bad case or configuration, 104 the suite itself is at fault, 4 nothing selected, 2 bad flag, 1 internal.";

/// Subcommands.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Run the suite.
    #[command(subcommand)]
    Run(What),
    /// List the cases with their checks.
    List(ListArgs),
    /// Explain a case, a check (CASE:check) or a requirement; `format` explains the case format.
    Explain {
        /// Its id.
        id: String,
        /// Folder of cases to use instead of the built-in ones.
        #[arg(long, value_name = "DIR")]
        cases: Option<PathBuf>,
    },
    /// Work with a list of known failures.
    Baseline(BaselineArgs),
    /// The whole chain with a web page (not in this version).
    Demo,
}

/// Kinds of subjects.
#[derive(Debug, Subcommand)]
pub(super) enum What {
    /// A syncer: carries a directory's objects to a tenant.
    Syncer(Box<SyncerArgs>),
    /// A directory (not in this version).
    #[command(disable_help_flag = true)]
    Directory(Later),
    /// A tenant (not in this version).
    #[command(disable_help_flag = true)]
    Tenant(Later),
}

/// Takes whatever is given, to say that this version can't do it.
#[derive(Debug, Args)]
pub(super) struct Later {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
    _rest: Vec<String>,
}

/// A run on a syncer.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct SyncerArgs {
    /// Command that runs one sync cycle (a line for `sh -c`); without it and --subject: the bundled syncer.
    #[arg(long, value_name = "CMD")]
    pub(super) cmd: Option<String>,
    /// File that declares the subject: name, command, capabilities.
    #[arg(long, value_name = "FILE")]
    pub(super) subject: Option<PathBuf>,
    /// Only cases of this profile; may be repeated. `entra-connect-compat` also fixes every choice to what Entra Connect does.
    #[arg(long, value_name = "P")]
    pub(super) profile: Vec<String>,
    /// Only cases whose id begins so; may be repeated.
    #[arg(long, value_name = "PREFIX")]
    pub(super) case: Vec<String>,
    /// Lowest level whose failures fail the run [default: must]
    #[arg(long, value_enum, value_name = "LEVEL")]
    pub(super) level: Option<LevelArg>,
    /// Profile that is claimed, besides those of the subject's file; may be repeated.
    #[arg(long, value_name = "P")]
    pub(super) claim: Vec<String>,
    /// Cases at the same time [default: number of processors]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(super) jobs: Option<u16>,
    /// Seed of ids, serial numbers and order [default: 1]
    #[arg(long, value_name = "N")]
    pub(super) seed: Option<u64>,
    /// Only part I of N.
    #[arg(long, value_name = "I/N")]
    pub(super) shard: Option<Shard>,
    /// File of known failures, each with its reason.
    #[arg(long, value_name = "FILE")]
    pub(super) baseline: Option<PathBuf>,
    /// Folder for report.json, junit.xml, report.html and evidence [default: target/conformance]
    #[arg(long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
    /// What is written to stdout [default: human]
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(super) format: Option<Format>,
    /// Folder of cases to use instead of the built-in ones.
    #[arg(long, value_name = "DIR")]
    pub(super) cases: Option<PathBuf>,
    /// Real seconds after which a cycle counts as hung [default: 60, or what the subject's file says]
    #[arg(long, value_name = "S", value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) timeout: Option<u64>,
}

/// `list`.
#[derive(Debug, Args)]
pub(super) struct ListArgs {
    /// What is written to stdout.
    #[arg(long, value_enum, default_value = "human", value_name = "FORMAT")]
    pub(super) format: Format,
    /// Only cases of this profile; may be repeated.
    #[arg(long, value_name = "P")]
    pub(super) profile: Vec<String>,
    /// Only cases whose id begins so; may be repeated.
    #[arg(long, value_name = "PREFIX")]
    pub(super) case: Vec<String>,
    /// Folder of cases to use instead of the built-in ones.
    #[arg(long, value_name = "DIR")]
    pub(super) cases: Option<PathBuf>,
}

/// `baseline`.
#[derive(Debug, Args)]
pub(super) struct BaselineArgs {
    /// Run, and write what fails into --baseline (default subject.xfail.toml); reasons that are there stay.
    #[arg(long, required = true)]
    pub(super) write: bool,
    /// The run.
    #[command(flatten)]
    pub(super) run: SyncerArgs,
}

/// Levels as flags.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum LevelArg {
    /// Only what is required.
    Must,
    /// Recommendations too.
    Should,
    /// Everything.
    May,
}

/// Formats of stdout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people.
    Human,
    /// One JSON document.
    Json,
    /// Annotations for GitHub Actions.
    Github,
}

impl From<LevelArg> for Level {
    fn from(level: LevelArg) -> Self {
        match level {
            LevelArg::Must => Self::Must,
            LevelArg::Should => Self::Should,
            LevelArg::May => Self::May,
        }
    }
}
