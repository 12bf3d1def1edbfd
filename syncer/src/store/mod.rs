//! Where the state is kept between cycles.

mod lock;
mod memory;
mod rows;
mod sqlite;
#[cfg(test)]
mod suite;
mod traits;

pub use memory::MemoryStore;
pub use sqlite::SqliteStore;
pub use traits::{Store, StoreError};
