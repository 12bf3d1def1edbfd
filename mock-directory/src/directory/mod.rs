//! The directory: a forest in memory that answers LDAP operations. No I/O, no clock.

mod account;
mod add;
mod api;
mod auth;
mod bootstrap;
mod compare;
mod constructed;
mod cookie;

mod create;
mod delete;
mod dirsync;
mod entry;
mod error;
mod filter;
mod forest;
mod handle;
mod ids;
mod index;
mod links;
mod load;
mod modify;
mod paging;
mod password;
mod plan;
mod policies;
mod read;
mod rename;
mod rootdse;
mod search;
mod security;
pub(crate) mod seed;
mod select;
mod sort;
mod time;
mod validate;

pub use api::{BindRefusal, Caller, ConnectionState, EntryView};
pub use bootstrap::Settings;
pub(crate) use handle::Making;
pub use handle::{Directory, Snapshot};
pub use load::LoadError;
pub use policies::{Policies, PolicyError};
