//! One pipeline without transport: a [`Request`] goes in, a [`Response`] comes out, both are values.
//!
//! ```text
//! http::transport ─▶ face ─▶ authenticate ─▶ (body) ─▶ route ─▶ permission ─▶ budget ─▶ faults ─▶ core ─▶ render ─▶ journal
//! ```
//!
//! A [`Face`] is a row of data: its paths, what it reads, how it authenticates, how it answers. The transport asks it who
//! the caller is before it reads a body, and writes what it answers; so a part of a batch, a second transport or a test
//! runs the same stages by [`Face::serve`] without a socket. What each stage needs of an operation is in [`crate::ops`].

mod caller;
mod face;
mod headers;
mod operation;
mod request;
mod response;
mod told;

pub(crate) use caller::Caller;
pub(crate) use face::Face;
pub(crate) use headers::{put, text};
pub(crate) use operation::Operation;
pub(crate) use request::{Payload, Request, without_port};
pub(crate) use response::{Response, effects_of, empty, html, json, with_effects};
pub(crate) use told::told;
