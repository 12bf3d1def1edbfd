//! The LDAP wire: requests in, answers out. Nothing in here knows what a directory is.

pub mod message;
