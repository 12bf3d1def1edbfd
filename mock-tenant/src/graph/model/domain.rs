//! Domains on a path. Source: microsoft-graph-docs, resources/domain.md.

use super::tables::{Act, Type, Verb};
use crate::graph::types;

pub(super) const SET: &[Verb] =
    &[Verb::get("graph.domains.list", Act::List), Verb::post("graph.unserved", Act::Unserved)];

pub(super) const ITEM: &[Verb] = &[
    Verb::get("graph.domains.get", Act::Get),
    Verb::patch("graph.unserved", Act::Unserved),
    Verb::delete("graph.unserved", Act::Unserved),
];

/// `microsoft.graph.domain`.
pub(in crate::graph) static DOMAIN: Type = Type {
    name: "domain",
    base: None,
    shape: Some(&types::DOMAIN),
    navigations: &[],
    operations: &[],
    known: &[
        "domainNameReferences",
        "federationConfiguration",
        "forceDelete",
        "promote",
        "rootDomain",
        "serviceConfigurationRecords",
        "verificationDnsRecords",
        "verify",
    ],
};
