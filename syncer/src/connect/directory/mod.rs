//! The directory side: Active Directory over LDAP.

mod ber;
mod dirsync;
mod dn;
mod entry;
mod errors;
mod ldap;
mod session;
mod source;

pub use ldap::LdapDirectory;
pub use session::LdapConfig;
pub use source::{DirectoryBatch, DirectorySource};
