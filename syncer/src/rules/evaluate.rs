//! One object through the rules: scope → join → transform → precedence → metaverse → outbound.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use jiff::Timestamp;

use super::lang::{AttributeSource, Context, Value};
use super::merge::{Contributions, Slot};
use super::model::{Flow, FlowSource, LinkType, Rule, RuleSet};
use super::{check, convert, schema};
use crate::engine::packed::Packed;
use crate::model::{Guid, ObjectType, TenantValue};

/// One object of the directory, as the rules see it.
#[derive(Debug)]
pub struct Source<'a> {
    /// objectGUID.
    pub guid: Guid,
    /// DN.
    pub dn: &'a str,
    /// Staged attributes.
    pub attributes: &'a Packed,
    /// `%Name%` parameters.
    pub parameters: &'a BTreeMap<String, String>,
    /// The tenant has the object already: flows that apply once do not apply.
    pub exists: bool,
}

/// What the rules make of an object.
#[derive(Debug, Clone, PartialEq)]
pub enum Projection {
    /// It does not belong into the tenant, and why.
    Filtered(String),
    /// It does, like this.
    Desired(Desired),
}

/// An object as the tenant should have it.
#[derive(Debug, Clone, PartialEq)]
pub struct Desired {
    /// Kind.
    pub kind: ObjectType,
    /// Source anchor.
    pub anchor: String,
    /// Properties with a value; references are not among them.
    pub properties: IndexMap<String, TenantValue>,
    /// Properties that refer to another object of the directory, by its DN.
    pub references: BTreeMap<String, String>,
    /// Properties that keep what they have (IgnoreThisFlow, flows that apply once).
    pub kept: BTreeSet<String>,
    /// Properties that had a value of no octets, which is never sent.
    pub emptied: BTreeSet<String>,
}

/// Why an object can't be synchronised.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// An expression has no value.
    #[error("rule \"{rule}\", attribute {attribute}: {message}")]
    Flow {
        /// Rule.
        rule: String,
        /// Target attribute.
        attribute: String,
        /// Why.
        message: String,
    },
    /// More than one rule in scope has join criteria.
    #[error("more than one rule in scope defines joins: {0}")]
    Joins(String),
    /// Rules provision the object as two kinds at once.
    #[error("rules provision the object both as {0} and as {1}")]
    Kinds(String, String),
    /// The object would be provisioned without a source anchor.
    #[error("the object has no source anchor")]
    NoAnchor,
}

impl RuleError {
    /// The engine's code for it, in the terms of the synchronisation service.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Flow { .. } => "sync-rule-flow-error",
            Self::Joins(_) => "sync-rule-validation-error",
            Self::Kinds(..) => "ambiguous-export-flow",
            Self::NoAnchor => "missing-anchor-value",
        }
    }
}

impl RuleSet {
    /// Evaluates all rules for one object.
    ///
    /// # Errors
    /// [`RuleError`]: an error of this object; others are not concerned.
    pub fn evaluate(&self, source: &Source<'_>, now: Timestamp) -> Result<Projection, RuleError> {
        let Some(class) = class_of(source.attributes) else {
            return Ok(Projection::Filtered("no rule reads objects of this class".into()));
        };
        let staged = Staged { source, cache: RefCell::default() };
        let inbound = in_scope(&self.inbound, class, &staged);
        one_join(&inbound)?;
        if !inbound.iter().any(|r| r.link == LinkType::Provision) {
            return Ok(Projection::Filtered("no inbound rule that provisions is in scope".into()));
        }
        let metaverse = transform(&inbound, &staged, source, now)?;
        let types: BTreeSet<&str> = inbound.iter().map(|r| r.target.as_str()).collect();
        self.export(source, &Metaverse(metaverse), &types, now)
    }

    fn export(
        &self,
        source: &Source<'_>,
        metaverse: &Metaverse,
        types: &BTreeSet<&str>,
        now: Timestamp,
    ) -> Result<Projection, RuleError> {
        let readable = |r: &&Rule| r.source.iter().any(|s| types.contains(s.as_str()));
        let outbound: Vec<&Rule> =
            self.outbound.iter().filter(readable).filter(|r| scoped(r, metaverse)).collect();
        let mut kinds = outbound.iter().filter(|r| r.link == LinkType::Provision).map(|r| r.target.as_str());
        let Some(target) = kinds.next() else {
            return Ok(Projection::Filtered(self.why_not(metaverse, types)));
        };
        if let Some(other) = kinds.find(|k| *k != target) {
            return Err(RuleError::Kinds(target.to_owned(), other.to_owned()));
        }
        let rules: Vec<&Rule> = outbound.into_iter().filter(|r| r.target == target).collect();
        let slots = transform(&rules, metaverse, source, now)?;
        self.desired(target, slots)
    }

    fn desired(&self, target: &str, slots: BTreeMap<String, Slot>) -> Result<Projection, RuleError> {
        let kind = check::kind(target).ok_or(RuleError::NoAnchor)?;
        let mut desired = Desired {
            kind,
            anchor: String::new(),
            properties: IndexMap::new(),
            references: BTreeMap::new(),
            kept: BTreeSet::new(),
            emptied: BTreeSet::new(),
        };
        for (name, slot) in slots {
            match slot {
                Slot::Open | Slot::Closed => {}
                Slot::Kept => drop(desired.kept.insert(name)),
                Slot::Set(Value::Str(anchor)) if name == "sourceAnchor" => {
                    desired.anchor = anchor.to_string();
                }
                Slot::Set(value) => self.put(&mut desired, name, &value)?,
            }
        }
        if desired.anchor.is_empty() { Err(RuleError::NoAnchor) } else { Ok(Projection::Desired(desired)) }
    }

    fn put(&self, desired: &mut Desired, name: String, value: &Value) -> Result<(), RuleError> {
        if let Value::Ref(dn) = value {
            desired.references.insert(name, dn.to_string());
            return Ok(());
        }
        let converted = convert::to_tenant(value, self.multi_valued.contains(&name));
        let (value, emptied) = converted.map_err(|message| RuleError::Flow {
            rule: "export".into(),
            attribute: name.clone(),
            message,
        })?;
        if emptied {
            desired.emptied.insert(name.clone());
        }
        if let Some(value) = value {
            desired.properties.insert(name, value);
        }
        Ok(())
    }

    /// The first clause of the first provisioning rule that does not hold, for people.
    fn why_not(&self, metaverse: &Metaverse, types: &BTreeSet<&str>) -> String {
        let provisioning =
            |r: &&Rule| r.link == LinkType::Provision && r.source.iter().any(|s| types.contains(s.as_str()));
        let object_type = metaverse.attribute("sourceObjectType");
        let fitting = |r: &&Rule| matches!(&object_type, Value::Str(t) if **t == *r.target);
        let rules: Vec<&Rule> = self.outbound.iter().filter(provisioning).collect();
        let rule = rules.iter().copied().find(fitting).or_else(|| rules.first().copied());
        let clause =
            rule.and_then(|r| r.scope.iter().flatten().find(|c| !c.holds(metaverse)).map(|c| (r, c)));
        clause.map_or_else(
            || "no outbound rule provisions it".to_owned(),
            |(r, c)| {
                format!("out of scope of \"{}\": {} {:?} {}", r.name, c.attribute, c.operator, c.value)
                    .trim_end()
                    .to_owned()
            },
        )
    }
}

/// The most specific class of the object that rules can read.
pub(crate) fn class_of(attributes: &Packed) -> Option<&'static str> {
    let classes: Vec<&[u8]> = attributes.get("objectclass")?.collect();
    let has = |name: &str| classes.iter().any(|c| c.eq_ignore_ascii_case(name.as_bytes()));
    // a computer and an inetOrgPerson are users too
    ["computer", "inetOrgPerson", "user", "contact", "group"].into_iter().find(|name| has(name))
}

fn in_scope<'a>(rules: &'a [Rule], class: &str, staged: &Staged<'_>) -> Vec<&'a Rule> {
    rules.iter().filter(|r| r.source.iter().any(|s| s == class) && scoped(r, staged)).collect()
}

fn scoped(rule: &Rule, source: &dyn AttributeSource) -> bool {
    rule.scope.is_empty() || rule.scope.iter().any(|group| group.iter().all(|clause| clause.holds(source)))
}

/// Source: entra-docs, "Understanding declarative provisioning", Join: only one rule in scope may have join criteria.
fn one_join(rules: &[&Rule]) -> Result<(), RuleError> {
    let joining: Vec<&str> = rules.iter().filter(|r| !r.join.is_empty()).map(|r| r.name.as_str()).collect();
    if joining.len() > 1 { Err(RuleError::Joins(joining.join(", "))) } else { Ok(()) }
}

fn transform(
    rules: &[&Rule],
    attributes: &dyn AttributeSource,
    source: &Source<'_>,
    now: Timestamp,
) -> Result<BTreeMap<String, Slot>, RuleError> {
    let seed = u64::from_le_bytes([0, 1, 2, 3, 4, 5, 6, 7].map(|i: usize| source.guid[i]));
    let context = Context::new(attributes, source.parameters, now, seed);
    let mut contributions = Contributions::default();
    for rule in rules {
        for flow in &rule.flows {
            if flow.once && source.exists {
                contributions.keep(&flow.to);
            } else if !contributions.decided(flow) {
                contributions.add(flow, contribute(rule, flow, attributes, &context)?);
            }
        }
    }
    Ok(contributions.finish())
}

fn contribute(
    rule: &Rule,
    flow: &Flow,
    attributes: &dyn AttributeSource,
    context: &Context<'_>,
) -> Result<Value, RuleError> {
    match &flow.source {
        FlowSource::Direct(name) => Ok(attributes.attribute(name)),
        FlowSource::Constant(value) => Ok(value.clone()),
        FlowSource::Expression(expression, _) => expression.eval(context).map_err(|e| RuleError::Flow {
            rule: rule.name.clone(),
            attribute: flow.to.clone(),
            message: e.to_string(),
        }),
    }
}

/// The staged object as a source of typed attributes; each is built once.
struct Staged<'a> {
    source: &'a Source<'a>,
    cache: RefCell<BTreeMap<String, Value>>,
}

impl AttributeSource for Staged<'_> {
    fn attribute(&self, name: &str) -> Value {
        if let Some(value) = self.cache.borrow().get(name) {
            return value.clone();
        }
        let value = self.build(name);
        self.cache.borrow_mut().insert(name.to_owned(), value.clone());
        value
    }
}

impl Staged<'_> {
    fn build(&self, name: &str) -> Value {
        match name {
            "dn" => Value::str(self.source.dn),
            "objectGUID" => Value::bin(self.source.guid),
            _ => match (schema::find(name), self.source.attributes.get(name)) {
                (Some(attribute), Some(values)) => attribute.value(values),
                _ => Value::Null,
            },
        }
    }
}

/// The metaverse object: what the inbound rules contributed.
struct Metaverse(BTreeMap<String, Slot>);

impl AttributeSource for Metaverse {
    fn attribute(&self, name: &str) -> Value {
        match self.0.get(name) {
            Some(Slot::Set(value)) => value.clone(),
            Some(Slot::Kept) => Value::IgnoreThisFlow,
            _ => Value::Null,
        }
    }
}
