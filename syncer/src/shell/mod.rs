//! The shell around the engine: carries out its commands, one after the other, and tells it what happened.

mod observe;
mod runner;
mod stop;
#[cfg(test)]
mod tests;

pub use observe::{Bars, Log, Observer};
pub use runner::{Machine, Shell, ShellError};
pub use stop::Stop;
