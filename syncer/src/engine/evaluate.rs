//! Staged objects through the rules, references resolved: what each should be in the tenant.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::config::EngineConfig;
use super::dn;
use super::state::{StagedObject, State};
use crate::model::{Guid, TenantValue};
use crate::rules::{Desired, Projection, RuleError, RuleSet, Source};

/// Evaluates objects of one state at one instant.
pub(super) struct Evaluator<'a> {
    config: &'a EngineConfig,
    rules: &'a RuleSet,
    state: &'a State,
    now: Timestamp,
    anchors: BTreeMap<Guid, Arc<str>>,
    by_dn: Option<BTreeMap<String, Guid>>,
    parameters: BTreeMap<String, BTreeMap<String, String>>,
    referred: BTreeMap<Guid, Option<String>>,
}

impl<'a> Evaluator<'a> {
    pub(super) fn new(
        config: &'a EngineConfig,
        rules: &'a RuleSet,
        state: &'a State,
        now: Timestamp,
    ) -> Self {
        let anchors =
            state.tenant.iter().filter_map(|(anchor, r)| Some((r.guid?, Arc::clone(anchor)))).collect();
        Self {
            config,
            rules,
            state,
            now,
            anchors,
            by_dn: None,
            parameters: BTreeMap::new(),
            referred: BTreeMap::new(),
        }
    }

    /// The anchor under which an object was exported.
    pub(super) fn anchor_of(&self, guid: &Guid) -> Option<&Arc<str>> {
        self.anchors.get(guid)
    }

    /// What the rules make of an object, its references as source anchors.
    pub(super) fn evaluate(&mut self, guid: &Guid, object: &StagedObject) -> Result<Projection, RuleError> {
        let projection = self.project(guid, object)?;
        let Projection::Desired(mut desired) = projection else { return Ok(projection) };
        for (name, dn) in std::mem::take(&mut desired.references) {
            if let Some(anchor) = self.referred(&dn) {
                desired.properties.insert(name, TenantValue::Text(anchor));
            }
        }
        Ok(Projection::Desired(desired))
    }

    fn project(&mut self, guid: &Guid, object: &StagedObject) -> Result<Projection, RuleError> {
        if let Some(base) = self.config.excluded_subtrees.iter().find(|base| dn::within(&object.dn, base)) {
            return Ok(Projection::Filtered(format!("below the excluded {base}")));
        }
        let exists = self
            .anchors
            .get(guid)
            .and_then(|a| self.state.tenant.get(a))
            .is_some_and(|r| r.confirmed.is_some());
        let (rules, now) = (self.rules, self.now);
        let parameters = self.parameters(&object.dn);
        rules.evaluate(
            &Source { guid: *guid, dn: &object.dn, attributes: &object.attributes, parameters, exists },
            now,
        )
    }

    /// The source anchor of the object that a DN names, if it belongs into the tenant.
    fn referred(&mut self, dn: &str) -> Option<String> {
        let guid = *self.by_dn().get(&dn::folded(dn))?;
        if let Some(known) = self.referred.get(&guid) {
            return known.clone();
        }
        let object = Arc::clone(self.state.directory.get(&guid)?);
        let anchor = match self.project(&guid, &object) {
            Ok(Projection::Desired(Desired { anchor, .. })) => Some(anchor),
            Ok(Projection::Filtered(_)) => None,
            Err(_) => self.anchors.get(&guid).map(ToString::to_string),
        };
        self.referred.insert(guid, anchor.clone());
        anchor
    }

    fn by_dn(&mut self) -> &BTreeMap<String, Guid> {
        let directory = &self.state.directory;
        self.by_dn
            .get_or_insert_with(|| directory.iter().map(|(guid, o)| (dn::folded(&o.dn), *guid)).collect())
    }

    /// The `%Name%` parameters of the domain that an object lives in.
    fn parameters(&mut self, dn: &str) -> &BTreeMap<String, String> {
        let domain = match self.config.domain_fqdn.as_str() {
            "" => dn::domain_of(dn),
            configured => configured.to_owned(),
        };
        let config = self.config;
        self.parameters.entry(domain).or_insert_with_key(|domain| parameters(config, domain))
    }
}

fn parameters(config: &EngineConfig, domain: &str) -> BTreeMap<String, String> {
    let or = |configured: &str, otherwise: &str| {
        if configured.is_empty() { otherwise.to_owned() } else { configured.to_owned() }
    };
    let netbios = or(&config.domain_netbios, &domain.split('.').next().unwrap_or_default().to_uppercase());
    let forest = or(&config.forest_fqdn, domain);
    let ldap = |fqdn: &str| fqdn.split('.').map(|label| format!("DC={label}")).collect::<Vec<_>>().join(",");
    let forest_netbios = forest.split('.').next().unwrap_or_default().to_uppercase();
    [
        ("Connector.ID", format!("AD:{forest}")),
        ("Domain.FQDN", domain.to_owned()),
        ("Domain.LDAP", ldap(domain)),
        ("Domain.Netbios", netbios),
        ("Forest.FQDN", forest.clone()),
        ("Forest.LDAP", ldap(&forest)),
        ("Forest.Netbios", forest_netbios),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}
