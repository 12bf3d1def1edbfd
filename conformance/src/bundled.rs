//! The one bridge to the bundled syncer: this program re-executes itself with a hidden subcommand, and from there on the
//! syncer is an ordinary subject in a process of its own. No other file of this crate may name the `syncer` crate.

/// The hidden subcommand.
pub const SUBCOMMAND: &str = "__syncer";
