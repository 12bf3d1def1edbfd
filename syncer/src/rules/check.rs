//! What must hold between the rules of a file, and what follows from all of them together.

use std::collections::{BTreeMap, BTreeSet};

use serde_saphyr::{Location, Spanned};

use super::file::{Direction, FileText, FlowText, Notes, RuleText};
use super::model::{FlowSource, MergeType, Rule, RuleSet};
use super::scope::Clause;
use super::{schema, suggest};
use crate::model::ObjectType;

/// AD object classes that can be a source.
pub(super) const CLASSES: [&str; 5] = ["computer", "contact", "group", "inetOrgPerson", "user"];
/// Kinds of tenant objects that can be a target.
const KINDS: [(&str, ObjectType); 4] = [
    ("Contact", ObjectType::Contact),
    ("Device", ObjectType::Device),
    ("Group", ObjectType::Group),
    ("User", ObjectType::User),
];

/// The kind of tenant object of that name.
pub(super) fn kind(name: &str) -> Option<ObjectType> {
    KINDS.iter().find(|(n, _)| *n == name).map(|(_, k)| *k)
}

/// Checks names and merge types, and fills in what the set as a whole reads and writes.
pub(super) fn check(file: &FileText, set: &mut RuleSet, notes: &mut Notes) {
    let metaverse = metaverse(file, set);
    for rule in file.rules.iter().filter(|r| !r.disabled) {
        check_types(rule, notes);
        check_attributes(rule, &metaverse, notes);
    }
    check_merges(file, notes);
    let directory: BTreeSet<&str> = set.inbound.iter().flat_map(reads).filter(|n| *n != "dn").collect();
    set.reference_attributes =
        owned(directory.iter().filter(|n| schema::find(n).is_some_and(|a| a.kind == schema::Kind::Dn)));
    set.directory_attributes = owned(directory.iter());
    for rule in &set.outbound {
        if let Some(kind) = kind(&rule.target) {
            let written = rule.flows.iter().map(|f| f.to.clone()).filter(|n| n != "sourceAnchor");
            set.managed.entry(kind).or_default().extend(written);
        }
    }
}

fn owned<'a, S: AsRef<str> + 'a>(names: impl Iterator<Item = &'a S>) -> Vec<String> {
    names.map(|n| n.as_ref().to_owned()).collect()
}

/// Everything that an inbound rule contributes to, and what the file declares.
fn metaverse(file: &FileText, set: &RuleSet) -> BTreeSet<String> {
    let written = set.inbound.iter().flat_map(|r| r.flows.iter().map(|f| f.to.clone()));
    written.chain(file.metaverse.iter().cloned()).collect()
}

/// Every source attribute that a rule reads.
fn reads(rule: &Rule) -> impl Iterator<Item = &str> {
    let scope = rule.scope.iter().flatten().map(|c| c.attribute.as_str());
    let join = rule.join.iter().flatten().map(|(source, _)| source.as_str());
    scope.chain(join).chain(rule.flows.iter().flat_map(|f| flow_reads(&f.source)).map(|n| n.as_str()))
}

fn flow_reads(source: &FlowSource) -> Vec<&String> {
    match source {
        FlowSource::Direct(name) => vec![name],
        FlowSource::Constant(_) => Vec::new(),
        FlowSource::Expression(_, names) => names.iter().collect(),
    }
}

fn check_types(rule: &RuleText, notes: &mut Notes) {
    match rule.direction {
        Direction::Inbound => {
            rule.source.iter().for_each(|s| known(s, "object class", CLASSES, notes));
        }
        Direction::Outbound => known(&rule.target, "kind of tenant object", KINDS.map(|(n, _)| n), notes),
    }
}

fn known<const N: usize>(name: &Spanned<String>, what: &str, names: [&str; N], notes: &mut Notes) {
    if !names.contains(&name.value.as_str()) {
        let hint = suggest::hint(&name.value, names);
        notes.add(
            &name.referenced,
            format!("unknown {what} \"{}\"{hint}, expected one of {}", name.value, names.join(", ")),
        );
    }
}

fn check_attributes(rule: &RuleText, metaverse: &BTreeSet<String>, notes: &mut Notes) {
    for (name, at) in mentioned(rule) {
        let mistake = match rule.direction {
            Direction::Inbound => unknown_in_directory(&name),
            Direction::Outbound => unknown_in_metaverse(&name, metaverse),
        };
        if let Some(message) = mistake {
            notes.add(&at, message);
        }
    }
}

/// Every source attribute that the text of a rule mentions, with its place.
fn mentioned(rule: &RuleText) -> Vec<(String, Location)> {
    let clauses = rule.scope.iter().flatten();
    let mut found: Vec<_> =
        clauses.filter_map(|c| Clause::parse(&c.value).ok().map(|p| (p.attribute, c.referenced))).collect();
    let joins = rule.join.iter().flatten();
    found.extend(
        joins.filter_map(|c| c.value.split_once('=').map(|(s, _)| (s.trim().to_owned(), c.referenced))),
    );
    found.extend(rule.flows.iter().flat_map(flow_mentions));
    found
}

fn flow_mentions(flow: &FlowText) -> Vec<(String, Location)> {
    let direct =
        flow.from.iter().chain(&flow.same).chain(&flow.trim).map(|n| (n.value.clone(), n.referenced));
    let parsed =
        flow.expression.iter().filter_map(|e| Some((super::lang::Expr::parse(&e.value).ok()?, e.referenced)));
    direct.chain(parsed.flat_map(|(e, at)| e.attributes().into_iter().map(move |n| (n, at)))).collect()
}

fn unknown_in_directory(name: &str) -> Option<String> {
    match schema::find(name) {
        Some(found) if found.name == name => None,
        _ if name == "dn" => None,
        _ => Some(format!(
            "AD has no attribute \"{name}\"{}; names are case-sensitive in rules",
            suggest::hint(name, schema::names())
        )),
    }
}

fn unknown_in_metaverse(name: &str, metaverse: &BTreeSet<String>) -> Option<String> {
    let hint = || suggest::hint(name, metaverse.iter().map(String::as_str));
    (!metaverse.contains(name)).then(|| format!("no inbound rule contributes to \"{name}\"{}", hint()))
}

/// All flows to one attribute must agree on how values meet.
/// Source: entra-docs, "Understanding declarative provisioning", Merge attribute values.
fn check_merges(file: &FileText, notes: &mut Notes) {
    let mut first: BTreeMap<(bool, String, String), (MergeType, String)> = BTreeMap::new();
    for rule in file.rules.iter().filter(|r| !r.disabled) {
        for flow in &rule.flows {
            for to in flow.to.iter().chain(&flow.same).chain(&flow.trim) {
                let key = (rule.direction == Direction::Inbound, rule.target.value.clone(), to.value.clone());
                let (merge, name) = first.entry(key).or_insert_with(|| (flow.merge, rule.name.value.clone()));
                if *merge != flow.merge {
                    let message = format!(
                        "\"{}\" flows with another merge type in rule \"{name}\": they must agree",
                        to.value
                    );
                    notes.add(&to.referenced, message);
                }
            }
        }
    }
}
