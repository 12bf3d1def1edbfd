//! LDIF (RFC 2849): reading content and change records, writing content.

mod read;
mod write;

pub use read::{Content, LdifError, Reader, Record, RecordKind};
pub use write::Writer;
