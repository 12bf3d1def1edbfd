//! Microsoft Graph over the tenant's core: paths, permissions, entity types, reads and writes. No sockets: the shell in
//! `http` gives a [`Call`] and puts the [`Reply`] or [`GraphError`] on the wire.

mod batch;
mod body;
mod call;
mod candidates;
mod change;
mod deleted;
mod delta;
mod directory;
mod error;
mod expand;
mod few;
mod get;
mod links;
mod list;
mod membership;
mod metadata;
mod mixed;
mod model;
mod path;
mod permission;
mod place;
mod read;
mod relation;
mod route;
mod source;
mod sync_behavior;
pub mod types;
mod write;

pub use batch::{BATCH_MAX, Part as BatchPart, is_json, parse as parse_batch};
pub use call::{Call, Play, Prefer, Reply, Version, handle, write};
pub use error::{GraphError, RequestIds};
pub use permission::check_roles;
pub use route::Route;
