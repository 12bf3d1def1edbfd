//! From a path to what is asked for: a walk through the model.

use http::Method;

use super::error::GraphError;
use super::model::{Act, CONTAINER, Navigation, Operation, Type, is};
use super::path::{Key, Segment, segments};
use super::place::{Place, Step, Tail};
use crate::ops::Op;

/// What a path leads to.
#[derive(Debug)]
pub struct Route {
    end: Result<Place, Miss>,
    target: String,
}

/// Why a path leads nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Miss {
    /// Graph has it, the double doesn't.
    Unserved(String),
    /// Graph has no such segment.
    Unknown(String),
}

impl Route {
    /// Reads the path after `/v1.0` or `/beta`; segments are compared without regard to case.
    #[must_use]
    pub fn parse(path: &str) -> Self {
        let end = Walk::through(segments(path));
        let target = match &end {
            Ok(place) => place.journalled().to_owned(),
            Err(Miss::Unserved(text) | Miss::Unknown(text)) => text.clone(),
        };
        Self { end, target }
    }

    /// The operation, if the path takes that method.
    ///
    /// # Errors
    /// Unknown and unserved paths, methods that a path does not take.
    pub fn op(&self, method: &Method) -> Result<&'static Op, GraphError> {
        Ok(self.place(method)?.verb(method)?.0)
    }

    /// What the journal calls the target: the object's key, or the path's own name.
    #[must_use]
    pub fn target(&self) -> &str {
        &self.target
    }

    /// Where it leads and what is done there.
    pub(super) fn act(&self, method: &Method) -> Result<(&Place, Act), GraphError> {
        let place = self.place(method)?;
        Ok((place, place.verb(method)?.1))
    }

    fn place(&self, method: &Method) -> Result<&Place, GraphError> {
        self.end.as_ref().map_err(|miss| match miss {
            Miss::Unserved(what) => GraphError::not_by_double(&format!("{method} {what}")),
            Miss::Unknown(segment) => GraphError::unknown_segment(segment),
        })
    }
}

/// How far the walk has come.
struct Walk {
    place: Place,
    at: At,
}

/// What the next segment is read against.
#[derive(Clone, Copy)]
enum At {
    /// The container, a single object or an object behind a key.
    Object(&'static Type),
    /// A collection.
    Collection(&'static Navigation),
    /// Nothing may follow, but `$value` after a property.
    End,
}

impl Walk {
    fn through(segments: Vec<Segment>) -> Result<Place, Miss> {
        let mut walk = Self { place: Place::default(), at: At::Object(&CONTAINER) };
        for segment in segments {
            walk.step(segment)?;
        }
        Ok(walk.place)
    }

    fn step(&mut self, segment: Segment) -> Result<(), Miss> {
        match self.at {
            At::Object(of) => self.object_step(of, segment),
            At::Collection(navigation) => self.collection_step(navigation, segment),
            At::End => self.raw_value(segment),
        }
    }

    fn object_step(&mut self, of: &'static Type, segment: Segment) -> Result<(), Miss> {
        let name = segment.name.as_str();
        if let Some(operation) = operation(of.operations, name) {
            return self.end(Tail::Operation(operation));
        }
        if let Some(navigation) = of.navigations.iter().find(|navigation| is(navigation.name, name)) {
            self.enter(navigation, segment.key);
            return Ok(());
        }
        if let Some(property) = of.property(name) {
            return self.end(Tail::Property(property));
        }
        match name {
            _ if is(name, "$ref") && !self.place.steps.is_empty() => self.end(Tail::Links),
            _ if cast(name).is_some() => self.cast(name),
            _ if of.knows(name) => self.unserved(name),
            _ => Err(Miss::Unknown(segment.name)),
        }
    }

    fn collection_step(&mut self, from: &'static Navigation, segment: Segment) -> Result<(), Miss> {
        let name = segment.name.as_str();
        if let Some(operation) = operation(from.operations, name) {
            return self.end(Tail::Operation(operation));
        }
        match name {
            _ if is(name, "$count") => self.end(Tail::Count),
            _ if is(name, "$ref") => self.end(Tail::Links),
            _ if contains(from.known, bare(name)) => self.unserved(name),
            _ if cast(name).is_some() => self.cast(name),
            _ if name.starts_with('$') => Err(Miss::Unknown(segment.name)),
            _ => {
                self.set_key(Some(Key::primary(segment.name)));
                Ok(())
            }
        }
    }

    fn raw_value(&mut self, segment: Segment) -> Result<(), Miss> {
        match &self.place.tail {
            Tail::Property(name) if is(&segment.name, "$value") => {
                let name = name.clone();
                self.end(Tail::RawProperty(name))
            }
            _ => Err(Miss::Unknown(segment.name)),
        }
    }

    fn end(&mut self, tail: Tail) -> Result<(), Miss> {
        self.place.tail = tail;
        self.at = At::End;
        Ok(())
    }

    fn enter(&mut self, navigation: &'static Navigation, key: Option<Key>) {
        self.place.steps.push(Step { navigation, key: None });
        self.at = if navigation.many { At::Collection(navigation) } else { At::Object(navigation.target) };
        if key.is_some() {
            self.set_key(key);
        }
    }

    fn set_key(&mut self, key: Option<Key>) {
        if let Some(last) = self.place.steps.last_mut() {
            last.key = key;
            self.at = At::Object(self.place.cast.unwrap_or(last.navigation.target));
        }
    }

    /// `microsoft.graph.user`: what follows is read as of that type.
    fn cast(&mut self, name: &str) -> Result<(), Miss> {
        let Some(of) = Type::named(bare(name)) else { return self.unserved(name) };
        self.place.cast = Some(of);
        if let At::Object(_) = self.at {
            self.at = At::Object(of);
        }
        Ok(())
    }

    fn unserved(&self, name: &str) -> Result<(), Miss> {
        Err(Miss::Unserved(format!("{}/{name}", self.place.template())))
    }
}

fn operation(list: &'static [Operation], name: &str) -> Option<&'static Operation> {
    list.iter().find(|operation| is(operation.name, bare(name)))
}

/// The type in `microsoft.graph.user`, or in `graph.user`: the SDKs write the namespace's alias.
/// Source: msgraph-metadata, `Schema Namespace="microsoft.graph" Alias="graph"`.
fn cast(name: &str) -> Option<&str> {
    let (space, of) = name.rsplit_once('.')?;
    (is(space, "microsoft.graph") || is(space, "graph")).then_some(of)
}

/// A name without `microsoft.graph.` before it.
fn bare(name: &str) -> &str {
    cast(name).unwrap_or(name)
}

fn contains(list: &[&str], name: &str) -> bool {
    list.iter().any(|known| is(known, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(path: &str) -> String {
        match Route::parse(path).end {
            Ok(place) => format!("{} {}", place.template(), place.journalled()),
            Err(Miss::Unserved(what)) => format!("unserved {what}"),
            Err(Miss::Unknown(segment)) => format!("unknown {segment}"),
        }
    }

    #[test]
    fn paths_are_read_in_any_case_and_form() {
        for (path, expected) in [
            ("", " service"),
            ("/users", "/users users"),
            ("/Users/", "/users users"),
            ("/users/ana%40x.test", "/users/{id} ana@x.test"),
            ("/users('o''neil@x.test')", "/users/{id} o'neil@x.test"),
            ("/users/$count", "/users/$count users"),
            ("/users/1/displayname", "/users/{id}/displayName 1"),
            ("/users/1/mail/$value", "/users/{id}/mail/$value 1"),
            ("/USERS/getByIds()", "unserved /users/getByIds"),
            ("/users/1/calendar", "unserved /users/{id}/calendar"),
            ("/users/1/skills", "unserved /users/{id}/skills"),
            ("/users/1/nonsense", "unknown nonsense"),
            ("/users/1/mail/more", "unknown more"),
            ("/users/$nonsense", "unknown $nonsense"),
            ("/partner", "unknown partner"),
            ("/teams/1", "unserved /teams"),
            (
                "/directory/deletedItems/microsoft.graph.user",
                "/directory/deletedItems/microsoft.graph.user deletedItems",
            ),
            (
                "/directory/deletedItems/graph.user",
                "/directory/deletedItems/microsoft.graph.user deletedItems",
            ),
            (
                "/directory/deletedItems/microsoft.graph.application",
                "unserved /directory/deletedItems/microsoft.graph.application",
            ),
            ("/directory/deleteditems/7/microsoft.graph.restore", "/directory/deletedItems/{id}/restore 7"),
            ("/organization", "/organization organization"),
            ("/$metadata", "/$metadata service"),
        ] {
            assert_eq!(read(path), expected, "{path}");
        }
    }

    #[test]
    fn unknown_is_told_from_unserved_and_from_not_allowed() {
        let refused = |path: &str, method: Method| {
            let error = Route::parse(path).op(&method).unwrap_err();
            (error.status, error.message)
        };
        let unknown = "Resource not found for the segment 'partner'.".to_owned();
        assert_eq!(refused("/partner", Method::GET), (400, unknown));
        let (status, message) = refused("/teams", Method::GET);
        assert_eq!((status, message.contains("GET /teams")), (501, true));
        assert_eq!(refused("/organization", Method::DELETE).0, 405);
        assert_eq!(refused("/organization/1", Method::PATCH).0, 501);
        assert_eq!(refused("/directory", Method::GET).0, 501);
        assert_eq!(Route::parse("/users").op(&Method::POST).unwrap().name, "graph.users.create");
        assert_eq!(Route::parse("/users/1/mail").op(&Method::GET).unwrap().name, "graph.users.get");
        assert_eq!(refused("/users/1/mail", Method::PUT).0, 405);
    }
}
