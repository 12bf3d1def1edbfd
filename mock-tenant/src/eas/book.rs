//! What a look-up needs of the address book.

use bytes::Bytes;

/// Somebody whom a name may mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// displayName.
    pub display_name: String,
    /// Primary SMTP address.
    pub address: String,
    /// How many recipients it stands for: 1, or the members of a distribution list.
    pub recipients: usize,
}

/// The address book as of a moment.
pub trait AddressBook {
    /// Whom a name or an address may mean.
    fn find(&self, name: &str) -> Vec<Card>;

    /// The certificates that a client may encrypt to at this moment, DER.
    fn certificates(&self, card: &Card) -> Vec<Bytes>;
}
