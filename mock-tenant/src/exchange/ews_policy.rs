//! Who may use EWS.
//! Sources: "Control access to EWS in Exchange" (the switches, the two reasons), techcommunity 4492361 and 4529471 (what
//! changed on 2026-10-01 and what ends on 2027-04-01).

use jiff::Timestamp;

use crate::tenant::{EwsApplicationAccessPolicy, OrganizationConfig, ServiceChange, Tenant};

/// Why a request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EwsRefusal {
    /// `EwsEnabled`.
    Disabled,
    /// The list of applications, or the user agents.
    Policy,
}

impl EwsRefusal {
    /// Value of the header `X-EWS-Policy-Reason`.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Disabled => "EWS is disabled for this user or tenant",
            Self::Policy => "EWS is blocked by policy for this user or tenant",
        }
    }
}

/// Whether an application may use EWS at that time. A caller without an application (Basic credentials of a lenient
/// tenant) isn't asked for one.
///
/// # Errors
/// Why it may not.
pub fn check(
    tenant: &Tenant,
    app_id: Option<&str>,
    user_agent: &str,
    now: Timestamp,
) -> Result<(), EwsRefusal> {
    let profile = tenant.profile(now);
    let config = &tenant.exchange().organization;
    let off_by_default = profile.has(ServiceChange::EwsOffByDefault);
    if profile.has(ServiceChange::EwsGone) || !config.ews_enabled.unwrap_or(!off_by_default) {
        return Err(EwsRefusal::Disabled);
    }
    let listed = app_id.is_none_or(|app| is_listed(config, app, off_by_default, now));
    if listed && is_agent_allowed(config, user_agent) { Ok(()) } else { Err(EwsRefusal::Policy) }
}

/// The list counts if `EwsEnabled` is true. An empty one let everybody in until EWS became off by default, and nobody since.
fn is_listed(config: &OrganizationConfig, app: &str, off_by_default: bool, now: Timestamp) -> bool {
    let list = config.ews_allowed_app_ids_at(now);
    let counts = config.ews_enabled == Some(true) && (off_by_default || !list.is_empty());
    !counts || list.iter().any(|known| known.eq_ignore_ascii_case(app))
}

fn is_agent_allowed(config: &OrganizationConfig, agent: &str) -> bool {
    let in_list = |list: &[String]| list.iter().any(|pattern| matches(pattern, agent));
    match config.ews_application_access_policy {
        None => true,
        Some(EwsApplicationAccessPolicy::EnforceAllowList) => in_list(&config.ews_allow_list),
        Some(EwsApplicationAccessPolicy::EnforceBlockList) => !in_list(&config.ews_block_list),
    }
}

/// A user agent with `*` for anything, whatever its letter case.
fn matches(pattern: &str, agent: &str) -> bool {
    let (pattern, agent) = (pattern.to_lowercase(), agent.to_lowercase());
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| agent.strip_prefix(first)) else { return false };
    let mut last = None;
    for part in parts {
        last = Some(part);
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    // without a star, or with text after the last one, the agent must end there
    match last {
        None => rest.is_empty(),
        Some(part) => part.is_empty() || agent.ends_with(part),
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use kit::Ids;
    use uuid::Uuid;

    use super::*;
    use crate::tenant::{Company, Profile, Settings};

    fn tenant(profile: &str, config: OrganizationConfig) -> Tenant {
        let settings = Settings {
            profile: Some(profile.parse::<Profile>().unwrap()),
            ..Settings::new(Uuid::nil(), "corp.onmicrosoft.test")
        };
        let mut tenant = Tenant::new(settings, Company::new("Corp", Vec::new()), Ids::new(7));
        tenant.exchange_mut().organization = config;
        tenant
    }

    fn config(enabled: Option<bool>, apps: &[&str]) -> OrganizationConfig {
        let apps = apps.iter().map(|app| (*app).to_owned()).collect();
        let mut config = OrganizationConfig::allowing(apps);
        config.ews_enabled = enabled;
        config
    }

    #[test]
    fn switch_list_and_day_decide_together() {
        let (disabled, blocked) = (Err(EwsRefusal::Disabled), Err(EwsRefusal::Policy));
        for (profile, enabled, apps, expected) in [
            ("2026-07", None, &[][..], Ok(())),
            ("2026-07", None, &["other"], Ok(())),
            ("2026-07", Some(true), &[], Ok(())),
            ("2026-07", Some(true), &["other"], blocked),
            ("2026-07", Some(true), &["APP"], Ok(())),
            ("2026-07", Some(false), &["app"], disabled),
            ("2026-10", None, &["app"], disabled),
            ("2026-10", Some(true), &[], blocked),
            ("2026-10", Some(true), &["app"], Ok(())),
            ("2027-04", Some(true), &["app"], disabled),
        ] {
            let tenant = tenant(profile, config(enabled, apps));
            let found = check(&tenant, Some("app"), "", Timestamp::UNIX_EPOCH);
            assert_eq!(found, expected, "{profile} {enabled:?} {apps:?}");
        }
    }

    #[test]
    fn a_changed_list_counts_after_a_day() {
        let mut tenant = tenant("2026-10", config(Some(true), &[]));
        let start: Timestamp = "2026-11-01T00:00:00Z".parse().unwrap();
        let lag = tenant.settings().ews_policy_lag;
        tenant.exchange_mut().organization.set_ews_allowed_app_ids(vec!["app".to_owned()], start, lag);
        let at = |hours| check(&tenant, Some("app"), "", start + SignedDuration::from_hours(hours));
        assert_eq!((at(23), at(24)), (Err(EwsRefusal::Policy), Ok(())));
    }

    #[test]
    fn user_agents_are_matched_with_stars() {
        for (pattern, agent, matched) in [
            ("OWA/*", "owa/15.20", true),
            ("OWA/*", "Other OWA/15", false),
            ("*mail*", "Some Mailer 1.0", true),
            ("exact", "exact", true),
            ("exact", "exactly", false),
            ("a*b*c", "a1b2c", true),
            ("a*b*c", "a1c2b", false),
            ("*", "", true),
        ] {
            assert_eq!(matches(pattern, agent), matched, "{pattern} {agent}");
        }
        let policy = |policy| {
            let mut config = OrganizationConfig::default();
            config.ews_application_access_policy = Some(policy);
            config.ews_allow_list = vec!["OWA/*".to_owned()];
            config.ews_block_list = vec!["OWA/*".to_owned()];
            config
        };
        let allow = tenant("2025", policy(EwsApplicationAccessPolicy::EnforceAllowList));
        let block = tenant("2025", policy(EwsApplicationAccessPolicy::EnforceBlockList));
        let ask = |tenant: &Tenant, agent| check(tenant, Some("app"), agent, Timestamp::UNIX_EPOCH).is_ok();
        assert_eq!((ask(&allow, "OWA/1"), ask(&allow, "curl")), (true, false));
        assert_eq!((ask(&block, "OWA/1"), ask(&block, "curl")), (false, true));
    }
}
