//! The engine: no sockets, no files, no clock.
//!
//! One cycle is a state machine, [`Engine`]: [`Engine::handle`] takes [`protocol::Input`]s and gives back
//! [`protocol::Command`]s until [`protocol::Command::Finish`], over a [`state::State`] that the shell loads and keeps
//! durable.

mod backoff;
mod canonical;
mod classify;
pub mod config;
mod cycle;
mod dn;
mod evaluate;
mod export;
mod guard;
mod import_directory;
mod import_tenant;
mod oddities;
pub mod packed;
mod plan;
pub mod protocol;
pub mod report;
mod settle;
pub mod state;
mod synchronize;
mod value_kind;

pub use cycle::Engine;
