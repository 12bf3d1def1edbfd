//! Microsoft Graph over the tenant's core: paths, permissions, entity types, reads and writes. No sockets: the shell in
//! `http` gives a [`Call`] and puts the [`Reply`] or [`GraphError`] on the wire.

mod call;
mod candidates;
mod deleted;
mod directory;
mod error;
mod get;
mod list;
mod metadata;
mod model;
mod path;
mod permission;
mod place;
mod read;
mod route;
pub mod types;
mod write;

pub use call::{Call, Play, Reply, Version, handle, write};
pub use error::{GraphError, RequestIds};
pub use permission::check_roles;
pub use route::Route;
