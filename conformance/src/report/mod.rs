//! What a run tells, and the formats in which it tells it.

pub mod model;
