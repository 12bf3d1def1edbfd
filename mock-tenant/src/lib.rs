//! A fake Microsoft 365 tenant: sign-in, Graph, the provisioning service, Exchange.
//!
//! | module | one idea |
//! |---|---|
//! | [`tenant`] | objects, matching, quarantine, limits, the recycle bin; no I/O |
//! | [`world`] | a tenant as text |
//! | [`signin`] | tokens and discovery |
//! | [`odata`] | Graph's query language |
//! | [`graph`] | Graph's operations over the tenant |
//! | [`xml`] | XML as events: text and .NET binary |
//! | [`soap`] | the provisioning service's messages |
//! | [`ews`] | a mail client's look-up in the address book |
//! | [`exchange`] | recipients, the address book as a client sees it, cmdlets |
//! | [`eas`] | a phone's look-up in the address book |
//! | [`observe`] | who is told of every operation |
//! | [`budget`] | token buckets: who may ask how much |
//! | [`ops`] | every operation: name, roles, cost, read or write |
//! | `pipeline` | request, stages, answer: values, without a socket |
//! | `faces` | one file per face |
//! | `http` | the wire |
//! | [`server`] | builder, handle, control |
//! | [`cli`] | the program |

pub mod budget;
pub mod cli;
pub mod eas;
pub mod ews;
pub mod exchange;
mod faces;
pub mod graph;
mod http;
pub mod observe;
pub mod odata;
pub mod ops;
mod pipeline;
pub mod server;
pub mod signin;
pub mod soap;
pub mod tenant;
pub mod world;
pub mod xml;

pub use budget::Throttle;
pub use server::{MockTenant, MockTenantBuilder, StartError, Subject};
pub use world::World;
