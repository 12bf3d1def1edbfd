//! What the end-to-end tests share: where things are, and the real input as rows.

pub mod chain;
pub mod corp_ad;
pub mod workspace;
