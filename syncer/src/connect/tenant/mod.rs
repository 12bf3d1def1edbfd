//! The tenant side: carriers that write objects and read them back.

mod source;

pub use source::{CompanyConfiguration, TenantBatch, TenantCarrier};
