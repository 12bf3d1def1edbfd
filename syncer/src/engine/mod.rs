//! The engine: no sockets, no files, no clock.
//!
//! One cycle is a state machine: `Engine::new(config: EngineConfig, rules: Arc<RuleSet>, state: State, request:
//! CycleRequest)`, then `handle(input, now) -> Vec<Command>` until [`protocol::Command::Finish`], over a [`state::State`]
//! that the shell loads and keeps durable.

mod backoff;
mod canonical;
pub mod config;
mod dn;
mod import_directory;
mod import_tenant;
pub mod packed;
pub mod protocol;
pub mod report;
pub mod state;
