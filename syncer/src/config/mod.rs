//! Configuration in layers: defaults < TOML file < environment. Every value knows where it came from, so that an error
//! can name the place.

mod context;
mod error;
mod file;
mod layers;

pub use context::{CycleContext, RequestedCycle};
pub use error::ConfigError;
pub(crate) use layers::load_rules;
pub use layers::{Environment, Layers};
