//! What the end-to-end tests share: where things are, and the real input as rows.

pub mod chain;
pub mod corp_ad;
pub mod workspace;

/// The README's example compiles and runs.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
