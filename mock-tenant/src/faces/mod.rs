//! The faces: one file for each service that the double plays. Each takes a [`crate::pipeline::Request`] apart, passes it
//! through the stages, asks its core, and renders the answer in its own terms. Paths and the Host headers of the real
//! services choose the face.

mod autodiscover;
mod eas;
mod ews;
mod exchange;
mod graph;
mod managed;
mod nowhere;
mod provisioning;
mod signin;
mod soap;
mod table;

pub(crate) use managed::FACE as MANAGED_IDENTITY;
pub(crate) use table::{REAL_HOSTS, face_of};
