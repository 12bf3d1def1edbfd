//! A fake Microsoft 365 tenant: sign-in, Graph, the provisioning service, Exchange.

pub mod ews;
pub mod graph;
pub mod observe;
pub mod odata;
pub mod signin;
pub mod soap;
pub mod tenant;
pub mod world;
