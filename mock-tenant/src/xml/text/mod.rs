//! XML 1.0 in UTF-8.

mod read;
mod write;

pub use read::{TextReader, parse};
pub use write::{TextWriter, write};

#[cfg(test)]
mod tests;
