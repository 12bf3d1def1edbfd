//! The shapes of the tables.

use super::shape::{Known, Shape};
use crate::ops::{Op, known};
use crate::tenant::Kind;

/// A type as a place on a path. The entity container is one too: its navigations are the entity sets and singletons.
#[derive(Debug)]
pub(in crate::graph) struct Type {
    /// `user`: the name within `microsoft.graph`.
    pub(in crate::graph) name: &'static str,
    /// The type it derives from, if that isn't `entity`.
    pub(in crate::graph) base: Option<&'static Self>,
    /// Its properties; `None` for what has none to read.
    pub(in crate::graph) shape: Option<&'static dyn Shape>,
    /// What it leads to.
    pub(in crate::graph) navigations: &'static [Navigation],
    /// Actions and functions that are bound to one object of it.
    pub(in crate::graph) operations: &'static [Operation],
    /// Segments that Graph knows after it and the double does not serve.
    pub(in crate::graph) known: &'static [&'static str],
}

impl Type {
    /// The served property of that name.
    pub(in crate::graph) fn property(&self, name: &str) -> Option<String> {
        match self.shape?.find(name)? {
            Known::Served(property) => Some(property),
            Known::Unserved => None,
        }
    }

    /// Graph knows that segment after it, and the double does not serve it.
    pub(in crate::graph) fn knows(&self, name: &str) -> bool {
        let unserved = || self.shape.and_then(|shape| shape.find(name)) == Some(Known::Unserved);
        self.known.iter().any(|known| is(known, name)) || unserved()
    }
}

/// A collection or a single object that a segment leads to: an entity set, a singleton, a navigation property.
#[derive(Debug)]
pub(in crate::graph) struct Navigation {
    /// The segment.
    pub(in crate::graph) name: &'static str,
    /// Type of what is there.
    pub(in crate::graph) target: &'static Type,
    /// What is there.
    pub(in crate::graph) content: Content,
    /// A collection: a key, `$count` and operations of the collection may follow.
    pub(in crate::graph) many: bool,
    /// Methods on the collection or the single object itself.
    pub(in crate::graph) verbs: &'static [Verb],
    /// Methods on one object behind a key.
    pub(in crate::graph) items: &'static [Verb],
    /// Methods on `$ref`, after the navigation itself.
    pub(in crate::graph) links: &'static [Verb],
    /// Methods on `$ref`, after a key.
    pub(in crate::graph) item_links: &'static [Verb],
    /// Methods on `$count`.
    pub(in crate::graph) count: &'static [Verb],
    /// Actions and functions that are bound to the collection.
    pub(in crate::graph) operations: &'static [Operation],
    /// Segments that Graph knows right after it and the double does not serve.
    pub(in crate::graph) known: &'static [&'static str],
}

impl Navigation {
    /// A collection that takes nothing yet.
    pub(in crate::graph) const fn many(
        name: &'static str,
        target: &'static Type,
        content: Content,
        verbs: &'static [Verb],
    ) -> Self {
        Self {
            name,
            target,
            content,
            many: true,
            verbs,
            items: &[],
            links: &[],
            item_links: &[],
            count: &[],
            operations: &[],
            known: &[],
        }
    }

    /// A single object.
    pub(in crate::graph) const fn one(
        name: &'static str,
        target: &'static Type,
        content: Content,
        verbs: &'static [Verb],
    ) -> Self {
        Self { many: false, ..Self::many(name, target, content, verbs) }
    }
}

/// A method on a place.
#[derive(Debug)]
pub(in crate::graph) struct Verb {
    /// `GET`.
    pub(in crate::graph) method: &'static str,
    /// The operation.
    pub(in crate::graph) op: &'static Op,
    /// What is done.
    pub(in crate::graph) act: Act,
}

impl Verb {
    pub(in crate::graph) const fn get(op: &'static str, act: Act) -> Self {
        Self { method: "GET", op: known(op), act }
    }

    pub(in crate::graph) const fn post(op: &'static str, act: Act) -> Self {
        Self { method: "POST", op: known(op), act }
    }

    pub(in crate::graph) const fn patch(op: &'static str, act: Act) -> Self {
        Self { method: "PATCH", op: known(op), act }
    }

    pub(in crate::graph) const fn put(op: &'static str, act: Act) -> Self {
        Self { method: "PUT", op: known(op), act }
    }

    pub(in crate::graph) const fn delete(op: &'static str, act: Act) -> Self {
        Self { method: "DELETE", op: known(op), act }
    }
}

/// An action or a function.
#[derive(Debug)]
pub(in crate::graph) struct Operation {
    /// `checkMemberGroups`; `microsoft.graph.` may be written before it, and `()` after it.
    pub(in crate::graph) name: &'static str,
    /// How it is called.
    pub(in crate::graph) verb: Verb,
}

/// Where the objects of a place come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::graph) enum Content {
    /// Live objects of one type.
    Objects(Kind),
    /// Live objects of every type.
    AnyObject,
    /// Objects in the recycle bin.
    Deleted,
    /// What the object before it stands in a relation to.
    Related(Relation),
    /// Domains of the tenant.
    Domains,
    /// Applications as sign-in knows them.
    ServicePrincipals,
    /// The signed-in person.
    Me,
    /// Who is the source of authority of the object before it.
    SyncBehavior,
    /// A photo: nobody has one here.
    Photo,
    /// The tenant's one organization.
    Organization,
    /// Configuration of the directory sync.
    Synchronization,
    /// Nothing of its own: it only leads on.
    Nothing,
}

/// How directory objects stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::graph) enum Relation {
    /// A group's direct members.
    Members,
    /// A group's members, those of its member groups included.
    TransitiveMembers,
    /// A group's owners.
    Owners,
    /// Groups of which it is a direct member.
    MemberOf,
    /// Groups of which it is a member, directly or not.
    TransitiveMemberOf,
    /// Who manages a user or a contact.
    Manager,
    /// Whom a user or a contact manages.
    DirectReports,
}

/// What a method does at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::graph) enum Act {
    /// The list of sets.
    ServiceDocument,
    /// The model as CSDL.
    Metadata,
    /// A page of a collection.
    List,
    /// The number of objects.
    Count,
    /// One object.
    Get,
    /// One property of an object.
    Property,
    /// One property as plain text.
    RawProperty,
    /// A new object.
    Create,
    /// Changed properties.
    Patch,
    /// The object is deleted.
    Delete,
    /// Back from the recycle bin.
    Restore,
    /// Changes since an earlier call.
    Delta,
    /// The references of a relationship.
    Links,
    /// One more reference.
    AddLink,
    /// One reference less.
    RemoveLink,
    /// The one reference of a single-valued relationship.
    SetLink,
    /// Objects by their ids.
    GetByIds,
    /// Which of these groups have it as a member?
    CheckMembers,
    /// Which groups have it as a member?
    GetMembers,
    /// The real service does something here, the double doesn't.
    Unserved,
}

/// Names on a path compare without regard to case.
pub(in crate::graph) fn is(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b)
}
