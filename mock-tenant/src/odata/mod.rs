//! OData as Graph speaks it: query options, the filter language, entity types, paging tokens. It knows no tenant: an
//! [`EntityType`] says how to read a property of a row.

mod error;
mod filter;
mod options;
mod orderby;
mod schema;
mod skiptoken;
mod value;

pub use error::ODataError;
pub use filter::{
    Clause, CompareOp, Filter, Lambda, Literal, Path, Quantifier, StringFunction, Test, Tree, parse_filter,
};
pub use options::{Advanced, QueryOptions, Select};
pub use orderby::OrderBy;
pub use schema::{EdmType, EntityType, Ops, Property};
pub use skiptoken::{Place, TokenKey};
pub use value::Value;
