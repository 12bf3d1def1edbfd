//! The one bridge to the bundled syncer: this program re-executes itself with a hidden subcommand, and from there on the
//! syncer is an ordinary subject in a process of its own. No other file of this crate may name the `syncer` crate.

use std::ffi::OsString;
use std::process::ExitCode;

use syncer::cli::{Hooks, main_with};

/// The hidden subcommand.
pub const SUBCOMMAND: &str = "__syncer";

/// Runs one cycle of the syncer if the arguments (program name first) say so.
#[must_use]
pub fn intercept(args: &[OsString]) -> Option<ExitCode> {
    let asked = args.get(1).is_some_and(|a| a == SUBCOMMAND);
    asked.then(|| main_with(["syncer", "once"].map(OsString::from), &Hooks::default()))
}
