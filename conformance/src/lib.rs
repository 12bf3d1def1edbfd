//! The conformance suite for directory-sync products: cases, drivers, verdicts, reports.

pub mod report;
