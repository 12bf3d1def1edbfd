//! What is in the values of the two certificate attributes, and what is wrong with it at a moment.

mod chain;
mod check;
mod flaw;
mod signed;
mod value;

pub use chain::TrustStore;
pub use check::{Demand, flaws};
pub use flaw::Flaw;
pub use value::{Found, in_smime_certificate, in_user_certificate};
