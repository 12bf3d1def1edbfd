//! Who a token speaks for.

/// The bearer of a token, as permissions are judged by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Principal<'a> {
    /// An application in its own name, with its application roles.
    App {
        /// `roles`.
        roles: &'a [String],
    },
    /// An application in a person's name.
    Person {
        /// `scp`, separated by spaces.
        scopes: &'a str,
        /// The person holds an administrative role.
        administrator: bool,
    },
}
