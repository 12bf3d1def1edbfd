//! The company: domains and what the tenant allows the sync.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::profile::Profile;

/// How the tenant is set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Tenant id.
    pub tenant_id: Uuid,
    /// The domain that every tenant has (`corp.onmicrosoft.test`): unverified suffixes are rewritten to it.
    pub initial_domain: String,
    /// How long a change needs from the Entra store to other replicas (what Graph may still read).
    pub replication_lag: SignedDuration,
    /// How long a change needs from the Entra store to Exchange's address book.
    pub exchange_lag: SignedDuration,
    /// Objects in one page of a read-back.
    pub read_back_page: usize,
    /// Client ids that are on the list of applications that may use EWS from the start.
    pub ews_allowed_apps: Vec<String>,
    /// How long a change of that list takes to count.
    pub ews_policy_lag: SignedDuration,
    /// Refuse properties that the service doesn't know (`false`: store them as they came).
    pub strict: bool,
    /// The service as it was or will be on a day; `None`: as the clock says.
    pub profile: Option<Profile>,
}

impl Settings {
    /// Defaults for a tenant of that id and initial domain: no lag, strict, pages of 500 objects.
    #[must_use]
    pub fn new(tenant_id: Uuid, initial_domain: &str) -> Self {
        Self {
            tenant_id,
            initial_domain: initial_domain.to_owned(),
            replication_lag: SignedDuration::ZERO,
            exchange_lag: SignedDuration::ZERO,
            read_back_page: 500,
            ews_allowed_apps: Vec::new(),
            ews_policy_lag: super::EWS_POLICY_LAG,
            strict: true,
            profile: None,
        }
    }
}

/// The company object and its sync configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Company {
    /// displayName.
    pub display_name: String,
    /// Verified domains, the initial one included.
    pub verified_domains: Vec<String>,
    /// The directory may write.
    pub dir_sync_enabled: bool,
    /// Features of the sync.
    pub features: Features,
    /// Accidental deletion prevention. The tenant only stores it, the sync client acts on it.
    pub deletion_prevention: DeletionPrevention,
    /// When the last export was finished (Graph: onPremisesLastSyncDateTime).
    pub last_sync: Option<Timestamp>,
    /// The profile that a world or a state asks for; `None`: that of the settings, else of the clock.
    #[serde(default)]
    pub profile: Option<Profile>,
    /// `allowOnPremUpdateOfOnPremisesObjectIdentifierEnabled`: the hard-match hardening is bypassed.
    /// Source: microsoft-graph-docs, resources/onpremisesdirectorysynchronizationfeature.
    #[serde(default, rename = "allowOnPremUpdateOfOnPremisesObjectIdentifierEnabled")]
    pub allow_object_identifier_update: bool,
}

impl Company {
    /// A company with these verified domains, sync on, default features.
    #[must_use]
    pub fn new(display_name: &str, verified_domains: Vec<String>) -> Self {
        Self {
            display_name: display_name.to_owned(),
            verified_domains,
            dir_sync_enabled: true,
            features: Features::default(),
            deletion_prevention: DeletionPrevention::default(),
            last_sync: None,
            profile: None,
            allow_object_identifier_update: false,
        }
    }

    /// Whether addresses of this domain may be used as they are.
    #[must_use]
    pub fn is_verified(&self, domain: &str) -> bool {
        self.verified_domains.iter().any(|known| known.eq_ignore_ascii_case(domain))
    }
}

/// Accidental deletion prevention as `GetCompanyConfiguration` and `onPremisesSynchronization` tell it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeletionPrevention {
    /// What is counted.
    pub mode: DeletionPreventionMode,
    /// Objects, or per cent.
    pub threshold: u32,
}

impl Default for DeletionPrevention {
    /// 500 objects: the documented default.
    fn default() -> Self {
        Self { mode: DeletionPreventionMode::EnabledForCount, threshold: 500 }
    }
}

/// What accidental deletion prevention counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DeletionPreventionMode {
    /// Nothing.
    Disabled,
    /// The number of deletes.
    EnabledForCount,
    /// Their share of all objects.
    EnabledForPercentage,
}

/// DirSyncFeatures: a set of bits. Source: AADInternals, `Get-AADIntSyncFeatures`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Features(u32);

impl Features {
    /// PasswordHashSync.
    pub const PASSWORD_HASH_SYNC: Self = Self(1);
    /// DuplicateUPNResiliency: a duplicate UPN gets a placeholder instead of an error.
    pub const DUPLICATE_UPN_RESILIENCY: Self = Self(8);
    /// EnableSoftMatchOnUpn.
    pub const SOFT_MATCH_ON_UPN: Self = Self(16);
    /// DuplicateProxyAddressResiliency: a duplicate address is quarantined instead of an error.
    pub const DUPLICATE_PROXY_ADDRESS_RESILIENCY: Self = Self(32);
    /// SynchronizeUpnForManagedUsers.
    pub const SYNCHRONIZE_UPN_FOR_MANAGED_USERS: Self = Self(8192);
    /// BlockSoftMatch.
    pub const BLOCK_SOFT_MATCH: Self = Self(524_288);
    /// BlockCloudObjectTakeoverThroughHardMatch.
    pub const BLOCK_HARD_MATCH_TAKEOVER: Self = Self(1_048_576);

    /// Names of the known bits.
    pub const NAMES: [(&'static str, u32); 15] = [
        ("PasswordHashSync", 1),
        ("PasswordWriteBack", 2),
        ("DirectoryExtensions", 4),
        ("DuplicateUPNResiliency", 8),
        ("EnableSoftMatchOnUpn", 16),
        ("DuplicateProxyAddressResiliency", 32),
        ("EnforceCloudPasswordPolicyForPasswordSyncedUsers", 512),
        ("UnifiedGroupWriteback", 1024),
        ("UserWriteback", 2048),
        ("DeviceWriteback", 4096),
        ("SynchronizeUpnForManagedUsers", 8192),
        ("EnableUserForcePasswordChangeOnLogon", 16384),
        ("PassThroughAuthentication", 131_072),
        ("BlockSoftMatch", 524_288),
        ("BlockCloudObjectTakeoverThroughHardMatch", 1_048_576),
    ];

    /// The number on the wire.
    #[must_use]
    pub const fn bits(self) -> u32 {
        self.0
    }

    /// The set of that number; unknown bits are kept.
    #[must_use]
    pub const fn from_bits(bits: u32) -> Self {
        Self(bits)
    }

    /// All bits of `other` are set.
    #[must_use]
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Sets or clears the bits of `other`.
    pub const fn set(&mut self, other: Self, on: bool) {
        if on {
            self.0 |= other.0;
        } else {
            self.0 &= !other.0;
        }
    }

    /// The bit of that name, whatever its letter case.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, bit)| Self(*bit))
    }
}

impl Default for Features {
    /// 41016, what a tenant typically answers: both resiliencies, soft match on UPN, UPN changes, and bit 32768.
    fn default() -> Self {
        Self(41_016)
    }
}

impl Serialize for Features {
    /// `{"BlockSoftMatch": false, …}`.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(Self::NAMES.iter().map(|(name, bit)| (name, self.0 & bit != 0)))
    }
}

impl<'de> Deserialize<'de> for Features {
    /// Named switches over the default set; an unknown name is an error.
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let switches = indexmap::IndexMap::<String, bool>::deserialize(deserializer)?;
        let mut features = Self::default();
        for (name, on) in switches {
            let bit = Self::named(&name).ok_or_else(|| {
                let known: Vec<&str> = Self::NAMES.iter().map(|(known, _)| *known).collect();
                serde::de::Error::custom(format!("unknown feature {name:?}, known are {}", known.join(", ")))
            })?;
            features.set(bit, on);
        }
        Ok(features)
    }
}
