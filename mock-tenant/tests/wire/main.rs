//! The double over real sockets: HTTPS with the run CA trusted, as a client meets it.

mod client;
mod control;
mod exchange;
mod faults;
mod graph;
mod program;
mod signin;
mod writes;
