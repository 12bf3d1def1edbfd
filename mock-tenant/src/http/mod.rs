//! The wire: one listener, one file per face. Paths (and Host headers of the real services) choose the face; each face
//! takes the request apart, asks its core, and writes the answer and the journal.

mod dispatch;
mod ews;
mod exchange;
mod face;
mod graph;
mod headers;
mod provisioning;
mod request;
mod signin;
mod soap;

pub(crate) use dispatch::router;
pub(crate) use face::REAL_HOSTS;
pub(crate) use request::OPS;
