//! What was seen from outside, and what must hold whatever the case: owes nothing to any subject.

mod directory;
mod history;
mod invariants;
mod ldif;
mod tenant;
mod writes;

pub use directory::{DirectoryObject, DirectoryView, Roster};
pub use history::{History, Observation, Secrets, StepKind, StepRecord};
pub use invariants::{Finding, INVARIANTS, Invariant, judge};
pub use ldif::{LdifError, parse as parse_ldif};
pub use tenant::{TenantObject, TenantView};
pub use writes::{Write, is_directory_write, writes};
