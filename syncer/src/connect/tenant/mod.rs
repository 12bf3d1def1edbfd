//! The tenant side: carriers that write objects and read them back.
//!
//! One carrier so far: the provisioning service, `http` (one exchange) ← `soap` (envelopes) ← `messages` (commands) ←
//! `provisioning` (the carrier). Only `soap` knows that envelopes are text; a binary encoding is another pair of
//! functions there.

mod http;
mod messages;
mod provisioning;
mod soap;
mod source;
mod token;
mod values;
mod xml;

pub use provisioning::{ProvisioningConfig, ProvisioningService};
pub use source::{CompanyConfiguration, TenantBatch, TenantCarrier};
