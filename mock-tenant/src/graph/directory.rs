//! `/organization` and `/directory/onPremisesSynchronization`.

use serde_json::{Map, Value as Json, json};

use super::call::{Call, Reply};
use super::error::GraphError;
use super::get::{self, context, members, selected};
use super::model::Act;
use super::place::Place;
use super::types::{ORGANIZATION, Organization};
use crate::tenant::{DeletionPreventionMode, Features, Tenant};

/// `/organization`.
pub(super) fn organization(
    tenant: &Tenant,
    call: &Call<'_>,
    place: &Place,
    act: Act,
) -> Result<Reply, GraphError> {
    let row = Organization::of(tenant);
    if act == Act::List {
        let select = selected(call, &ORGANIZATION)?;
        let value: Vec<Json> = vec![members(&row, &select).into()];
        return Ok(Reply::ok(
            json!({"@odata.context": context(call, &place.set(), &select), "value": value}),
        ));
    }
    is_tenant(tenant, place.key())?;
    get::answer(call, place, &row, &ORGANIZATION)
}

/// `/directory/onPremisesSynchronization`.
pub(super) fn synchronization(
    tenant: &Tenant,
    call: &Call<'_>,
    place: &Place,
    act: Act,
) -> Result<Reply, GraphError> {
    let context = format!("{}/$metadata#{}", call.root(), place.set());
    if act == Act::List {
        return Ok(Reply::ok(json!({"@odata.context": context, "value": [Json::Object(settings(tenant))]})));
    }
    is_tenant(tenant, place.key())?;
    let mut body = Map::new();
    body.insert("@odata.context".to_owned(), format!("{context}/$entity").into());
    body.extend(settings(tenant));
    Ok(Reply::ok(body.into()))
}

/// The tenant's one organization and its one configuration have the tenant's id.
fn is_tenant(tenant: &Tenant, id: &str) -> Result<(), GraphError> {
    let own = id.eq_ignore_ascii_case(&tenant.settings().tenant_id.to_string());
    if own { Ok(()) } else { Err(GraphError::not_found(id)) }
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
