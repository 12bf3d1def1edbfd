//! The double as one thing: the directory with its clock, journal and faults, the builder that starts it and the handle
//! that owns it.

mod builder;
mod call;
mod fault;
mod handle;
mod log;
mod service;
pub(crate) mod state;

pub use builder::{Builder, StartError};
pub use handle::{DirectorySnapshot, MockDirectory};
pub(crate) use service::{Service, Turn, disconnect};
