//! The program: `fuzz [--seconds N] [--seed N] [TARGET…]`, `fuzz --replay FILE TARGET`.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use clap::Parser;
use fuzz::run::{Current, Figures, Finding, Until, judge, run};
use fuzz::target::{Row, TARGETS, find};

/// One input that takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(20);

/// Hostile input for the decoders and the faces of the doubles.
#[derive(Parser)]
struct Arguments {
    /// Targets; all if none is named.
    targets: Vec<String>,
    /// Seconds for each target.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Where the inputs come from; the same again from the same seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Where findings are written to.
    #[arg(long, default_value = "target/fuzz")]
    out: PathBuf,
    /// Takes the input in this file instead.
    #[arg(long)]
    replay: Option<PathBuf>,
}

fn main() -> ExitCode {
    match chosen(&Arguments::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(problem) => {
            let _ = writeln!(io::stderr(), "fuzz: {problem}");
            ExitCode::from(2)
        }
    }
}

fn chosen(arguments: &Arguments) -> Result<bool, String> {
    let rows = rows(&arguments.targets)?;
    match &arguments.replay {
        Some(file) => replay(&rows, file),
        None => Ok(all(&rows, arguments)),
    }
}

fn rows(names: &[String]) -> Result<Vec<&'static Row>, String> {
    if names.is_empty() {
        return Ok(TARGETS.iter().collect());
    }
    let known = || TARGETS.iter().map(|row| row.name).collect::<Vec<_>>().join(", ");
    let row = |name: &String| find(name).ok_or_else(|| format!("no target {name:?}; there are {}", known()));
    names.iter().map(row).collect()
}

fn say(line: &str) {
    let _ = writeln!(io::stdout(), "{line}");
}

fn replay(rows: &[&'static Row], file: &PathBuf) -> Result<bool, String> {
    let [row] = rows else { return Err("--replay takes one target".to_owned()) };
    let input = std::fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?;
    fuzz::hook::listen();
    let answer = judge(&mut *(row.make)(), &input);
    say(answer.as_ref().unwrap_or_else(|what| what));
    Ok(answer.is_ok())
}

fn all(rows: &[&'static Row], arguments: &Arguments) -> bool {
    let limit = Duration::from_secs(arguments.seconds);
    let (mut passed, mut failed) = (0, 0);
    for row in rows {
        let figures = watched(row, arguments.seed, limit);
        let rate = figures.inputs / arguments.seconds.max(1);
        say(&format!(
            "{:20} {:>9} inputs {rate:>7}/s {:>5} kinds of answers",
            row.name, figures.inputs, figures.kinds
        ));
        match figures.finding {
            None => passed += 1,
            Some(finding) => {
                failed += 1;
                report(row, &finding, arguments);
            }
        }
    }
    say(&format!("fuzz targets, seed {}: {passed} passed, {failed} failed", arguments.seed));
    failed == 0
}

fn report(row: &Row, finding: &Finding, arguments: &Arguments) {
    let file = arguments.out.join(format!("{}-{}.bin", row.name, arguments.seed));
    let kept = std::fs::create_dir_all(&arguments.out).and_then(|()| std::fs::write(&file, &finding.input));
    say(&format!("  {}\n  input     {}", finding.what, finding.input.escape_ascii()));
    match kept {
        Ok(()) => say(&format!(
            "  reproduce cargo run --release -p fuzz -- --replay {} {}",
            file.display(),
            row.name
        )),
        Err(error) => say(&format!("  {}: {error}", file.display())),
    }
}

#[expect(clippy::disallowed_methods, reason = "a shell: it measures how long inputs really take")]
fn started() -> Instant {
    Instant::now()
}

/// Runs the target in a thread of its own and looks whether it gets on.
fn watched(row: &'static Row, seed: u64, limit: Duration) -> Figures {
    let current = Current::default();
    let (tell, told) = channel();
    let (start, seen) = (started(), current.clone());
    let until = move || Until::Time(limit, Box::new(move || start.elapsed()));
    std::thread::spawn(move || drop(tell.send(run(row, seed, &until(), &seen))));
    let mut before = 0;
    loop {
        match told.recv_timeout(PATIENCE) {
            Ok(figures) => return figures,
            Err(RecvTimeoutError::Disconnected) => {
                return stopped(&current, "the target could not be set up");
            }
            Err(RecvTimeoutError::Timeout) if current.get().0 == before => {
                return stopped(&current, "it takes too long");
            }
            Err(RecvTimeoutError::Timeout) => before = current.get().0,
        }
    }
}

fn stopped(current: &Current, what: &str) -> Figures {
    let (inputs, input) = current.get();
    let panics = fuzz::hook::taken().join("; ");
    Figures { inputs, kinds: 0, finding: Some(Finding { input, what: format!("{what} {panics}") }) }
}
