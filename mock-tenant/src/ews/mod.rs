//! Exchange Web Services: `ResolveNames`, by which a mail client looks a recipient's certificates up. No sockets.

mod address_book;
mod fault;
mod query;
mod resolve_names;

pub use address_book::{Recipient, find};
pub use resolve_names::handle;

#[cfg(test)]
mod tests;
