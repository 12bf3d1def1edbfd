//! What is at hand when a request is answered.

use super::{Authority, Endpoint, People, StsRequest};

/// The tenant's authority, its people, and this request.
#[derive(Clone, Copy)]
pub struct Desk<'a> {
    /// Tenant and applications.
    pub authority: &'a Authority,
    /// People of the tenant.
    pub people: &'a dyn People,
    /// How the double was reached.
    pub endpoint: &'a Endpoint,
    /// Ids and time of the request.
    pub request: StsRequest,
}
