//! The end of a path: where it leads, and which methods it takes.

use http::Method;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::error::GraphError;
use super::mixed::graph_name;
use super::model::{Act, Content, Navigation, Operation, SERVICE_DOCUMENT, Type, Verb};
use super::path::Key;
use crate::ops::Op;
use crate::tenant::Kind;

/// What may not stand in a segment as it is.
const UNSAFE: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'@').remove(b'\'');

/// The end of a path.
#[derive(Debug, Clone, Default)]
pub(super) struct Place {
    /// Navigations from the container on, with the keys after them.
    pub(super) steps: Vec<Step>,
    /// `microsoft.graph.user` after a collection or an object.
    pub(super) cast: Option<&'static Type>,
    /// What follows them.
    pub(super) tail: Tail,
}

/// One navigation of a path.
#[derive(Debug, Clone)]
pub(super) struct Step {
    /// Where to.
    pub(super) navigation: &'static Navigation,
    /// Which object there.
    pub(super) key: Option<Key>,
}

/// What stands after the last navigation.
#[derive(Debug, Clone, Default)]
pub(super) enum Tail {
    /// Nothing.
    #[default]
    Itself,
    /// `$count`.
    Count,
    /// `$ref`.
    Links,
    /// A property.
    Property(String),
    /// A property and `$value`.
    RawProperty(String),
    /// An action or a function.
    Operation(&'static Operation),
}

impl Place {
    /// The operation and what it does, if the place takes that method.
    pub(super) fn verb(&self, method: &Method) -> Result<(&'static Op, Act), GraphError> {
        let found = self.verbs().into_iter().find(|(verb, _)| verb.method == method.as_str());
        match found {
            Some((_, Act::Unserved)) => Err(self.unserved(method)),
            Some((verb, act)) => Ok((verb.op, act)),
            None if self.verbs().is_empty() => Err(self.unserved(method)),
            None => Err(GraphError::method_not_allowed()),
        }
    }

    /// Every method that is taken here.
    fn verbs(&self) -> Vec<(&'static Verb, Act)> {
        let plain = |verbs: &'static [Verb]| verbs.iter().map(|verb| (verb, verb.act)).collect();
        let Some(Step { navigation, key }) = self.steps.last() else { return self.of_container() };
        match &self.tail {
            Tail::Itself if key.is_some() => plain(navigation.items),
            Tail::Itself => plain(navigation.verbs),
            Tail::Links if key.is_some() => plain(navigation.item_links),
            Tail::Links => plain(navigation.links),
            Tail::Count => plain(navigation.count),
            Tail::Property(_) => self.reads(Act::Property),
            Tail::RawProperty(_) => self.reads(Act::RawProperty),
            Tail::Operation(operation) => vec![(&operation.verb, operation.verb.act)],
        }
    }

    fn of_container(&self) -> Vec<(&'static Verb, Act)> {
        match &self.tail {
            Tail::Operation(operation) => vec![(&operation.verb, operation.verb.act)],
            _ => vec![(&SERVICE_DOCUMENT, SERVICE_DOCUMENT.act)],
        }
    }

    /// Reading a part of an object is the operation of reading the object.
    fn reads(&self, act: Act) -> Vec<(&'static Verb, Act)> {
        let Some(Step { navigation, key }) = self.steps.last() else { return Vec::new() };
        let verbs = if key.is_some() { navigation.items } else { navigation.verbs };
        verbs.iter().filter(|verb| verb.act == Act::Get).map(|verb| (verb, act)).collect()
    }

    /// The type of what is there.
    pub(super) fn target(&self) -> Option<&'static Type> {
        self.cast.or_else(|| self.steps.last().map(|step| step.navigation.target))
    }

    /// The type of objects that a cast names.
    pub(super) fn cast_kind(&self) -> Option<Kind> {
        let name = self.cast?.name;
        Kind::ALL.into_iter().find(|kind| graph_name(*kind) == name)
    }

    /// It ends at a collection, not at one object.
    pub(super) fn is_collection(&self) -> bool {
        self.steps.last().is_some_and(|step| step.navigation.many && step.key.is_none())
    }

    /// Objects of several types may be there.
    pub(super) fn is_mixed(&self) -> bool {
        self.cast.is_none() && !matches!(self.content(), Content::Objects(_) | Content::Me)
    }

    /// The property that the path ends in, and whether it is wanted raw.
    pub(super) fn property(&self) -> Option<(&str, bool)> {
        match &self.tail {
            Tail::Property(name) => Some((name, false)),
            Tail::RawProperty(name) => Some((name, true)),
            _ => None,
        }
    }

    /// What is there.
    pub(super) fn content(&self) -> Content {
        self.steps.last().map_or(Content::Nothing, |step| step.navigation.content)
    }

    /// The last key.
    pub(super) fn last_key(&self) -> Option<&Key> {
        self.steps.last().and_then(|step| step.key.as_ref())
    }

    /// The last key's value, or an empty text.
    pub(super) fn key(&self) -> &str {
        self.last_key().map_or("", |key| key.value.as_str())
    }

    /// The entity set in the context of an answer: that of the type, or the path's names where no set holds the type.
    pub(super) fn set(&self) -> String {
        let names = || self.steps.iter().map(|step| step.navigation.name).collect::<Vec<_>>().join("/");
        self.target().and_then(Type::set).map_or_else(names, str::to_owned)
    }

    /// The collection's path with its keys as they were given: `groups/7/members`.
    pub(super) fn path(&self) -> String {
        let step = |step: &Step| match &step.key {
            Some(key) => format!("{}/{}", step.navigation.name, utf8_percent_encode(&key.value, UNSAFE)),
            None => step.navigation.name.to_owned(),
        };
        let cast = self.cast.map(|of| format!("microsoft.graph.{}", of.name));
        self.steps.iter().map(step).chain(cast).collect::<Vec<_>>().join("/")
    }

    pub(super) fn unserved(&self, method: &Method) -> GraphError {
        GraphError::not_by_double(&format!("{method} {}", self.template()))
    }

    /// The path with `{id}` for its keys.
    pub(super) fn template(&self) -> String {
        let step = |step: &Step| {
            format!("/{}{}", step.navigation.name, if step.key.is_some() { "/{id}" } else { "" })
        };
        let steps: String = self.steps.iter().map(step).collect();
        let cast = self.cast.map(|of| format!("/microsoft.graph.{}", of.name)).unwrap_or_default();
        let tail = match &self.tail {
            Tail::Itself => String::new(),
            Tail::Count => "/$count".to_owned(),
            Tail::Links => "/$ref".to_owned(),
            Tail::Property(name) => format!("/{name}"),
            Tail::RawProperty(name) => format!("/{name}/$value"),
            Tail::Operation(operation) => format!("/{}", operation.name),
        };
        format!("{steps}{cast}{tail}")
    }

    /// What the journal calls it: the first key, or the name of the last collection.
    pub(super) fn journalled(&self) -> &str {
        let key = self.steps.iter().find_map(|step| step.key.as_ref()).map(|key| key.value.as_str());
        let name = || self.steps.last().map_or("service", |step| step.navigation.name);
        key.unwrap_or_else(name)
    }
}
