//! The Active Directory schema as data: attributes, classes, syntaxes, and the subschema entry made of them.

mod attribute;
mod class;
pub mod known;
mod subschema;
mod syntax;
mod table;
mod text;

pub use attribute::{AttrId, AttributeDef, SearchFlags, SystemFlags};
pub use class::{ClassDef, ClassId, ClassKind};
pub use subschema::Subschema;
pub use syntax::{Syntax, parse_generalized_time, parse_guid_text, parse_sid_text, sid_text};
pub use table::{Profile, Schema};
pub use text::{fold, fold_name};
