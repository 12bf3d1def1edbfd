//! One LDAP connection as a state machine without sockets: it owns who is bound, decodes controls, answers what
//! concerns the connection itself (bind, extended operations) and hands the rest to the directory.

pub(crate) mod answer;
mod bind;
mod extended;
mod state;

pub use state::{Reply, Session, Then};
