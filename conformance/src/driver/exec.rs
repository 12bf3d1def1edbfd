//! One run of a subject's process, contained: bounded output, bounded time, its whole process group ended afterwards.

use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;

use super::Environment;
use crate::subject;

/// Most octets that are kept of each of stdout and stderr; the rest is read and thrown away.
const OUTPUT_LIMIT: usize = 1 << 20;

/// How long the pipes may stay open after the process group was ended.
const DRAIN: Duration = Duration::from_millis(500);

/// Why a subject could not be run at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExecError {
    /// The process could not be started.
    #[error("the subject did not start: {command}: {problem}")]
    Start {
        /// The command.
        command: String,
        /// Why.
        problem: String,
    },
    /// The process could not be waited for.
    #[error("waiting for the subject: {0}")]
    Wait(String),
}

/// How a run came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// By itself, with this exit code.
    Exit(i32),
    /// The suite killed it, as the case says.
    Killed,
    /// By a signal that the suite did not send.
    Signal,
    /// It ran for too long and was killed.
    TimedOut,
}

/// A run that is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finished {
    /// How it ended.
    pub ended: Ended,
    /// stdout, at most a megabyte.
    pub stdout: Vec<u8>,
    /// stderr, at most a megabyte.
    pub stderr: Vec<u8>,
    /// More was printed than kept.
    pub cut_off: bool,
}

/// Runs the subject once. `kill` completes when the case wants it dead.
///
/// # Errors
/// The process could not be started or waited for.
#[expect(
    clippy::disallowed_methods,
    reason = "a subject that hangs is ended by the wall clock; nothing else can tell"
)]
pub async fn run_once(
    command: &subject::Command,
    environment: &Environment,
    timeout: Duration,
    kill: impl Future<Output = ()>,
) -> Result<Finished, ExecError> {
    let mut child = spawn(command, environment)?;
    let group = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
    let stdout = keep(child.stdout.take());
    let stderr = keep(child.stderr.take());
    let ended = tokio::select! {
        status = child.wait() => match status.map_err(|e| ExecError::Wait(e.to_string()))?.code() {
            Some(code) => Ended::Exit(code),
            None => Ended::Signal,
        },
        () = kill => Ended::Killed,
        () = tokio::time::sleep(timeout) => Ended::TimedOut,
    };
    if let Some(group) = group {
        // Also after a regular end: whatever it started goes with it. No such group is the usual and good case.
        let _ = kill_process_group(group, Signal::KILL);
    }
    if matches!(ended, Ended::Killed | Ended::TimedOut) {
        child.wait().await.map_err(|e| ExecError::Wait(e.to_string()))?;
    }
    let (stdout, out_cut) = kept(stdout).await;
    let (stderr, err_cut) = kept(stderr).await;
    match (command, ended) {
        // What a shell says when there is no such program, or it can't be run.
        (subject::Command::Shell(line), Ended::Exit(126 | 127)) => {
            let problem = String::from_utf8_lossy(&stderr).trim().to_owned();
            Err(ExecError::Start { command: line.clone(), problem })
        }
        _ => Ok(Finished { ended, stdout, stderr, cut_off: out_cut || err_cut }),
    }
}

fn spawn(command: &subject::Command, environment: &Environment) -> Result<Child, ExecError> {
    let mut process = match command {
        subject::Command::Program(argv) => {
            let mut process = Command::new(argv.first().map_or("", String::as_str));
            process.args(argv.iter().skip(1));
            process
        }
        subject::Command::Shell(line) => {
            let mut process = Command::new("/bin/sh");
            process.arg("-c").arg(line);
            process
        }
    };
    environment.apply(&mut process);
    process.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    process.process_group(0).kill_on_drop(true);
    process.spawn().map_err(|e| ExecError::Start { command: command.to_string(), problem: e.to_string() })
}

type Kept = JoinHandle<(Vec<u8>, bool)>;

/// Reads a pipe to its end and keeps the beginning.
fn keep(pipe: Option<impl AsyncRead + Unpin + Send + 'static>) -> Option<Kept> {
    let mut pipe = pipe?;
    Some(tokio::spawn(async move {
        let mut kept = Vec::new();
        let mut cut = false;
        let mut buffer = vec![0; 16 * 1024];
        while let Ok(n @ 1..) = pipe.read(&mut buffer).await {
            let room = OUTPUT_LIMIT - kept.len();
            kept.extend_from_slice(&buffer[..n.min(room)]);
            cut |= n > room;
        }
        (kept, cut)
    }))
}

/// What was read; a pipe that somebody still holds open is given up.
async fn kept(task: Option<Kept>) -> (Vec<u8>, bool) {
    let Some(task) = task else { return (Vec::new(), false) };
    match tokio::time::timeout(DRAIN, task).await {
        Ok(Ok(kept)) => kept,
        _ => (Vec::new(), true),
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use super::*;

    async fn run(line: &str, timeout_ms: u64) -> Result<Finished, ExecError> {
        let command = subject::Command::Shell(line.to_owned());
        run_once(&command, &Environment::default(), Duration::from_millis(timeout_ms), pending()).await
    }

    #[tokio::test]
    async fn exit_code_and_output_are_kept() {
        let run = run("echo out; echo err >&2; exit 10", 5_000).await.unwrap();
        assert_eq!(
            (run.ended, run.stdout, run.stderr),
            (Ended::Exit(10), b"out\n".to_vec(), b"err\n".to_vec())
        );
    }

    #[tokio::test]
    async fn a_program_that_is_not_there_did_not_start() {
        assert!(matches!(run("/no/such/program", 5_000).await, Err(ExecError::Start { .. })));
        let command = subject::Command::Program(vec!["/no/such/program".into()]);
        let error = run_once(&command, &Environment::default(), DRAIN, pending()).await;
        assert!(matches!(error, Err(ExecError::Start { .. })));
    }

    /// Whether a process still runs; one that is dead but not yet waited for does not.
    fn runs(pid: &str) -> bool {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with(['Z', 'X']))
    }

    /// Waits until it runs no more: the kernel ends a process after the signal was sent, when its turn comes.
    async fn ends(pid: &str) {
        while runs(pid) {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn who_hangs_is_ended_with_all_children() {
        let run = run("(while :; do :; done) & echo $$ $!; while :; do :; done", 300).await.unwrap();
        assert_eq!(run.ended, Ended::TimedOut);
        let printed = String::from_utf8(run.stdout).unwrap();
        let pids: Vec<&str> = printed.split_whitespace().collect();
        assert_eq!(pids.len(), 2, "{printed}");
        assert!(runs(&std::process::id().to_string()), "we do");
        for pid in pids {
            let ended = tokio::time::timeout(Duration::from_secs(20), ends(pid)).await;
            assert!(ended.is_ok(), "{pid} of the group still runs");
        }
    }

    #[tokio::test]
    async fn a_flood_of_output_is_bounded() {
        let run = run("yes | head -c 3000000", 20_000).await.unwrap();
        assert_eq!((run.ended, run.stdout.len(), run.cut_off), (Ended::Exit(0), OUTPUT_LIMIT, true));
    }

    #[tokio::test]
    async fn the_case_can_kill() {
        let command = subject::Command::Shell("while :; do :; done".into());
        let run =
            run_once(&command, &Environment::default(), Duration::from_secs(20), async {}).await.unwrap();
        assert_eq!(run.ended, Ended::Killed);
    }
}
