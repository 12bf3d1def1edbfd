//! Where somebody else may reach in: broken subjects wrap the connectors with flaws, tests with probes.

use crate::{
    connect::{directory::DirectorySource, tenant::TenantCarrier},
    engine::config::EngineConfig,
    rules::RuleSet,
};

type Wrap<T> = Box<dyn Fn(T) -> T + Send + Sync>;

/// What is applied to the parts of a cycle after they are made; by default nothing.
pub struct Hooks {
    /// Around the directory.
    pub directory: Wrap<Box<dyn DirectorySource>>,
    /// Around the tenant.
    pub tenant: Wrap<Box<dyn TenantCarrier>>,
    /// On the engine's settings.
    pub engine: Wrap<EngineConfig>,
    /// On the rules.
    pub rules: Wrap<RuleSet>,
}

impl Default for Hooks {
    fn default() -> Self {
        Self {
            directory: Box::new(|directory| directory),
            tenant: Box::new(|tenant| tenant),
            engine: Box::new(|config| config),
            rules: Box::new(|rules| rules),
        }
    }
}
