//! The running double: how it is built, what its faces share, the handle by which a test holds it.

mod assertions;
mod builder;
mod control;
mod handle;
mod published;
mod service;

pub use assertions::Subject;
pub use builder::{MockTenantBuilder, StartError};
pub use handle::MockTenant;

pub(crate) use service::Service;
