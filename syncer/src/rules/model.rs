//! Rules as declarative provisioning knows them.
//!
//! Source: entra-docs, "Understanding declarative provisioning"; the fields are those of an exported rule.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::lang::{Expr, Value};
use super::scope::Clause;
use crate::model::ObjectType;

/// A rule set, checked, rules in order of precedence.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleSet {
    /// Name.
    pub name: String,
    /// SHA-256 of the text it was loaded from, hex: another one asks for a full synchronisation.
    pub fingerprint: String,
    /// Rules from the directory into the metaverse.
    pub inbound: Vec<Rule>,
    /// Rules from the metaverse to the tenant.
    pub outbound: Vec<Rule>,
    pub(super) multi_valued: BTreeSet<String>,
    pub(super) directory_attributes: Vec<String>,
    pub(super) reference_attributes: Vec<String>,
    pub(super) managed: BTreeMap<ObjectType, BTreeSet<String>>,
}

impl RuleSet {
    /// The attributes of AD that the rules read, in AD's spelling.
    #[must_use]
    pub fn directory_attributes(&self) -> &[String] {
        &self.directory_attributes
    }

    /// Those of them that hold DNs.
    #[must_use]
    pub fn reference_attributes(&self) -> &[String] {
        &self.reference_attributes
    }

    /// The properties of a kind of tenant object that the rules decide about; all others are none of their business.
    #[must_use]
    pub fn managed(&self, kind: ObjectType) -> Option<&BTreeSet<String>> {
        self.managed.get(&kind)
    }
}

/// One synchronisation rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// Name.
    pub name: String,
    /// Object types it reads: AD's classes inbound, metaverse types outbound.
    pub source: Vec<String>,
    /// Object type it writes: a metaverse type inbound, a kind of tenant object outbound.
    pub target: String,
    /// What being in scope means for the link between the two.
    pub link: LinkType,
    /// Lower wins.
    pub precedence: u32,
    /// Scoping filter: one of the groups must hold, all clauses of it; empty: everything is in scope.
    pub scope: Vec<Vec<Clause>>,
    /// Join criteria: groups of (source attribute, target attribute).
    pub join: Vec<Vec<(String, String)>>,
    /// Attribute flows.
    pub flows: Vec<Flow>,
}

/// linkType of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LinkType {
    /// Contributes to an object that another rule provisions.
    Join,
    /// Creates the object, and keeps it as long as the rule is in scope.
    Provision,
    /// Keeps an existing object, creates none.
    StickyJoin,
}

/// One attribute flow.
#[derive(Debug, Clone, PartialEq)]
pub struct Flow {
    /// Target attribute.
    pub to: String,
    /// Where the value comes from.
    pub source: FlowSource,
    /// How it meets the values of other rules.
    pub merge: MergeType,
    /// Applied only when the object is created.
    pub once: bool,
}

/// The three flow types.
#[derive(Debug, Clone, PartialEq)]
pub enum FlowSource {
    /// The attribute as it is.
    Direct(String),
    /// A constant.
    Constant(Value),
    /// An expression, with the names of the attributes that it reads.
    Expression(Expr, BTreeSet<String>),
}

/// ValueMergeType of a flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MergeType {
    /// The highest precedence wins (also written `Replace`).
    #[default]
    #[serde(alias = "replace")]
    Update,
    /// All values of all rules, each once.
    Merge,
    /// As Merge; values that differ in letter case only count as one.
    MergeCaseInsensitive,
}
