//! The program `mock-directory`; everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    mock_directory::cli::run(std::env::args_os())
}
