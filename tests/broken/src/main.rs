//! The program `broken`: the bundled engine with one flaw.

fn main() -> std::process::ExitCode {
    broken::run(std::env::args_os())
}
