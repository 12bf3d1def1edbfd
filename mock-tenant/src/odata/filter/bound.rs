//! A filter that can be asked about rows.

use std::sync::Arc;

use serde_json::Value as Json;

use super::ast::{Test, Tree};
use crate::odata::schema::Property;
use crate::odata::search::Sought;
use crate::odata::value::Value;

/// Conditions of `$filter` and `$search`, bound to the properties of an entity type.
#[derive(Debug)]
pub struct Filter<T: 'static>(pub(in crate::odata) Tree<Leaf<T>>);

/// One condition on a row.
#[derive(Debug)]
pub(in crate::odata) enum Leaf<T: 'static> {
    /// A property, or a member of a complex one.
    Scalar(Arc<Property<T>>, Option<&'static str>, Test),
    /// Some element of a collection.
    Any(Arc<Property<T>>, Tree<Element>),
    /// The number of elements.
    Count(Arc<Property<T>>, Test),
    /// A clause of `$search`.
    Search(Arc<Property<T>>, Sought),
}

/// One condition on an element: on itself, or on a member of it.
#[derive(Debug)]
pub(in crate::odata) struct Element {
    pub(super) member: Option<&'static str>,
    pub(super) test: Test,
}

impl<T> Filter<T> {
    /// Both of them; the service joins `$filter` and `$search` by *and*.
    #[must_use]
    pub fn both(first: Option<Self>, second: Option<Self>) -> Option<Self> {
        match (first, second) {
            (Some(first), Some(second)) => Some(Self(Tree::And(vec![first.0, second.0]))),
            (first, second) => first.or(second),
        }
    }

    /// Whether the row passes.
    pub fn holds(&self, row: &T) -> bool {
        self.0.holds(&|leaf| leaf.holds(row))
    }
}

impl<T> Leaf<T> {
    fn holds(&self, row: &T) -> bool {
        match self {
            Self::Scalar(property, None, test) => test.holds(&property.of(row)),
            Self::Scalar(property, Some(member), test) => match property.of(row) {
                Value::Complex(json) => test.holds(&Value::from_json(json.get(member))),
                _ => test.holds(&Value::Null),
            },
            Self::Any(property, body) => any(&property.of(row), body),
            Self::Search(property, sought) => sought.holds(&property.of(row)),
            Self::Count(property, test) => test.holds(&Value::Int(count(&property.of(row)))),
        }
    }
}

fn any(collection: &Value<'_>, body: &Tree<Element>) -> bool {
    match collection {
        Value::Texts(list) => list.iter().any(|text| {
            let element = Value::from(text.as_str());
            body.holds(&|condition| condition.test.holds(&element))
        }),
        Value::Complex(Json::Array(items)) => items.iter().any(|item| {
            let member =
                |condition: &Element| Value::from_json(condition.member.and_then(|name| item.get(name)));
            body.holds(&|condition| condition.test.holds(&member(condition)))
        }),
        _ => false,
    }
}

fn count(collection: &Value<'_>) -> i64 {
    let elements = match collection {
        Value::Texts(list) => list.len(),
        Value::Complex(Json::Array(items)) => items.len(),
        _ => 0,
    };
    i64::try_from(elements).unwrap_or(i64::MAX)
}
