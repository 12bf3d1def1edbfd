//! What there is in Graph, as data: types, the collections and single objects that a path may lead to, the methods that
//! each takes. Paths, operation names, refusals of unknown and unserved things, `$metadata` and the service document are
//! all read from here; to serve something more, add a row.

mod contact;
mod container;
mod device;
mod directory;
mod directory_object;
mod domain;
mod group;
mod organization;
mod photo;
mod service_principal;
mod shape;
mod sync_behavior;
mod tables;
mod user;

pub(super) use container::{CONTAINER, SERVICE_DOCUMENT};
pub(super) use shape::Shape;
pub(super) use tables::{Act, Content, Navigation, Operation, Relation, Type, Verb, is};
