//! Drives a subject through a case: fresh doubles, one process per cycle, everything watched from outside.

mod change;
mod doubles;
mod environment;
mod exec;
mod play;

pub use change::ChangeError;
pub use doubles::{Doubles, DoublesError};
pub use environment::{Environment, Sandbox};
pub use exec::{Ended, ExecError, Finished, run_once};
pub use play::{PlayError, Played, play};
