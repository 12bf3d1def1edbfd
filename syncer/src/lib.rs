//! The sync engine: Active Directory to tenant, by declarative rules, crash-safe.
//!
//! `connect` talks to the two sides, `engine` decides (no I/O: input in, commands out), `rules` is the rule language and
//! the rule sets as data, `store` keeps the state, `cli` is what a person sees.

pub mod cli;
pub mod clock;
pub mod config;
pub mod connect;
pub mod engine;
pub mod model;
pub mod rules;
pub mod shell;
pub mod store;
