//! Exchange's configuration of a tenant.

use bytes::Bytes;
use indexmap::IndexMap;
use jiff::{SignedDuration, Timestamp};

/// One setting of the S/MIME configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Setting {
    /// `Boolean`.
    Flag(bool),
    /// `UInt32`.
    Number(u32),
    /// `String`.
    Text(&'static str),
    /// A text that somebody set.
    Given(String),
}

/// Names and defaults. Source: office-docs-powershell, Set-SmimeConfig; OWAEncryptTemporaryBuffers to OWAUseKeyIdentifier
/// as its description of each parameter says; NoSignOnReply by its "Default value".
pub const SMIME_SETTINGS: [(&str, Setting); 24] = [
    ("NoSignOnReply", Setting::Flag(true)),
    ("OWAAllowUserChoiceOfSigningCertificate", Setting::Flag(false)),
    ("OWAAlwaysEncrypt", Setting::Flag(false)),
    ("OWAAlwaysSign", Setting::Flag(false)),
    ("OWABCCEncryptedEmailForking", Setting::Number(0)),
    ("OWACRLConnectionTimeout", Setting::Number(60_000)),
    ("OWACRLRetrievalTimeout", Setting::Number(10_000)),
    ("OWACheckCRLOnSend", Setting::Flag(false)),
    ("OWAClearSign", Setting::Flag(true)),
    ("OWACopyRecipientHeaders", Setting::Flag(false)),
    ("OWADLExpansionTimeout", Setting::Number(60_000)),
    ("OWADisableCRLCheck", Setting::Flag(false)),
    ("OWAEncryptTemporaryBuffers", Setting::Flag(true)),
    ("OWAEncryptionAlgorithms", Setting::Text("6610")),
    ("OWAForceSMIMEClientUpgrade", Setting::Flag(true)),
    ("OWAIncludeCertificateChainAndRootCertificate", Setting::Flag(false)),
    ("OWAIncludeCertificateChainWithoutRootCertificate", Setting::Flag(false)),
    ("OWAIncludeSMIMECapabilitiesInMessage", Setting::Flag(false)),
    ("OWAOnlyUseSmartCard", Setting::Flag(false)),
    ("OWASenderCertificateAttributesToDisplay", Setting::Text("")),
    ("OWASignedEmailCertificateInclusion", Setting::Flag(true)),
    ("OWASigningAlgorithms", Setting::Text("8004")),
    ("OWATripleWrapSignedEncryptedMail", Setting::Flag(false)),
    ("OWAUseKeyIdentifier", Setting::Flag(false)),
];

/// Whether a certificate may name any proxy address of its owner, or the primary one only. Source: as above.
pub const SECONDARY_PROXIES: &str = "OWAUseSecondaryProxiesWhenFindingCertificates";

/// The S/MIME configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmimeConfig {
    /// Settings by name.
    pub settings: IndexMap<&'static str, Setting>,
    /// `SMIMECertificateIssuingCA`: the serialized certificate store, as it was given.
    pub issuing_ca: Option<Bytes>,
}

impl Default for SmimeConfig {
    fn default() -> Self {
        let settings = SMIME_SETTINGS.into_iter().chain([(SECONDARY_PROXIES, Setting::Flag(true))]);
        Self { settings: settings.collect(), issuing_ca: None }
    }
}

impl SmimeConfig {
    /// [`SECONDARY_PROXIES`].
    #[must_use]
    pub fn uses_secondary_proxies(&self) -> bool {
        self.settings.get(SECONDARY_PROXIES) == Some(&Setting::Flag(true))
    }
}

/// How long a change of `EwsAllowedAppIDs` may take. Source: "Control access to EWS in Exchange", step 5 (24 hours).
pub const EWS_POLICY_LAG: SignedDuration = SignedDuration::from_hours(24);

/// Which user agents may use EWS. Source: Set-OrganizationConfig, EwsApplicationAccessPolicy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EwsApplicationAccessPolicy {
    /// Only those of `EwsAllowList`.
    EnforceAllowList,
    /// All but those of `EwsBlockList`.
    EnforceBlockList,
}

/// The part of the organization's configuration that decides who may use EWS.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OrganizationConfig {
    /// `EwsEnabled`; `None` is null.
    pub ews_enabled: Option<bool>,
    /// `EwsApplicationAccessPolicy`.
    pub ews_application_access_policy: Option<EwsApplicationAccessPolicy>,
    /// `EwsAllowList`: user agents, with `*` for anything.
    pub ews_allow_list: Vec<String>,
    /// `EwsBlockList`.
    pub ews_block_list: Vec<String>,
    /// `EwsAllowedAppIDs` as it was set last.
    ews_allowed_app_ids: Vec<String>,
    /// The list before, and until when it counts.
    before: Option<(Timestamp, Vec<String>)>,
}

impl OrganizationConfig {
    /// A configuration that allows these applications, and always has.
    #[must_use]
    pub fn allowing(apps: Vec<String>) -> Self {
        let ews_enabled = (!apps.is_empty()).then_some(true);
        Self { ews_enabled, ews_allowed_app_ids: apps, ..Self::default() }
    }

    /// `EwsAllowedAppIDs` as it was set last.
    #[must_use]
    pub fn ews_allowed_app_ids(&self) -> &[String] {
        &self.ews_allowed_app_ids
    }

    /// `EwsAllowedAppIDs` as it counts at that time.
    #[must_use]
    pub fn ews_allowed_app_ids_at(&self, now: Timestamp) -> &[String] {
        match &self.before {
            Some((until, list)) if now < *until => list,
            _ => &self.ews_allowed_app_ids,
        }
    }

    /// Sets `EwsAllowedAppIDs`: it counts when the lag has passed.
    pub fn set_ews_allowed_app_ids(&mut self, list: Vec<String>, now: Timestamp, lag: SignedDuration) {
        let in_force = self.ews_allowed_app_ids_at(now).to_vec();
        let until = now.checked_add(lag).unwrap_or(Timestamp::MAX);
        self.before = (!lag.is_zero()).then_some((until, in_force));
        self.ews_allowed_app_ids = list;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_list_counts_when_its_time_has_come() {
        let start: Timestamp = "2026-11-01T00:00:00Z".parse().unwrap();
        let mut config = OrganizationConfig::allowing(vec!["a".to_owned()]);
        config.set_ews_allowed_app_ids(vec!["b".to_owned()], start, EWS_POLICY_LAG);
        let at = |hours| config.ews_allowed_app_ids_at(start + SignedDuration::from_hours(hours)).to_vec();
        assert_eq!(
            (at(0), at(23), at(24)),
            (vec!["a".to_owned()], vec!["a".to_owned()], vec!["b".to_owned()])
        );
        assert_eq!(config.ews_allowed_app_ids(), ["b"]);
    }

    #[test]
    fn every_setting_has_a_name_of_its_own() {
        assert_eq!(SmimeConfig::default().settings.len(), SMIME_SETTINGS.len() + 1);
    }
}
