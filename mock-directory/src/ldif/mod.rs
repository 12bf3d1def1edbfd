//! LDIF (RFC 2849): records in, records out. Nothing in here knows what a directory does with them.

mod error;
mod lines;
mod read;
mod write;

pub use error::LdifError;
pub use read::{Record, RecordKind, Records, read};
pub use write::{write_entry, write_header};

#[cfg(test)]
mod tests;
