//! Messages as trees, and the namespaces of the provisioning service.

pub use crate::xml::{Atom, Attribute, Element, INSTANCE, Node, SCHEMA};

/// Namespace of `c:` arrays.
pub const ARRAYS: &str = "http://schemas.microsoft.com/2003/10/Serialization/Arrays";
/// Namespace of the data contracts (`b:`).
pub const CONTRACTS: &str = "http://schemas.microsoft.com/online/aws/change/2014/06";
/// Namespace of the commands.
pub const SERVICE: &str = "http://schemas.microsoft.com/online/aws/change/2010/01";
/// SOAP 1.2.
pub const ENVELOPE: &str = "http://www.w3.org/2003/05/soap-envelope";
/// WS-Addressing.
pub const ADDRESSING: &str = "http://www.w3.org/2005/08/addressing";
