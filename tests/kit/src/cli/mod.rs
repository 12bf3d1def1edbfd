//! The manners that every program of the contract shares: ready line, exit 2 with one line, signals, logging.

mod args;
mod logging;
mod ready;
mod signals;

pub use args::{ClockArg, EXIT_USAGE, Listen, fail, listen_addr, parse_or_exit, read_secret};
pub use logging::init_logging;
pub use ready::announce;
pub use signals::stop_signal;

/// Version of the public interface: `1` in `NAME X.Y.Z (contract 1)`.
pub const CONTRACT: u32 = 1;

/// The `--version` text of the crate that calls it, for clap's `version = …`: `X.Y.Z (contract 1)`; clap puts the
/// program's name in front.
#[macro_export]
macro_rules! version {
    () => {
        concat!(env!("CARGO_PKG_VERSION"), " (contract 1)")
    };
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_version_text_names_the_contract() {
        assert!(crate::version!().ends_with(&format!(" (contract {})", super::CONTRACT)));
    }
}
