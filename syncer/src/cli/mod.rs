//! The command line.

mod args;
mod completions;
mod entry;
mod eval;
mod failure;
mod hooks;
mod once;
mod report;
mod rules;
mod state;
#[cfg(test)]
mod tests;

pub use entry::{Invocation, main_with, run};
pub use hooks::Hooks;
