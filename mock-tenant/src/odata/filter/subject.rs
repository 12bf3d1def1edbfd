//! What a test is about.

use super::ast::{CompareOp, Literal, StringFunction, Test};
use super::refusal::Tried;
use crate::odata::schema::{Member, Property};
use crate::odata::{EdmType, Ops, Support};

/// What a test is about: a property, a member, an element.
pub(super) struct Subject<'a> {
    /// How refusals call it.
    pub(super) label: &'a str,
    /// Its type.
    pub(super) edm: EdmType,
    ops: Ops,
}

impl<'a> Subject<'a> {
    /// A property, or the elements of a collection of primitive values.
    pub(super) fn property<T>(property: &'a Property<T>) -> Self {
        Self { label: &property.name, edm: property.edm, ops: property.ops }
    }

    /// What a collection inside an element holds can't be asked for.
    pub(super) const fn member(member: &Member, label: &'a str) -> Self {
        let ops = if member.collection { Ops::NONE } else { member.ops };
        Self { label, edm: member.edm, ops }
    }

    /// What a test needs, out of what the subject supports.
    pub(super) fn needs(&self, test: &Test) -> Vec<(Tried, Support)> {
        let ops = self.ops;
        let equality = |literal: &Literal| if *literal == Literal::Null { ops.null } else { ops.eq };
        match test {
            Test::Compare(CompareOp::Eq, literal) => vec![(Tried::Plain, equality(literal))],
            Test::Compare(CompareOp::Ne, literal) => vec![(Tried::Ne, equality(literal).negated())],
            Test::Compare(_, _) => vec![(Tried::Plain, ops.range)],
            Test::In(list) => list.iter().map(|literal| (Tried::Plain, equality(literal))).collect(),
            Test::Function(StringFunction::StartsWith, _) => vec![(Tried::Plain, ops.starts)],
            Test::Function(StringFunction::EndsWith, _) => vec![(Tried::Whole, ops.ends)],
            Test::Function(StringFunction::Contains, _) => vec![(Tried::Contains, Support::Never)],
            Test::Has(_) => vec![(Tried::Whole, Support::Never)],
        }
    }
}
