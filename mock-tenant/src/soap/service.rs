//! The commands, and the calls about the company as a whole.

use jiff::Timestamp;
use kit::faults::Effect;
use kit::journal::Event;
use serde_json::json;

use super::fault::{Refusal, SoapReply, envelope};
use super::infoset::{ARRAYS, CONTRACTS, Element, INSTANCE, SERVICE};
use super::request::{ACTION, Request};
use super::{provision, read_back};
use crate::observe::Observer;
use crate::tenant::{Company, DeletionPreventionMode, Features, Tenant};

/// Most links that one batch may change. Source: the service's own limit of that name.
const LINKS_MAX: u32 = 15_000;

/// What a command answers with.
pub(super) struct Outcome {
    /// Inside of `<Command>Response`.
    pub(super) result: Element,
    /// What the transport shall do with the answer.
    pub(super) transport: Vec<Effect>,
}

/// The commands, with the operations that the journal knows them by.
const OPERATIONS: &[(&str, &str)] = &[
    ("Capabilities", "provisioning.capabilities"),
    ("FinalizeExport", "provisioning.finalize_export"),
    ("GetCompanyConfiguration", "provisioning.get_company_configuration"),
    ("GetDeviceConfiguration", "provisioning.get_device_configuration"),
    ("ProvisionAzureADSyncObjects", "provisioning.set"),
    ("ProvisionAzureADSyncObjects2", "provisioning.set"),
    ("ProvisionCredentials", "provisioning.provision_credentials"),
    ("ReadBackAzureADSyncObjects", "provisioning.read_back"),
    ("ReadBackAzureADSyncObjects2", "provisioning.read_back"),
    ("SetCompanyDirsyncFeatures", "provisioning.set_company_dirsync_features"),
];

impl Request {
    /// The operation by which the journal knows the call, if it is a command of the service.
    #[must_use]
    pub fn op(&self) -> Option<&'static str> {
        OPERATIONS.iter().find(|(known, _)| *known == self.command()).map(|(_, op)| *op)
    }

    /// Carries the call out. The token has been checked.
    pub fn answer(&self, tenant: &mut Tenant, now: Timestamp, observer: &mut dyn Observer) -> SoapReply {
        tenant.tick(now);
        let reply = match self.dispatch(tenant, now, observer) {
            Ok(outcome) => self.reply(outcome),
            Err((refusal, transport)) => SoapReply { transport, ..refusal.reply() },
        };
        reply.encoded(self.encoding())
    }

    fn dispatch(
        &self,
        tenant: &mut Tenant,
        now: Timestamp,
        observer: &mut dyn Observer,
    ) -> Result<Outcome, Refused> {
        let command = self.command();
        let known = OPERATIONS.iter().find(|(known, _)| *known == command && self.is_consistent());
        let Some((_, op)) = known else {
            let refusal = Refusal::ActionNotSupported(self.action().to_owned());
            observer.record(Event::new("provisioning.unknown").target(self.action()).outcome(refusal.code()));
            return Err((refusal, Vec::new()));
        };
        if command.starts_with("ProvisionAzureADSyncObjects") {
            return provision::provision(self, tenant, now, observer);
        }
        let effects = observer.decide(op, "");
        let event = Event::new(*op).fault(Effect::names(&effects));
        let (transport, meaning): (Vec<_>, Vec<_>) = effects.into_iter().partition(Effect::is_transport);
        if let Some(refusal) = meaning.iter().find_map(refusal_of) {
            observer.record(event.outcome(refusal.code()));
            return Err((refusal, transport));
        }
        if transport.contains(&Effect::CloseBefore {}) {
            observer.record(event.outcome("closed"));
            return Ok(Outcome { result: Element::new("Closed"), transport });
        }
        match self.run(command, tenant, now, &meaning) {
            Ok((result, detail)) => {
                observer.record(Event { detail, ..event });
                Ok(Outcome { result, transport })
            }
            Err(refusal) => {
                observer.record(event.outcome(refusal.code()));
                Err((refusal, transport))
            }
        }
    }

    fn run(
        &self,
        command: &str,
        tenant: &mut Tenant,
        now: Timestamp,
        meaning: &[Effect],
    ) -> Result<(Element, serde_json::Value), Refusal> {
        let nothing = || json!({});
        Ok(match command {
            "Capabilities" => (capabilities(), nothing()),
            "GetCompanyConfiguration" => (company_configuration(tenant), nothing()),
            "GetDeviceConfiguration" => (device_configuration(), nothing()),
            "SetCompanyDirsyncFeatures" => self.set_features(tenant)?,
            "FinalizeExport" => self.finalize(tenant, now)?,
            "ProvisionCredentials" => self.credentials(tenant),
            _ => read_back::read_back(self, tenant, meaning)?,
        })
    }

    pub(super) fn reply(&self, outcome: Outcome) -> SoapReply {
        let response = Element::named("", format!("{}Response", self.body.name).into())
            .declare("", SERVICE)
            .child(outcome.result);
        let action = format!("{ACTION}/{}Response", self.body.name);
        SoapReply { transport: outcome.transport, ..envelope(&action, self.message_id(), response) }
    }

    /// A number among the arguments.
    fn number(&self, name: &str) -> Result<u32, Refusal> {
        let malformed = |problem: String| Refusal::Malformed(format!("{}/{name}: {problem}", self.body.name));
        let text = self.body.content_of(name).ok_or_else(|| malformed("missing".to_owned()))?;
        text.parse().map_err(|_| malformed(format!("{text:?} is not a number")))
    }

    fn set_features(&self, tenant: &mut Tenant) -> Result<(Element, serde_json::Value), Refusal> {
        let bits = self.number("dirsyncFeatures")?;
        tenant.company_mut().features = Features::from_bits(bits);
        Ok((Element::new("SetCompanyDirsyncFeaturesResult").text("true"), json!({ "features": bits })))
    }

    fn finalize(&self, tenant: &mut Tenant, now: Timestamp) -> Result<(Element, serde_json::Value), Refusal> {
        let (total, successful) = (self.number("totalExported")?, self.number("successfulExportCount")?);
        tenant.company_mut().last_sync = Some(now);
        let detail = json!({ "total": total, "successful": successful });
        Ok((Element::new("FinalizeExportResult").declare("i", INSTANCE).with("i:nil", "true"), detail))
    }

    /// Password hashes are taken and forgotten: nothing here signs in with them.
    fn credentials(&self, tenant: &Tenant) -> (Element, serde_json::Value) {
        let items = self.body.find("RequestItems").or_else(|| self.body.find("requestItems"));
        let anchors: Vec<String> = items
            .into_iter()
            .flat_map(Element::elements)
            .filter_map(|item| item.content_of("SourceAnchor"))
            .collect();
        let result = |anchor: &String| {
            let known =
                tenant.with_anchor(anchor, crate::tenant::View::Committed).any(|object| object.is_live());
            Element::new("b:SyncCredentialsChangeResult")
                .child(Element::new("b:ExtendedErrorInformation").text_or_nil(None))
                .child(Element::new("b:Result").text(if known { "0" } else { "1" }))
                .child(Element::new("b:SourceAnchor").text(anchor.as_str()))
        };
        let results = Element::new("b:Results").children(anchors.iter().map(result));
        (result_element("ProvisionCredentialsResult").child(results), json!({ "count": anchors.len() }))
    }
}

/// A refusal, and what the transport shall do with it.
pub(super) type Refused = (Refusal, Vec<Effect>);

/// What a meaningful fault makes of a whole call.
pub(super) fn refusal_of(effect: &Effect) -> Option<Refusal> {
    Some(match effect {
        Effect::Throttle { retry_after_s } => Refusal::Throttled { retry_after: *retry_after_s },
        Effect::Busy {} => Refusal::Busy,
        Effect::Unavailable {} => Refusal::Unavailable,
        Effect::AuthExpired {} => {
            Refusal::Authentication("The security token has expired (ExpiredToken).".to_owned())
        }
        Effect::Forbidden {} => {
            Refusal::Forbidden("the account may not synchronize this company.".to_owned())
        }
        Effect::CursorExpired {} => Refusal::CookieExpired,
        Effect::Referral { urls } => Refusal::Redirect(urls.first()?.clone()),
        _ => return None,
    })
}

/// `<name>` with the prefixes that WCF declares on results.
pub(super) fn result_element(name: &'static str) -> Element {
    Element::new(name).declare("b", CONTRACTS).declare("i", INSTANCE)
}

fn capabilities() -> Element {
    let pair = |name: &'static str, value: String| Element::new(name).text(value);
    result_element("CapabilitiesResult")
        .child(pair("b:MaxLinksSupportedAcrossBatchInProvision2", LINKS_MAX.to_string()))
        .child(pair("b:SupportedSyncObjectTypes", "User Group Contact Device".to_owned()))
}

fn company_configuration(tenant: &Tenant) -> Element {
    let company = tenant.company();
    let text = |name: &'static str, value: String| Element::new(name).text(value);
    result_element("GetCompanyConfigurationResult")
        .child(text("b:AllowedFeatures", "None".to_owned()))
        .child(dirsync_configuration(company))
        .child(text("b:DirSyncFeatures", company.features.bits().to_string()))
        .child(text("b:DisplayName", company.display_name.clone()))
        .child(text("b:IsDirSyncing", company.dir_sync_enabled.to_string()))
        .child(text("b:IsPasswordSyncing", company.features.has(Features::PASSWORD_HASH_SYNC).to_string()))
        .child(text("b:SynchronizationInterval", "PT30M".to_owned()))
        .child(text("b:TenantId", tenant.settings().tenant_id.to_string()))
        .child(text("b:WriteBack", "None".to_owned()))
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
        .child(Element::new("b:TotalConnectorSpaceObjects").text("0"));
    let guard = Element::new("b:PreventAccidentalDeletion")
        .child(Element::new("b:DeletionPrevention").text(mode))
        .child(Element::new("b:ThresholdCount").text(count.to_string()))
        .child(Element::new("b:ThresholdPercentage").text(percentage.to_string()));
    Element::new("b:DirSyncConfiguration")
        .child(Element::new("b:AnchorAttribute").text_or_nil(None))
        .child(Element::new("b:ApplicationVersion").text_or_nil(None))
        .child(Element::new("b:ClientVersion").text_or_nil(None))
        .child(export)
        .child(Element::new("b:IsTrackingChanges").text("true"))
        .child(guard)
}

fn device_configuration() -> Element {
    result_element("GetDeviceConfigurationResult")
        .declare("c", ARRAYS)
        .child(Element::new("b:CloudPublicIssuerCertificates"))
        .child(Element::new("b:PublicIssuerCertificates"))
}
