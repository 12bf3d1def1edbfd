//! The conformance suite for directory-sync products: cases, drivers, verdicts, reports.

pub mod baseline;
pub mod bundled;
pub mod case;
pub mod checks;
pub mod cli;
pub mod driver;
pub mod exit;
pub mod gate;
pub mod oracle;
mod place;
pub mod report;
pub mod requirement;
pub mod run;
pub mod subject;
pub mod verdict;
