//! `/directory/onPremisesSynchronization`.

use serde_json::{Map, Value as Json, json};

use super::body;
use super::call::{Call, Reply};
use super::error::GraphError;
use super::model::Act;
use super::place::Place;
use crate::tenant::{Company, DeletionPreventionMode, Features, MutationError, Tenant};

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

/// `PATCH /directory/onPremisesSynchronization/{id}`: what is given changes, the rest stays.
/// Source: microsoft-graph-docs, api/onpremisesdirectorysynchronization-update.md.
pub(super) fn patch_synchronization(
    tenant: &mut Tenant,
    call: &Call<'_>,
    place: &Place,
) -> Result<Reply, GraphError> {
    is_tenant(tenant, place.key())?;
    let body = body::object(call)?;
    let mut company = tenant.company().clone();
    if let Some(prevention) =
        body.get("configuration").and_then(|given| given.get("accidentalDeletionPrevention"))
    {
        prevent(&mut company, prevention)?;
    }
    for (name, value) in body.get("features").and_then(Json::as_object).into_iter().flatten() {
        switch(&mut company, name, value)?;
    }
    *tenant.company_mut() = company;
    Ok(Reply::no_content())
}

fn prevent(company: &mut Company, given: &Json) -> Result<(), GraphError> {
    if let Some(kind) = given.get("synchronizationPreventionType") {
        company.deletion_prevention.mode =
            serde_json::from_value(kind.clone()).map_err(|_| invalid("synchronizationPreventionType"))?;
    }
    if let Some(threshold) = given.get("alertThreshold") {
        let number = threshold.as_u64().and_then(|number| u32::try_from(number).ok());
        company.deletion_prevention.threshold = number.ok_or_else(|| invalid("alertThreshold"))?;
    }
    Ok(())
}

fn switch(company: &mut Company, name: &str, value: &Json) -> Result<(), GraphError> {
    let on = value.as_bool().ok_or_else(|| invalid(name))?;
    let known =
        FEATURES.iter().find(|(graph, _)| graph.eq_ignore_ascii_case(name)).ok_or_else(|| invalid(name))?;
    match known.1.and_then(Features::named) {
        Some(feature) => company.features.set(feature, on),
        None if on => return Err(GraphError::not_by_double(&format!("the feature {}", known.0))),
        None => {}
    }
    Ok(())
}

fn invalid(property: &str) -> GraphError {
    let (property, resource) = (property.to_owned(), "OnPremisesDirectorySynchronization");
    MutationError::InvalidValue { property, resource }.into()
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

/// The switch that the hardening of July 2026 brought.
const BYPASS: &str = "allowOnPremUpdateOfOnPremisesObjectIdentifierEnabled";

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
    let bypass = (BYPASS.to_owned(), json!(company.allow_object_identifier_update));
    let features = std::iter::once(bypass).chain(FEATURES.iter().map(feature)).collect();
    body.insert("features".to_owned(), Json::Object(features));
    body
}
