//! Collections that hold objects of several types: each object says which one it is, and has the properties of its own.

use serde_json::{Map, Value as Json};

use super::call::Call;
use super::error::GraphError;
use super::get::members;
use super::types::{CONTACT, DEVICE, DIRECTORY_OBJECT, GROUP};
use crate::odata::{EntityType, Found, Select};
use crate::tenant::{DirectoryObject, Kind};

type Object = DirectoryObject;

/// What an answer tells of each type of object.
#[derive(Debug)]
pub(super) struct Mixed(Vec<(Kind, Select<Object>)>);

impl Mixed {
    /// Reads `$select`: a property may be one of any type.
    pub(super) fn select(call: &Call<'_>, text: Option<&str>) -> Result<Self, GraphError> {
        let names: Vec<&str> = text.unwrap_or("").split(',').map(str::trim).collect();
        if let Some(unknown) = names.iter().find(|name| !name.is_empty() && !is_known(call, name)) {
            Select::parse(Some(unknown), &DIRECTORY_OBJECT, call.is_beta())?;
        }
        let of = |kind| {
            let entity = entity_of(call, kind);
            let known = |name: &&str| *name == "*" || matches!(entity.find(name), Found::Served(_));
            let own: Vec<&str> = names.iter().copied().filter(known).chain(text.map(|_| "id")).collect();
            let own = text.map(|_| own.join(","));
            Ok((kind, Select::parse(own.as_deref(), entity, call.is_beta())?))
        };
        Kind::ALL.into_iter().map(of).collect::<Result<_, GraphError>>().map(Self)
    }

    /// One object, with `@odata.type`.
    pub(super) fn members(&self, object: &Object) -> Map<String, Json> {
        let mut body = Map::new();
        body.insert("@odata.type".to_owned(), odata_type(object.kind()).into());
        if let Some((_, select)) = self.0.iter().find(|(kind, _)| *kind == object.kind()) {
            body.extend(members(object, select));
        }
        body
    }
}

fn is_known(call: &Call<'_>, name: &str) -> bool {
    name == "*"
        || Kind::ALL.into_iter().any(|kind| !matches!(entity_of(call, kind).find(name), Found::Unknown))
}

/// `#microsoft.graph.user`
pub(super) fn odata_type(kind: Kind) -> String {
    format!("#microsoft.graph.{}", graph_name(kind))
}

/// `user`: Graph's name of a type of objects.
pub(super) const fn graph_name(kind: Kind) -> &'static str {
    match kind {
        Kind::User => "user",
        Kind::Contact => "orgContact",
        Kind::Group => "group",
        Kind::Device => "device",
    }
}

/// The type whose properties an object of that kind has.
pub(super) fn entity_of(call: &Call<'_>, kind: Kind) -> &'static EntityType<Object> {
    match kind {
        Kind::User => call.user_type(),
        Kind::Contact => &CONTACT,
        Kind::Group => &GROUP,
        Kind::Device => &DEVICE,
    }
}
