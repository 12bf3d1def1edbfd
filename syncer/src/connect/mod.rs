//! The two shells that talk to the outside: the directory (LDAP) and the tenant (a carrier).

pub mod directory;
mod secret;
pub mod tenant;
mod trust;

pub use secret::{Secret, SecretError};
pub use trust::{TrustError, read_ca_file};
