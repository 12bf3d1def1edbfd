//! `mock-tenant`: the fake tenant as a program.

use std::process::ExitCode;

fn main() -> ExitCode {
    mock_tenant::cli::run(std::env::args_os())
}
