//! From the command line to a run and its exit code.

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use super::args::{BaselineArgs, Cli, Command, Format, ListArgs, SyncerArgs, What};
use super::{explain, list};
use crate::baseline::Baseline;
use crate::case::{LoadedCase, load_all};
use crate::report::model::{Level, RunReport, Sink};
use crate::report::{Github, Human, JsonOut, files};
use crate::run::{Filters, Run, RunError, select};
use crate::subject::{COMPAT_PROFILE, Subject};
use crate::{bundled, exit, gate, requirement, subject};

/// Where reports go unless told otherwise.
const OUT: &str = "target/conformance";

/// Where `baseline --write` writes unless told otherwise.
const BASELINE: &str = "subject.xfail.toml";

/// Why there is no run: the exit code, and one line that says it.
#[derive(Debug)]
struct Stop {
    code: u8,
    message: String,
}

impl Stop {
    fn bad(message: impl std::fmt::Display) -> Self {
        Self { code: exit::BAD_INPUT, message: message.to_string() }
    }

    fn internal(message: impl std::fmt::Display) -> Self {
        Self { code: exit::INTERNAL, message: message.to_string() }
    }
}

/// The program.
pub fn main_with(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args: Vec<OsString> = args.into_iter().collect();
    if let Some(code) = bundled::intercept(&args) {
        return code;
    }
    let cli: Cli = match kit::cli::parse_or_exit(args) {
        Ok(cli) => cli,
        Err(code) => return code,
    };
    if let Err(problem) = kit::cli::init_logging(cli.log.as_deref()) {
        return kit::cli::fail(problem);
    }
    match carry_out(cli.command.unwrap_or(Command::Run(What::Syncer(Box::default())))) {
        Ok(code) => ExitCode::from(code),
        Err(stop) => {
            // Nothing is left to tell it to if stderr is gone.
            let _ = writeln!(io::stderr(), "conformance: {}", stop.message);
            ExitCode::from(stop.code)
        }
    }
}

fn carry_out(command: Command) -> Result<u8, Stop> {
    match command {
        Command::Run(What::Syncer(args)) => run(&args).map(|report| report.exit_code),
        Command::Run(What::Directory(_)) => Err(later("run directory")),
        Command::Run(What::Tenant(_)) => Err(later("run tenant")),
        Command::Demo => Err(later("demo")),
        Command::List(args) => listing(&args),
        Command::Explain { id, cases } => explaining(&id, cases.as_deref()),
        Command::Baseline(args) => write_baseline(&args),
    }
}

fn later(what: &str) -> Stop {
    Stop::bad(format!("`{what}` is not in this version; `run syncer` is"))
}

/// Cases from a folder or the built-in ones; everything that is wrong with them is told with file, line and rule.
fn cases(folder: Option<&Path>) -> Result<Vec<LoadedCase>, Stop> {
    load_all(folder).map_err(|errors| {
        let told: Vec<String> = errors.into_iter().map(|e| format!("{:?}", miette::Report::new(e))).collect();
        Stop::bad(told.join("\n"))
    })
}

fn run(args: &SyncerArgs) -> Result<RunReport, Stop> {
    let out = args.out.clone().unwrap_or_else(|| PathBuf::from(OUT));
    let baseline =
        args.baseline.as_deref().map(Baseline::load).transpose().map_err(Stop::bad)?.unwrap_or_default();
    let plan = plan(args, baseline, out.clone())?;
    if plan.selected.cases.is_empty() {
        let message = format!("nothing selected by {}", plan.selected.filters.join(" "));
        return Err(Stop { code: exit::NOTHING_SELECTED, message });
    }
    let mut sinks = files(&out);
    sinks.push(stdout_sink(args.format.unwrap_or(Format::Human), &out));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Stop::internal)?;
    let report = runtime.block_on(plan.run(&mut sinks));
    runtime.shutdown_timeout(Duration::from_millis(200));
    report.map_err(|RunError::Sink(e)| Stop {
        code: exit::HARNESS_ERROR,
        message: format!("writing the report: {e}"),
    })
}

fn stdout_sink(format: Format, out: &Path) -> Box<dyn Sink> {
    match format {
        Format::Human => Box::new(Human::new(anstream::stdout(), out.display().to_string())),
        Format::Json => Box::new(JsonOut::new(io::stdout())),
        Format::Github => Box::new(Github::new(io::stdout())),
    }
}

fn plan(args: &SyncerArgs, baseline: Baseline, out: PathBuf) -> Result<Run, Stop> {
    let all = cases(args.cases.as_deref())?;
    let requirements = requirement::load().map_err(Stop::bad)?;
    let problems = gate::problems(&all, &requirements);
    // A folder of somebody's own cases need not cover every requirement, but may not name unknown ones.
    if let Some(problem) = problems.iter().find(|p| args.cases.is_none() || p.contains("does not exist")) {
        return Err(Stop::bad(problem));
    }
    let level = args.level.map_or(Level::Must, Level::from);
    let filters =
        Filters { profiles: args.profile.clone(), cases: args.case.clone(), level, shard: args.shard };
    let seed = args.seed.unwrap_or(1);
    let mut subject = subject(args)?;
    if args.profile.iter().any(|p| p == COMPAT_PROFILE) {
        subject.capabilities = subject.capabilities.compat();
    }
    let claim = subject.claim.iter().chain(&args.claim).cloned().collect();
    Ok(Run {
        subject,
        requirements,
        selected: select(&all, &filters, seed),
        known: all.iter().map(|c| c.case.id.clone()).collect(),
        level,
        claim,
        baseline,
        seed,
        jobs: args.jobs.map_or_else(processors, usize::from),
        out,
        rerun: rerun(args, seed),
    })
}

fn processors() -> usize {
    std::thread::available_parallelism().map_or(2, usize::from)
}

fn subject(args: &SyncerArgs) -> Result<Subject, Stop> {
    let command = args.cmd.clone().map(subject::Command::Shell);
    let mut subject = match (&args.subject, &args.cmd) {
        (Some(file), _) => Subject::load(file, command).map_err(Stop::bad)?,
        (None, Some(line)) => Subject::undeclared(line),
        (None, None) => {
            Subject::bundled(&std::env::current_exe().map_err(Stop::internal)?).map_err(Stop::internal)?
        }
    };
    if let Some(seconds) = args.timeout {
        subject.timeout = Duration::from_secs(seconds);
    }
    Ok(subject)
}

/// The command line that runs one case again.
fn rerun(args: &SyncerArgs, seed: u64) -> String {
    let mut line = format!("conformance run syncer --case CASE --seed {seed}");
    let mut flag = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            line.push_str(&format!(" --{name} '{}'", value.replace('\'', "'\\''")));
        }
    };
    flag("subject", args.subject.as_ref().map(|p| p.display().to_string()));
    flag("cmd", args.cmd.clone());
    flag("cases", args.cases.as_ref().map(|p| p.display().to_string()));
    line
}

fn listing(args: &ListArgs) -> Result<u8, Stop> {
    let all = cases(args.cases.as_deref())?;
    let filters = Filters { profiles: args.profile.clone(), cases: args.case.clone(), ..Filters::default() };
    let mut chosen = select(&all, &filters, 1).cases;
    chosen.sort_by(|a, b| a.case.id.cmp(&b.case.id));
    let mut out = io::stdout().lock();
    let written = if args.format == Format::Json {
        let requirements = requirement::load().map_err(Stop::bad)?;
        writeln!(out, "{:#}", list::json(&chosen, &requirements))
    } else {
        list::human(&mut out, &chosen)
    };
    written.map_err(Stop::internal)?;
    Ok(if chosen.is_empty() { exit::NOTHING_SELECTED } else { exit::OK })
}

fn explaining(id: &str, folder: Option<&Path>) -> Result<u8, Stop> {
    let all = cases(folder)?;
    let requirements = requirement::load().map_err(Stop::bad)?;
    let found =
        explain::explain(&mut io::stdout().lock(), id, &all, &requirements).map_err(Stop::internal)?;
    if found {
        return Ok(exit::OK);
    }
    Err(Stop {
        code: exit::NOTHING_SELECTED,
        message: format!("no case, check or requirement `{id}`; see `conformance list`"),
    })
}

fn write_baseline(args: &BaselineArgs) -> Result<u8, Stop> {
    debug_assert!(args.write, "the flag is required");
    let path = args.run.baseline.clone().unwrap_or_else(|| PathBuf::from(BASELINE));
    let known = if path.exists() { Baseline::load(&path).map_err(Stop::bad)? } else { Baseline::default() };
    let report = run(&SyncerArgs { baseline: None, ..args.run.clone() })?;
    if matches!(report.exit_code, exit::NO_SUBJECT | exit::HARNESS_ERROR) {
        return Ok(report.exit_code);
    }
    std::fs::write(&path, Baseline::of(&report, &known))
        .map_err(|e| Stop::bad(format!("{}: can't be written: {e}", path.display())))?;
    Ok(exit::OK)
}
