//! Tests of the double from outside: over the wire, with real clients, against recorded answers.

mod clients;
mod connections;
mod program;
mod support;
mod traces;
mod wire;
