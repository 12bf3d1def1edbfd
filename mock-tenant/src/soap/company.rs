//! Calls about the company as a whole.

use serde_json::json;

use super::commands::{Answer, Call, nothing};
use super::fault::Refusal;
use super::infoset::{Atom, Element};
use crate::tenant::{Company, DeletionPreventionMode, Features, Tenant};

/// Most links that the objects of one batch may change. Source: AADInternals, `Get-AADIntSyncConfiguration`.
pub(super) const LINKS_MAX: usize = 15_000;

fn text(name: &'static str, value: &str) -> Element {
    Element::new(name).text(value)
}

fn number(name: &'static str, value: u32) -> Element {
    Element::new(name).atom(Atom::Integer(value.into()))
}

fn flag(name: &'static str, value: bool) -> Element {
    Element::new(name).atom(Atom::Bool(value))
}

/// GetCompanyConfiguration. Source of the members: AADInternals, `Get-AADIntSyncConfiguration`; of their order: that of a
/// data contract.
pub(super) fn configuration(call: &Call<'_>, tenant: &mut Tenant) -> Result<Answer, Refusal> {
    let company = tenant.company();
    let write_back = Element::new("b:WriteBack")
        .child(Element::new("b:UnifiedGroupContainer").text_or_nil(None))
        .child(Element::new("b:UserContainer").text_or_nil(None));
    let links = u32::try_from(LINKS_MAX).unwrap_or(u32::MAX);
    let result = call
        .result()
        .child(text("b:AllowedFeatures", "ObjectWriteback PasswordWriteback"))
        .child(dirsync_configuration(company))
        .child(number("b:DirSyncFeatures", company.features.bits()))
        .child(text("b:DisplayName", &company.display_name))
        .child(flag("b:IsDirSyncing", company.dir_sync_enabled))
        .child(flag("b:IsPasswordSyncing", company.features.has(Features::PASSWORD_HASH_SYNC)))
        .child(number("b:MaxLinksSupportedAcrossBatchInProvision2", links))
        .child(text("b:SynchronizationInterval", "PT30M"))
        .child(Element::new("b:TenantId").atom(Atom::Uuid(tenant.settings().tenant_id)))
        .child(write_back);
    Ok((result, nothing()))
}

fn dirsync_configuration(company: &Company) -> Element {
    let prevention = &company.deletion_prevention;
    let (mode, count, percentage) = match prevention.mode {
        DeletionPreventionMode::Disabled => ("Disabled", 0, 0),
        DeletionPreventionMode::EnabledForCount => ("EnabledForCount", prevention.threshold, 0),
        DeletionPreventionMode::EnabledForPercentage => ("EnabledForPercentage", 0, prevention.threshold),
    };
    let export = Element::new("b:CurrentExport")
        .child(Element::new("b:DirSyncClientMachineName").text_or_nil(None))
        .child(number("b:TotalConnectorSpaceObjects", 0));
    let guard = Element::new("b:PreventAccidentalDeletion")
        .child(text("b:DeletionPrevention", mode))
        .child(number("b:ThresholdCount", count))
        .child(number("b:ThresholdPercentage", percentage));
    Element::new("b:DirSyncConfiguration")
        .child(Element::new("b:AnchorAttribute").text_or_nil(None))
        .child(Element::new("b:ApplicationVersion").text_or_nil(None))
        .child(Element::new("b:ClientVersion").text_or_nil(None))
        .child(export)
        .child(flag("b:IsTrackingChanges", true))
        .child(guard)
}

/// SetCompanyDirsyncFeatures.
pub(super) fn set_features(call: &Call<'_>, tenant: &mut Tenant) -> Result<Answer, Refusal> {
    let bits = call.number("dirsyncFeatures")?;
    tenant.company_mut().features = Features::from_bits(bits);
    Ok((Element::new("SetCompanyDirsyncFeaturesResult").atom(Atom::Bool(true)), json!({ "features": bits })))
}

/// FinalizeExport.
pub(super) fn finalize(call: &Call<'_>, tenant: &mut Tenant) -> Result<Answer, Refusal> {
    let (total, successful) = (call.number("totalExported")?, call.number("successfulExportCount")?);
    tenant.company_mut().last_sync = Some(call.now);
    Ok((call.nil(), json!({ "total": total, "successful": successful })))
}
