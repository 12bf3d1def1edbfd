//! Hostile input for whatever a stranger may send to the doubles.
//!
//! A [`target::Target`] takes octets and tells in a few words how it answered. The [`corpus::Corpus`] bends seeds, and keeps what was
//! answered in a way not seen before: a search by behaviour, which needs no instrumented build. A panic anywhere in the
//! process is a finding, also one that a server catches, and so is an input that takes too long. From one seed everything
//! is the same again.

mod ber;
pub mod corpus;
pub mod hook;
pub mod mutate;
pub mod run;
pub mod shrink;
pub mod target;
mod targets;
pub mod tenant;
