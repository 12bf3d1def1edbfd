//! Exchange ActiveSync: `ResolveRecipients`, by which a phone looks the certificates of recipients up.
//! No sockets. Sources: [MS-ASCMD], [MS-ASHTTP].

mod book;
mod command;
mod resolve_recipients;
mod response;

pub use book::{AddressBook, Card};
pub use command::{BadQuery, Query};
pub use resolve_recipients::ResolveRecipients;

#[cfg(test)]
mod tests;
