//! OData as Graph speaks it: query options, the filter language, entity types, paging tokens. It knows no tenant: an
//! [`EntityType`] says how to read a property of a row.

mod edm;
mod error;
mod expand;
mod filter;
mod option;
mod options;
mod orderby;
mod schema;
mod search;
mod select;
mod skiptoken;
mod support;
mod value;

pub use edm::EdmType;
pub use error::ODataError;
pub use expand::{Expand, Levels};
pub use filter::{
    Clause, CompareOp, Filter, Lambda, Literal, Path, Probe, Quantifier, Sought, StringFunction, Test, Tree,
    parse_filter,
};
pub use options::{Advanced, QueryOptions};
pub use orderby::OrderBy;
pub use schema::{EntityType, Extension, Found, Member, Property, Read, Settable};
pub use select::Select;
pub use skiptoken::{Place, TokenKey};
pub use support::{Ops, Support};
pub use value::Value;
