//! The `syncer` program.

use std::process::ExitCode;

use syncer::cli::{Hooks, main_with};

fn main() -> ExitCode {
    main_with(std::env::args_os(), &Hooks::default())
}
