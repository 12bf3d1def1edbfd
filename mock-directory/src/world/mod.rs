//! A directory described in YAML or JSON: organisational units, people, groups and whatever else, in few words.

mod build;
mod model;

pub use build::WorldError;
pub use model::{Config, Item, Object, Value, Values, World};
