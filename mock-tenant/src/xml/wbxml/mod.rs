//! WBXML as ActiveSync uses it ([MS-ASWBXML]): names are octets in code pages, a code page is a namespace.
//!
//! Only the pages of the commands that are served are known; another page is refused by its number.

mod pages;
mod read;
mod write;

pub use read::{WbxmlReader, decode};
pub use write::encode;

#[cfg(test)]
mod tests;
