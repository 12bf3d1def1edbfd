//! Tests of the double from outside: over the wire, with real clients, against recorded answers.

#![expect(clippy::unwrap_used, reason = "what these helpers unwrap is what the tests assert")]

mod clients;
mod connections;
mod names;
mod program;
mod support;
mod traces;
mod wire;
