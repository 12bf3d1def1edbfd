//! Changes that come through Graph: cloud objects, the recycle bin, and what is left to it on synced objects.

mod create;
mod error;
mod group;
mod links;
mod names;
mod onpremises;
mod patch;
mod recycle;
mod values;

pub use error::MutationError;
pub use patch::GraphChange;
pub use recycle::RestoreOptions;
pub(super) use recycle::leaves_bin;
