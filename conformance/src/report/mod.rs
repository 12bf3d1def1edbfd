//! What a run tells, and the formats in which it tells it: one stream of events, many sinks.

mod files;
mod github;
mod html;
mod human;
mod json;
mod junit;
pub mod model;

pub use files::files;
pub use github::Github;
pub use html::{Html, page};
pub use human::Human;
pub use json::{Json, JsonOut};
pub use junit::Junit;
