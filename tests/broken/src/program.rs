//! The broken engine as a program: `broken --flaw NAME once …`.

use std::{collections::BTreeMap, ffi::OsString, io::Write, process::ExitCode};

use syncer::{
    cli::{Hooks, Invocation, main_with, run as run_engine},
    shell::Stop,
};

use crate::{
    directory::WrongDirectory,
    flaw::{FLAWS, Flaw, Kind, Shell, find},
    tenant::WrongTenant,
};

/// Runs the engine with the flaw that the first two arguments name; the rest are the engine's own.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let (Some("--flaw"), Some(name)) = (text(&arguments, 1), text(&arguments, 2)) else { return usage() };
    let Some(flaw) = find(name) else { return usage() };
    let rest = arguments.iter().take(1).chain(arguments.iter().skip(3)).cloned();
    match flaw.kind {
        Kind::Shell(shell) => run_in(shell, rest.collect()),
        _ => main_with(rest, &hooks(flaw)),
    }
}

fn text(arguments: &[OsString], at: usize) -> Option<&str> {
    arguments.get(at).and_then(|argument| argument.to_str())
}

fn usage() -> ExitCode {
    let mut err = anstream::stderr();
    let _ = writeln!(err, "usage: broken --flaw NAME once …\n\nflaws:");
    for flaw in FLAWS {
        let _ = writeln!(err, "  {:24} {} ({})", flaw.name, flaw.summary, flaw.caught_by.join(", "));
    }
    ExitCode::from(2)
}

fn hooks(flaw: &'static Flaw) -> Hooks {
    let mut hooks = Hooks::default();
    match &flaw.kind {
        Kind::Directory(wrong) => {
            hooks.directory = Box::new(move |inner| Box::new(WrongDirectory::new(inner, *wrong)));
        }
        Kind::Tenant(wrong) => {
            hooks.tenant = Box::new(move |inner| Box::new(WrongTenant::new(inner, *wrong)));
        }
        Kind::Config(change) => {
            hooks.engine = Box::new(move |mut config| {
                change(&mut config);
                config
            });
        }
        Kind::Rules(change) => {
            hooks.rules = Box::new(move |mut rules| {
                change(&mut rules);
                rules
            });
        }
        Kind::Shell(_) => {}
    }
    hooks
}

fn run_in(shell: Shell, mut arguments: Vec<OsString>) -> ExitCode {
    let mut environment: BTreeMap<String, String> = std::env::vars().collect();
    match shell {
        Shell::AlwaysExitsZero => {}
        Shell::DryRunWrites => {
            arguments.retain(|argument| argument != "--dry-run");
            if let Some(context) = environment.get_mut("SYNC_CONTEXT") {
                *context = context.replace("\"dry_run\":true", "\"dry_run\":false");
            }
        }
        Shell::ForgetsItsState => {
            if let Some(folder) = environment.get("SYNC_STATE_DIR") {
                let _ = std::fs::remove_dir_all(folder);
            }
        }
        Shell::PrintsTheSecret => {
            let secret = environment
                .get("SYNC_CLIENT_SECRET_FILE")
                .and_then(|file| std::fs::read_to_string(file).ok());
            let _ = writeln!(anstream::stdout(), "signing in with {}", secret.unwrap_or_default());
        }
    }
    let code = whole_engine(arguments, environment);
    if shell == Shell::AlwaysExitsZero { ExitCode::SUCCESS } else { code }
}

fn whole_engine(args: Vec<OsString>, environment: BTreeMap<String, String>) -> ExitCode {
    let Ok(runtime) = tokio::runtime::Runtime::new() else { return ExitCode::FAILURE };
    let (mut out, mut err) = (std::io::stdout(), std::io::stderr());
    let invocation = Invocation {
        args,
        environment: environment.into_iter().collect(),
        out: &mut out,
        err: &mut err,
        bars: false,
        stop: Stop::default(),
    };
    ExitCode::from(runtime.block_on(run_engine(invocation, &Hooks::default())))
}
