//! How the contributions of several rules to one attribute meet: precedence, merge types, the special nulls.
//!
//! Source: entra-docs, "Understanding declarative provisioning", Precedence, Merge attribute values and Special literals.

use std::collections::BTreeMap;

use super::lang::Value;
use super::model::{Flow, MergeType};

/// What the rules made of one attribute.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Slot {
    /// Nobody contributed (NULL): the attribute has no value.
    Open,
    /// A rule said AuthoritativeNull: no value, and nobody below may contribute.
    Closed,
    /// Nobody contributed, but a flow asked to be ignored: the target keeps what it has.
    Kept,
    /// The value.
    Set(Value),
}

/// Slots by attribute, filled in order of precedence.
#[derive(Debug, Default)]
pub(super) struct Contributions(BTreeMap<String, Slot>);

impl Contributions {
    /// A flow of lower precedence can't change the attribute any more.
    pub(super) fn decided(&self, flow: &Flow) -> bool {
        match self.0.get(&flow.to) {
            Some(Slot::Closed) => true,
            Some(Slot::Set(_)) => flow.merge == MergeType::Update,
            _ => false,
        }
    }

    /// The flow counts as absent: the target keeps its value unless another rule contributes.
    pub(super) fn keep(&mut self, name: &str) {
        let slot = self.0.entry(name.to_owned()).or_insert(Slot::Open);
        if *slot == Slot::Open {
            *slot = Slot::Kept;
        }
    }

    /// Adds the contribution of a flow.
    pub(super) fn add(&mut self, flow: &Flow, value: Value) {
        match value {
            Value::IgnoreThisFlow => self.keep(&flow.to),
            Value::Null => drop(self.0.entry(flow.to.clone()).or_insert(Slot::Open)),
            Value::AuthoritativeNull => self.close(&flow.to),
            value => self.set(flow, value),
        }
    }

    fn close(&mut self, name: &str) {
        let slot = self.0.entry(name.to_owned()).or_insert(Slot::Open);
        if !matches!(slot, Slot::Set(_)) {
            *slot = Slot::Closed;
        }
    }

    fn set(&mut self, flow: &Flow, value: Value) {
        let slot = self.0.entry(flow.to.clone()).or_insert(Slot::Open);
        *slot = match std::mem::replace(slot, Slot::Open) {
            Slot::Set(old) => Slot::Set(union(&old, &value, flow.merge)),
            _ => Slot::Set(value),
        };
    }

    pub(super) fn finish(self) -> BTreeMap<String, Slot> {
        self.0
    }
}

/// All values of both, each once, the first spelling wins.
fn union(first: &Value, second: &Value, merge: MergeType) -> Value {
    let mut values: Vec<Value> = Vec::new();
    for value in first.elements().iter().chain(second.elements()) {
        if !values.iter().any(|have| same(have, value, merge)) {
            values.push(value.clone());
        }
    }
    Value::list(values)
}

fn same(a: &Value, b: &Value, merge: MergeType) -> bool {
    match (merge, a, b) {
        (MergeType::MergeCaseInsensitive, Value::Str(a), Value::Str(b)) => {
            a.to_lowercase() == b.to_lowercase()
        }
        _ => a == b,
    }
}
