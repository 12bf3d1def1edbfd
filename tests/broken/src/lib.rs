//! Sync engines with one known flaw each: the bundled engine, wrapped. A suite that can't tell them from the whole one
//! proves nothing, so every flaw names the cases of which a check must turn red.

mod directory;
mod flaw;
mod program;
mod tenant;

pub use flaw::{FLAWS, Flaw, WHOLE, find};
pub use program::run;
