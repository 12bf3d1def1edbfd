//! Cmdlets, as `InvokeCommand` of the admin API runs them.
//!
//! ```text
//! body ─▶ call (which cmdlet, parameters by the table) ─▶ run (over the tenant) ─▶ rows ─▶ page
//! ```
//!
//! Sources: office-docs-powershell for cmdlets and parameters; for the transport, which Microsoft doesn't document,
//! michev.info 5822 and 7180, and answers of a live service that public repositories quote.

mod addresses;
mod argument;
mod call;
mod changes;
mod create;
mod error;
mod get;
mod identity;
mod kind;
mod opath;
mod organization;
mod page;
mod remove;
mod rows;
mod run;
mod set;
mod smime;
mod table;

pub use argument::{Argument, Values};
pub use call::{Call, CallError};
pub use error::CmdletError;
pub use kind::Type;
pub use page::{PAGE_SIZE, Page, page};
pub use rows::{Cell, Row};
pub use run::{Output, read, run};
pub use table::{CMDLETS, Cmdlet, Noun, Parameter, Verb};

#[cfg(test)]
mod tests;
