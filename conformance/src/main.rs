//! The `conformance` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    conformance::cli::main_with(std::env::args_os())
}
