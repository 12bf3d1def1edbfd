//! From arguments and environment to an exit code.

use std::{
    ffi::OsString,
    io::{IsTerminal as _, Write},
    process::ExitCode,
};

use clap::{Parser as _, error::ErrorKind};
use tracing_subscriber::EnvFilter;

use super::{
    Hooks,
    args::{Cli, Command, NOT_YET},
    completions::completions,
    eval::eval,
    failure::Failure,
    once::once,
    rules::rules,
    state::state,
};
use crate::{
    config::{Environment, Layers},
    shell::Stop,
};

/// Everything that a run takes from its process, so that a test or another program can give something else.
pub struct Invocation<'a> {
    /// Arguments, the program's name first.
    pub args: Vec<OsString>,
    /// Environment variables.
    pub environment: Environment,
    /// Results.
    pub out: &'a mut (dyn Write + Send),
    /// Messages.
    pub err: &'a mut (dyn Write + Send),
    /// Show progress bars on the process's stderr.
    pub bars: bool,
    /// The request to stop.
    pub stop: Stop,
}

/// The program: runs with this process's environment, output and signals.
pub fn main_with(args: impl IntoIterator<Item = OsString>, hooks: &Hooks) -> ExitCode {
    let args: Vec<OsString> = args.into_iter().collect();
    init_log(&args);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "syncer: cannot start: {error}");
            return ExitCode::FAILURE;
        }
    };
    let environment =
        std::env::vars_os().filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?)));
    let invocation = Invocation {
        args,
        environment: environment.collect(),
        out: &mut anstream::stdout(),
        err: &mut std::io::stderr(),
        bars: std::io::stderr().is_terminal(),
        stop: Stop::default(),
    };
    runtime.block_on(async {
        if let Err(error) = invocation.stop.on_signals() {
            tracing::warn!(%error, "signals are not handled");
        }
        ExitCode::from(run(invocation, hooks).await)
    })
}

/// Runs one command; gives the exit code of the contract.
pub async fn run(invocation: Invocation<'_>, hooks: &Hooks) -> u8 {
    let Invocation { args, environment, out, err, bars, stop } = invocation;
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => return refused(&error, out, err),
    };
    match dispatch(cli, environment, out, bars, stop, hooks).await {
        Ok(code) => code,
        Err(Failure { code, message }) => {
            for line in message.lines() {
                let _ = writeln!(err, "syncer: {line}");
            }
            code
        }
    }
}

async fn dispatch(
    cli: Cli,
    environment: Environment,
    out: &mut (dyn Write + Send),
    bars: bool,
    stop: Stop,
    hooks: &Hooks,
) -> Result<u8, Failure> {
    let layers = || Layers::read(cli.config.as_deref(), environment);
    match cli.command {
        Command::Once(args) => once(&args, &layers()?, out, bars, stop, hooks).await,
        Command::Rules(args) => rules(&args, &layers()?, out),
        Command::Eval(args) => eval(&args, &layers()?, out),
        Command::State(args) => state(&args, &layers()?, out).await,
        Command::Completions { shell } => completions(shell, out),
        Command::Other(words) => Err(unknown(&words)),
    }
}

fn unknown(words: &[OsString]) -> Failure {
    let name = words.first().map(|word| word.to_string_lossy()).unwrap_or_default();
    if NOT_YET.contains(&&*name) {
        return Failure::bad(format!("`syncer {name}` is not in this version"));
    }
    Failure::bad(format!("unknown command {name:?}; see `syncer --help`"))
}

/// Help and version are results; everything else is one line about what is wrong.
fn refused(error: &clap::Error, out: &mut dyn Write, err: &mut dyn Write) -> u8 {
    let text = error.to_string();
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        return if out.write_all(text.as_bytes()).is_ok() { 0 } else { 1 };
    }
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        let _ = writeln!(err, "syncer: a command is missing; see `syncer --help`");
        return 2;
    }
    let line = text.lines().next().unwrap_or_default();
    let line = line.strip_prefix("error: ").unwrap_or(line);
    // a list of missing arguments stands on the lines below
    let missing: Vec<&str> =
        text.lines().skip(1).take_while(|line| line.starts_with("  ")).map(str::trim).collect();
    let _ = writeln!(
        err,
        "syncer: {line}{}{}; see `syncer --help`",
        if missing.is_empty() { "" } else { " " },
        missing.join(" ")
    );
    2
}

/// Logs go to stderr. The flag is looked up before the arguments are parsed, as parsing may already log.
fn init_log(args: &[OsString]) {
    let flag = args
        .iter()
        .position(|arg| arg == "--log")
        .and_then(|at| args.get(at + 1)?.to_str().map(str::to_owned));
    let joined = args.iter().find_map(|arg| arg.to_str()?.strip_prefix("--log=").map(str::to_owned));
    let filter = flag.or(joined).or_else(|| std::env::var("RUST_LOG").ok()).unwrap_or_else(|| "warn".into());
    let color =
        std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()) && std::io::stderr().is_terminal();
    // a second run in one process finds a log already set up, and uses that
    let _ = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(filter))
        .with_writer(std::io::stderr)
        .with_ansi(color)
        .try_init();
}
