//! What an application may ask of a tenant in a while: token buckets for each application, tenant and face.
//! Source: learn.microsoft.com/graph/throttling-limits, "Identity and access service limits".

mod bucket;
mod charge;
mod ledger;
mod limit;

pub use charge::Charge;
pub use ledger::{Exceeded, Ledger, Spent};
pub use limit::{BadThrottle, Limit, LimitKind, Quota, Scope, Throttle};
