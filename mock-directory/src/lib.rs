//! A fake Active Directory over LDAP, in process or as a program.
//!
//! `wire` decodes requests and encodes answers, `session` is one LDAP connection as a state machine without sockets,
//! `directory` is the forest (tree, entries, USNs, links, tombstones, indexes), `schema` is data, `listener` is the
//! only file with sockets.

pub mod directory;
pub mod dn;
pub mod ldif;
pub mod schema;
pub mod wire;
pub mod world;
