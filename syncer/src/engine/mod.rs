//! The engine: no sockets, no files, no clock.

pub mod protocol;
