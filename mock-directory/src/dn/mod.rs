//! Distinguished names: RFC 4514 as Active Directory reads and writes it, and the `<GUID=…>` forms of a base.

mod base;
mod name;
mod parse;

pub use base::Base;
pub use name::{Dn, Rdn};
pub use parse::DnError;
