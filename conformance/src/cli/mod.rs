//! The command line.

mod args;
mod explain;
mod list;
mod start;

pub use start::main_with;
