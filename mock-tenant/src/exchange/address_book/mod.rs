//! The address book: whom a name means, and which certificate a sender's client would use.

mod choice;
mod entry;
mod resolve;

pub use choice::{Client, Look, look, valid_certificates};
pub use entry::{Attribute, Entry};
pub use resolve::{CANDIDATES_MAX, find};

#[cfg(test)]
mod tests;
