//! A fake Active Directory over LDAP, in process or as a program.
//!
//! `wire` decodes requests and encodes answers, `session` is one LDAP connection as a state machine without sockets,
//! `directory` is the forest (tree, entries, USNs, links, tombstones, indexes), `schema` is data, `listener` is the
//! only file with sockets. `server` puts them together; [`MockDirectory`] is where to begin.

pub mod cli;
mod control;
pub mod directory;
pub mod dn;
pub mod ldif;
mod listener;
pub mod schema;
mod server;
pub mod session;
pub mod wire;
pub mod world;

pub use server::{Builder, DirectorySnapshot, MockDirectory, StartError};
