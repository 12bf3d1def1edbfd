//! What an administrator decides about a cycle: limits, guards, pacing.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Settings of the engine that hold for every cycle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EngineConfig {
    /// Guards before the first write.
    pub guards: Guards,
    /// Objects in one export batch (Entra Connect's connector sends 30).
    pub export_batch: usize,
    /// How often one batch or one broken import is tried again within a cycle.
    pub max_attempts: u32,
    /// First wait of the exponential back-off, milliseconds.
    pub backoff_first_ms: u64,
    /// Longest wait of the exponential back-off, milliseconds.
    pub backoff_cap_ms: u64,
    /// Seed of the jitter of the back-off: same seed, same waits.
    pub seed: u64,
    /// How often an exported value that the tenant does not show is exported again, over all cycles.
    pub max_reexports: u32,
    /// DNs of subtrees that are left out, compared case-insensitively (OU filter); empty: none.
    pub excluded_subtrees: Vec<String>,
    /// DNS name of the domain, `%Domain.FQDN%` of the rule language; empty: derived from each object's DN.
    pub domain_fqdn: String,
    /// NetBIOS name of the domain, `%Domain.Netbios%`.
    pub domain_netbios: String,
    /// DNS name of the forest's root domain, `%Forest.FQDN%`; empty: the domain's.
    pub forest_fqdn: String,
}

impl Default for EngineConfig {
    fn default() -> Self {
        Self {
            guards: Guards::default(),
            export_batch: 30,
            max_attempts: 5,
            backoff_first_ms: 1_000,
            backoff_cap_ms: 60_000,
            seed: 1,
            max_reexports: 5,
            excluded_subtrees: Vec::new(),
            domain_fqdn: String::new(),
            domain_netbios: String::new(),
            forest_fqdn: String::new(),
        }
    }
}

impl EngineConfig {
    /// First wait of the back-off.
    #[must_use]
    pub fn backoff_first(&self) -> Duration {
        Duration::from_millis(self.backoff_first_ms)
    }

    /// Longest wait of the back-off.
    #[must_use]
    pub fn backoff_cap(&self) -> Duration {
        Duration::from_millis(self.backoff_cap_ms)
    }
}

/// Limits that stop a cycle before its first write.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Guards {
    /// More deletions than this stop the cycle (Entra Connect: "more than 500"); `None`: no absolute limit.
    pub max_deletes: Option<usize>,
    /// More than this percentage of the objects in the tenant being deleted stops the cycle; `None`: no such limit.
    pub max_delete_percent: Option<u8>,
    /// At least this percentage of the objects that have certificates losing all of them, because the directory shows
    /// none any more, stops the cycle; `None`: no such limit.
    pub cert_clear_percent: Option<u8>,
    /// … but only from this number of objects on.
    pub cert_clear_min: usize,
    /// A full import that ends well with no object at all, though objects are known, stops the cycle.
    pub empty_import: bool,
}

impl Default for Guards {
    fn default() -> Self {
        Self {
            max_deletes: Some(500),
            max_delete_percent: None,
            cert_clear_percent: Some(50),
            cert_clear_min: 5,
            empty_import: true,
        }
    }
}

/// What is asked of this one cycle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CycleRequest {
    /// Full, delta, or what the state allows.
    pub kind: CycleKind,
    /// Plan only: nothing is written, nothing advances.
    pub dry_run: bool,
    /// Guards report but do not stop; holds for this cycle only.
    pub override_guards: bool,
}

/// Kind of a cycle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CycleKind {
    /// Delta if there is a cookie, full otherwise.
    #[default]
    Auto,
    /// Full import and synchronisation of every object.
    Full,
    /// Delta; full only where no cookie is known.
    Delta,
}
