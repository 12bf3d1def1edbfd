//! .NET Binary Format: XML Data Structure ([MC-NBFX]) with the static dictionary of the SOAP data structure ([MC-NBFS]):
//! what WCF calls `application/soap+msbin1`.
//!
//! [`Record`]s are octets and back without loss; [`NbfxReader`] makes events of them, and [`NbfxWriter`] chooses the records
//! that .NET's own writer chooses.

mod content;
mod cursor;
mod dictionary;
mod lexical;
mod read;
mod record;
mod write;

pub use content::Content;
pub use read::{NbfxReader, decode, records};
pub use record::{Name, Record};
pub use write::{NbfxWriter, encode};

#[cfg(test)]
mod tests;
