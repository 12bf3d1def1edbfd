//! `/organization` and `/directory/onPremisesSynchronization`.

use serde_json::{Map, Value as Json, json};

use super::call::{Call, Reply};
use super::error::GraphError;
use super::get::{context, members, selected, single};
use super::types::{ORGANIZATION, Organization};
use crate::tenant::{DeletionPreventionMode, Features, Tenant};

/// `GET /organization`.
pub(super) fn organizations(tenant: &Tenant, call: &Call<'_>) -> Result<Reply, GraphError> {
    let select = selected(call, &ORGANIZATION)?;
    let value: Vec<Json> = vec![members(&Organization::of(tenant), &select).into()];
    Ok(Reply::ok(json!({"@odata.context": context(call, "organization", &select), "value": value})))
}

/// `GET /organization/{id}`.
pub(super) fn organization(tenant: &Tenant, call: &Call<'_>, id: &str) -> Result<Reply, GraphError> {
    let select = selected(call, &ORGANIZATION)?;
    if !id.eq_ignore_ascii_case(&tenant.settings().tenant_id.to_string()) {
        return Err(GraphError::not_found(id));
    }
    Ok(Reply::ok(single(call, "organization", &Organization::of(tenant), &select)))
}

/// `GET /directory/onPremisesSynchronization`.
pub(super) fn synchronizations(tenant: &Tenant, call: &Call<'_>) -> Reply {
    let context = format!("{}/$metadata#directory/onPremisesSynchronization", call.root());
    Reply::ok(json!({"@odata.context": context, "value": [Json::Object(settings(tenant))]}))
}

/// `GET /directory/onPremisesSynchronization/{id}`.
pub(super) fn synchronization(tenant: &Tenant, call: &Call<'_>, id: &str) -> Result<Reply, GraphError> {
    if !id.eq_ignore_ascii_case(&tenant.settings().tenant_id.to_string()) {
        return Err(GraphError::not_found(id));
    }
    let mut body = Map::new();
    let context = format!("{}/$metadata#directory/onPremisesSynchronization/$entity", call.root());
    body.insert("@odata.context".to_owned(), context.into());
    body.extend(settings(tenant));
    Ok(Reply::ok(body.into()))
}

/// Graph's name of a feature and the one of the sync service; features without a counterpart are off.
/// Source: microsoft-graph-docs, resources/onpremisesdirectorysynchronizationfeature.md.
const FEATURES: &[(&str, Option<&str>)] = &[
    ("blockCloudObjectTakeoverThroughHardMatchEnabled", Some("BlockCloudObjectTakeoverThroughHardMatch")),
    ("blockSoftMatchEnabled", Some("BlockSoftMatch")),
    ("bypassDirSyncOverridesEnabled", None),
    (
        "cloudPasswordPolicyForPasswordSyncedUsersEnabled",
        Some("EnforceCloudPasswordPolicyForPasswordSyncedUsers"),
    ),
    ("concurrentCredentialUpdateEnabled", None),
    ("concurrentOrgIdProvisioningEnabled", None),
    ("deviceWritebackEnabled", Some("DeviceWriteback")),
    ("directoryExtensionsEnabled", Some("DirectoryExtensions")),
    ("fopeConflictResolutionEnabled", None),
    ("groupWriteBackEnabled", None),
    ("passwordSyncEnabled", Some("PasswordHashSync")),
    ("passwordWritebackEnabled", Some("PasswordWriteBack")),
    ("quarantineUponProxyAddressesConflictEnabled", Some("DuplicateProxyAddressResiliency")),
    ("quarantineUponUpnConflictEnabled", Some("DuplicateUPNResiliency")),
    ("softMatchOnUpnEnabled", Some("EnableSoftMatchOnUpn")),
    ("synchronizeUpnForManagedUsersEnabled", Some("SynchronizeUpnForManagedUsers")),
    ("unifiedGroupWritebackEnabled", Some("UnifiedGroupWriteback")),
    ("userForcePasswordChangeOnLogonEnabled", Some("EnableUserForcePasswordChangeOnLogon")),
    ("userWritebackEnabled", Some("UserWriteback")),
];

fn settings(tenant: &Tenant) -> Map<String, Json> {
    let company = tenant.company();
    let on = |name: &str| Features::named(name).is_some_and(|feature| company.features.has(feature));
    let feature = |(graph, name): &(&str, Option<&str>)| ((*graph).to_owned(), json!(name.is_some_and(on)));
    let kind = match company.deletion_prevention.mode {
        DeletionPreventionMode::Disabled => "disabled",
        DeletionPreventionMode::EnabledForCount => "enabledForCount",
        DeletionPreventionMode::EnabledForPercentage => "enabledForPercentage",
    };
    let prevention = json!({
        "synchronizationPreventionType": kind,
        "alertThreshold": company.deletion_prevention.threshold,
    });
    let mut body = Map::new();
    body.insert("id".to_owned(), tenant.settings().tenant_id.to_string().into());
    body.insert("configuration".to_owned(), json!({"accidentalDeletionPrevention": prevention}));
    body.insert("features".to_owned(), Json::Object(FEATURES.iter().map(feature).collect()));
    body
}
