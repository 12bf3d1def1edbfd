//! The double over real sockets: HTTPS with the run CA trusted, as a client meets it.

#![expect(clippy::unwrap_used, reason = "a test that can't go on says so by panicking, in helpers too")]

mod assertions;
mod batch;
mod binary;
mod client;
mod control;
mod credentials;
mod exchange;
mod faults;
mod graph;
mod graph_delta;
mod graph_groups;
mod graph_paths;
mod people;
mod phone;
mod program;
mod queries;
mod signin;
mod writes;
