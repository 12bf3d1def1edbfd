//! What the two doubles share: a clock, seeded ids, a journal, faults, a control plane, TLS, servers and the
//! manners of a command line.
//!
//! Nothing here knows a protocol: an operation is a dotted name, a target is a text. So the same fault file, the
//! same journal and the same control API serve the directory and the tenant.
//!
//! | module | one idea |
//! |---|---|
//! | [`clock`] | one time for everybody, real or moved by hand |
//! | [`ids`] | every id comes from (seed, name) |
//! | [`journal`] | what was asked of the double, in order |
//! | [`faults`] | what should go wrong, and when |
//! | [`transport`] | a stream that resets, stalls, truncates or drips on command |
//! | [`control`] | the control API over HTTP |
//! | [`tls`] | a certification authority for one run |
//! | [`server`] | accept loops whose handle frees the port |
//! | [`cli`] | ready line, exit 2, signals, logging |

pub mod cli;
pub mod clock;
pub mod control;
pub mod faults;
pub mod ids;
pub mod journal;
pub mod server;
pub mod tls;
pub mod transport;

pub use clock::Clock;
pub use ids::Ids;
pub use journal::Journal;
