//! Service principals on a path. Source: microsoft-graph-docs, resources/serviceprincipal.md.

use super::directory_object::DIRECTORY_OBJECT;
use super::tables::{Act, Operation, Type, Verb};
use crate::graph::types;

pub(super) const SET: &[Verb] =
    &[Verb::get("graph.service_principals.list", Act::List), Verb::post("graph.unserved", Act::Unserved)];

pub(super) const ITEM: &[Verb] = &[
    Verb::get("graph.service_principals.get", Act::Get),
    Verb::patch("graph.unserved", Act::Unserved),
    Verb::delete("graph.unserved", Act::Unserved),
];

pub(super) const OF_SET: &[Operation] = &[];

pub(super) const KNOWN_OF_SET: &[&str] = &["delta", "getByIds", "validateProperties"];

/// `microsoft.graph.servicePrincipal`.
pub(in crate::graph) static SERVICE_PRINCIPAL: Type = Type {
    name: "servicePrincipal",
    base: Some(&DIRECTORY_OBJECT),
    shape: Some(&types::SERVICE_PRINCIPAL),
    navigations: &[],
    operations: &[],
    known: &[
        "addKey",
        "addPassword",
        "addTokenSigningCertificate",
        "appManagementPolicies",
        "appRoleAssignedTo",
        "appRoleAssignments",
        "checkMemberGroups",
        "checkMemberObjects",
        "claimsMappingPolicies",
        "createdObjects",
        "delegatedPermissionClassifications",
        "endpoints",
        "federatedIdentityCredentials",
        "getMemberGroups",
        "getMemberObjects",
        "homeRealmDiscoveryPolicies",
        "memberOf",
        "oauth2PermissionGrants",
        "ownedObjects",
        "owners",
        "removeKey",
        "removePassword",
        "restore",
        "synchronization",
        "tokenIssuancePolicies",
        "tokenLifetimePolicies",
        "transitiveMemberOf",
    ],
};
