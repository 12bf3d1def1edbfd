//! A whole run: which cases, on which subject, judged how, told to whom.

mod certificates;
mod evidence;
mod judge;
mod runner;
mod select;

pub use judge::{judge_case, judge_unplayed};
pub use runner::{Run, RunError};
pub use select::{Filters, Selected, Shard, select};
