//! The control API: how tests and people steer a double from outside, on its own listener.

mod error;
mod expectations;
mod guard;
mod openapi;
mod parts;
mod payload;
mod plane;
mod router;
mod routes;

pub use error::ControlError;
pub use expectations::{Expectation, Failure, Times};
pub use parts::ControlParts;
pub use plane::{ControlPlane, Snapshot};
pub use router::router;
pub use routes::{Body, Route};
