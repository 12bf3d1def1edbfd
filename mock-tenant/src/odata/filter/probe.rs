//! What an index can answer of a filter.

use super::ast::{CompareOp, Literal, StringFunction, Test, Tree};
use super::bound::{Filter, Leaf};

/// A condition that every row must meet which passes the filter. An index on the property finds the candidates; the
/// filter is then asked about each of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe<'f> {
    /// Property, by its own name.
    pub property: &'f str,
    /// What its value, or one of its elements, must be.
    pub sought: Sought<'f>,
}

/// Texts are compared without regard to case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sought<'f> {
    /// One of these texts.
    OneOf(Vec<&'f str>),
    /// A text that starts like this.
    Prefix(&'f str),
}

impl<T> Filter<T> {
    /// Everything that an index may be asked, in the order in which it is written.
    #[must_use]
    pub fn probes(&self) -> Vec<Probe<'_>> {
        conjuncts(&self.0).into_iter().filter_map(leaf_probe).collect()
    }
}

/// What all must hold: the parts of *and*, also of one inside another.
fn conjuncts<L>(tree: &Tree<L>) -> Vec<&Tree<L>> {
    match tree {
        Tree::And(parts) => parts.iter().flat_map(conjuncts).collect(),
        tree => vec![tree],
    }
}

/// A leaf, or alternatives on one and the same property.
fn leaf_probe<T>(tree: &Tree<Leaf<T>>) -> Option<Probe<'_>> {
    match tree {
        Tree::Leaf(leaf) => probe(leaf),
        Tree::Or(parts) => alternatives(parts),
        Tree::And(_) | Tree::Not(_) => None,
    }
}

fn alternatives<T>(parts: &[Tree<Leaf<T>>]) -> Option<Probe<'_>> {
    let probes = parts.iter().map(leaf_probe).collect::<Option<Vec<_>>>()?;
    let property = probes.first()?.property;
    let mut all = Vec::new();
    for probe in probes {
        match probe.sought {
            Sought::OneOf(texts) if probe.property == property => all.extend(texts),
            _ => return None,
        }
    }
    Some(Probe { property, sought: Sought::OneOf(all) })
}

fn probe<T>(leaf: &Leaf<T>) -> Option<Probe<'_>> {
    let (property, test) = match leaf {
        Leaf::Scalar(property, None, test) => (property, test),
        Leaf::Any(property, Tree::Leaf(element)) if element.member.is_none() => (property, &element.test),
        _ => return None,
    };
    Some(Probe { property: &property.name, sought: sought(test)? })
}

fn sought(test: &Test) -> Option<Sought<'_>> {
    match test {
        Test::Compare(CompareOp::Eq, literal) => Some(Sought::OneOf(vec![text(literal)?])),
        Test::In(list) => Some(Sought::OneOf(list.iter().map(text).collect::<Option<_>>()?)),
        Test::Function(StringFunction::StartsWith, text) => Some(Sought::Prefix(text)),
        _ => None,
    }
}

fn text(literal: &Literal) -> Option<&str> {
    match literal {
        Literal::Text(text) => Some(text),
        _ => None,
    }
}
