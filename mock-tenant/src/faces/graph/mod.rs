//! Microsoft Graph.

mod asked;
mod batch;
mod faults;
mod render;
mod stages;

pub(super) use stages::FACE;
