//! Where the objects are: versions in time, look-up tables, the log of changes. Everything here is a persistent map, so
//! that a copy of the whole store costs a few pointers: that is what snapshots, readers and restores are.

mod index;
mod log;
mod memberships;
mod merged;
mod pool;
mod slot;
#[expect(clippy::module_inception, reason = "the type gives the folder its name")]
mod store;

pub use index::Probe;
pub use slot::{Change, Tombstone, View};
pub use store::Seq;
pub(super) use store::Store;
