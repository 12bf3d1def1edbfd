//! The layers over each other.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Duration,
};

use rustls_pki_types::CertificateDer;

use super::{
    ConfigError, CycleContext,
    file::{FileLayer, Located},
};
use crate::{
    clock::Clock,
    connect::{Secret, directory::LdapConfig, read_ca_file, tenant::ProvisioningConfig},
    engine::config::EngineConfig,
    rules::RuleSet,
};

/// Environment variables; given, not asked for, so that a process may run more than one syncer.
pub type Environment = BTreeMap<String, String>;

/// Keys and the variables that go before them.
const KEYS: [(&str, &str); 16] = [
    ("directory.url", "SYNC_LDAP_URL"),
    ("directory.base_dn", "SYNC_LDAP_BASE_DN"),
    ("directory.bind_dn", "SYNC_LDAP_BIND_DN"),
    ("directory.password_file", "SYNC_LDAP_PASSWORD_FILE"),
    ("directory.ca_file", "SYNC_CA_FILE"),
    ("directory.filter", ""),
    ("tenant.provisioning_url", "SYNC_PROVISIONING_URL"),
    ("tenant.authority_url", "SYNC_AUTHORITY_URL"),
    ("tenant.tenant_id", "SYNC_TENANT_ID"),
    ("tenant.client_id", "SYNC_CLIENT_ID"),
    ("tenant.client_secret_file", "SYNC_CLIENT_SECRET_FILE"),
    ("tenant.ca_file", "SYNC_CA_FILE"),
    ("store.dir", "SYNC_STATE_DIR"),
    ("rules.set", ""),
    ("rules.file", ""),
    ("case", "SYNC_CASE"),
];

/// The configuration before it is asked for anything.
#[derive(Debug, Default)]
pub struct Layers {
    file: FileLayer,
    environment: Environment,
}

impl Layers {
    /// Reads the file (that of the flag, else `$SYNC_CONFIG`, else none) under the environment.
    ///
    /// # Errors
    /// [`ConfigError`] if the file can't be read or used, or the environment speaks another contract.
    pub fn read(flag: Option<&Path>, environment: Environment) -> Result<Self, ConfigError> {
        let variable = environment.get("SYNC_CONFIG").filter(|path| !path.is_empty()).map(Path::new);
        let file = flag.or(variable).map(FileLayer::read).transpose()?.unwrap_or_default();
        match environment.get("SYNC_PROTOCOL").map(String::as_str) {
            None | Some("" | "1") => Ok(Self { file, environment }),
            Some(other) => {
                Err(ConfigError::new("SYNC_PROTOCOL", format!("is {other:?}, this syncer speaks 1")))
            }
        }
    }

    fn text(&self, key: &str) -> Option<Located> {
        let variable = variable(key);
        let set = self.environment.get(variable).filter(|value| !value.is_empty());
        let set = set.map(|value| Located { value: value.clone(), origin: variable.to_owned() });
        set.or_else(|| self.file.texts.get(key).cloned())
    }

    fn required(&self, key: &str) -> Result<Located, ConfigError> {
        self.text(key).ok_or_else(|| ConfigError::missing(key, variable(key)))
    }

    fn url(&self, key: &str, schemes: [&str; 2]) -> Result<String, ConfigError> {
        let Located { value, origin } = self.required(key)?;
        let parsed =
            url::Url::parse(&value).ok().filter(|url| schemes.contains(&url.scheme()) && url.has_host());
        match parsed {
            Some(_) => Ok(value),
            None => Err(ConfigError::new(
                origin,
                format!("{key} is {value:?}, expected {}://HOST… or {}://HOST…", schemes[0], schemes[1]),
            )),
        }
    }

    fn secret(&self, key: &str) -> Result<Secret, ConfigError> {
        let Located { value, origin } = self.required(key)?;
        Secret::from_file(Path::new(&value)).map_err(|e| ConfigError::new(origin, format!("{key}: {e}")))
    }

    fn authorities(&self, key: &str) -> Result<Vec<CertificateDer<'static>>, ConfigError> {
        let Some(Located { value, origin }) = self.text(key) else { return Ok(Vec::new()) };
        read_ca_file(Path::new(&value)).map_err(|e| ConfigError::new(origin, format!("{key}: {e}")))
    }

    /// How to reach the directory.
    ///
    /// # Errors
    /// [`ConfigError`] naming the key that is missing or wrong.
    pub fn directory(&self) -> Result<LdapConfig, ConfigError> {
        let value = |key| self.text(key).map(|located| located.value);
        let url = self.url("directory.url", ["ldap", "ldaps"])?;
        let bind_dn = self.required("directory.bind_dn")?.value;
        let password = self.secret("directory.password_file")?;
        let mut config =
            LdapConfig::new(url, value("directory.base_dn").unwrap_or_default(), bind_dn, password);
        config.authorities = self.authorities("directory.ca_file")?;
        config.start_tls = self.file.start_tls.unwrap_or(config.start_tls);
        config.page_size = self.file.page_size.map_or(config.page_size, i32::from);
        config.filter = value("directory.filter").unwrap_or(config.filter);
        let timeout = self.file.directory_timeout_s.map(|seconds| Duration::from_secs(seconds.into()));
        config.timeout = timeout.unwrap_or(config.timeout);
        Ok(config)
    }

    /// How to reach the tenant; `run` names the run in request ids.
    ///
    /// # Errors
    /// [`ConfigError`] naming the key that is missing or wrong.
    pub fn tenant(&self, run: String) -> Result<ProvisioningConfig, ConfigError> {
        Ok(ProvisioningConfig {
            url: self.url("tenant.provisioning_url", ["https", "http"])?,
            authority_url: self.url("tenant.authority_url", ["https", "http"])?,
            tenant_id: self.required("tenant.tenant_id")?.value,
            client_id: self.required("tenant.client_id")?.value,
            client_secret: self.secret("tenant.client_secret_file")?,
            authorities: self.authorities("tenant.ca_file")?,
            // the service may take five minutes for a batch
            timeout: Duration::from_secs(self.file.tenant_timeout_s.unwrap_or(360).into()),
            run,
            clock: self.clock()?,
        })
    }

    /// The folder of the state.
    ///
    /// # Errors
    /// [`ConfigError`] if nothing sets it.
    pub fn state_dir(&self) -> Result<PathBuf, ConfigError> {
        Ok(self.required("store.dir")?.value.into())
    }

    /// `SYNC_NOW` or the real clock.
    ///
    /// # Errors
    /// [`ConfigError`] if the variable is no RFC 3339 instant.
    pub fn clock(&self) -> Result<Clock, ConfigError> {
        let Some(text) = self.environment.get("SYNC_NOW").filter(|text| !text.is_empty()) else {
            return Ok(Clock::Real);
        };
        let bad = |_| {
            ConfigError::new(
                "SYNC_NOW",
                format!("is {text:?}, expected an instant like 2026-01-31T12:00:00Z"),
            )
        };
        text.parse().map(Clock::At).map_err(bad)
    }

    /// `SYNC_CONTEXT`.
    ///
    /// # Errors
    /// [`ConfigError`] if the variable is not the object that the contract describes.
    pub fn context(&self) -> Result<CycleContext, ConfigError> {
        match self.environment.get("SYNC_CONTEXT").filter(|text| !text.is_empty()) {
            None => Ok(CycleContext::default()),
            Some(text) => CycleContext::parse(text),
        }
    }

    /// `SYNC_CASE`, for request ids and logs.
    #[must_use]
    pub fn case(&self) -> String {
        self.text("case").map(|located| located.value).unwrap_or_default()
    }

    /// The engine's settings, and whether the file says anything about them.
    #[must_use]
    pub fn engine(&self) -> (EngineConfig, bool) {
        (self.file.engine.clone().unwrap_or_default(), self.file.engine.is_some())
    }

    /// The rules: a file, a built-in set by name, or `entra-connect`.
    ///
    /// # Errors
    /// [`ConfigError`] with every mistake of the file, or naming the unknown set.
    pub fn rules(&self) -> Result<RuleSet, ConfigError> {
        if let Some(Located { value, origin }) = self.text("rules.file") {
            return load_rules(Path::new(&value)).map_err(|message| ConfigError::new(origin, message));
        }
        match self.text("rules.set") {
            None => built_in(),
            Some(located) if located.value == "entra-connect" => built_in(),
            Some(Located { value, origin }) => {
                let message = format!("rules.set is {value:?}, this version has \"entra-connect\"");
                Err(ConfigError::new(origin, message))
            }
        }
    }
}

fn built_in() -> Result<RuleSet, ConfigError> {
    RuleSet::entra_connect().map_err(|e| ConfigError::new("built-in rules", e.to_string()))
}

/// Reads a rule file; the error holds one mistake per line, each with file, line and column.
pub(crate) fn load_rules(path: &Path) -> Result<RuleSet, String> {
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|e| format!("{name}: cannot read the rules: {e}"))?;
    RuleSet::parse(&name, &text).map_err(|e| e.to_string())
}

fn variable(key: &str) -> &'static str {
    KEYS.iter().find(|(known, _)| *known == key).map_or("", |(_, variable)| variable)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Files {
        dir: tempfile::TempDir,
    }

    impl Files {
        fn new() -> Self {
            let dir = tempfile::tempdir().unwrap();
            std::fs::write(dir.path().join("pw"), "secret\n").unwrap();
            Self { dir }
        }

        fn config(&self, text: &str) -> PathBuf {
            let path = self.dir.path().join("syncer.toml");
            std::fs::write(&path, text).unwrap();
            path
        }

        fn environment(&self, pairs: &[(&str, &str)]) -> Environment {
            let pw = self.dir.path().join("pw").display().to_string();
            let own = [("SYNC_LDAP_PASSWORD_FILE", pw.as_str()), ("SYNC_LDAP_BIND_DN", "admin@corp")];
            own.iter().chain(pairs).map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
        }
    }

    #[test]
    fn the_environment_goes_before_the_file_and_the_file_before_defaults() {
        let files = Files::new();
        let path = files.config("[directory]\nurl = \"ldap://file\"\nbase_dn = \"DC=file\"\npage_size = 7\n");
        let environment =
            files.environment(&[("SYNC_LDAP_URL", "ldap://environment"), ("SYNC_LDAP_BASE_DN", "")]);
        let config = Layers::read(Some(&path), environment).unwrap().directory().unwrap();
        assert_eq!(config.url, "ldap://environment");
        assert_eq!(config.base_dn, "DC=file");
        assert_eq!(config.page_size, 7);
        assert_eq!(config.timeout, Duration::from_secs(120));
    }

    #[test]
    fn sync_config_names_the_file() {
        let files = Files::new();
        let path = files.config("[directory]\nurl = \"ldap://file\"\n").display().to_string();
        let layers = Layers::read(None, files.environment(&[("SYNC_CONFIG", &path)])).unwrap();
        assert_eq!(layers.directory().unwrap().url, "ldap://file");
    }

    #[test]
    fn what_is_missing_is_named_with_key_and_variable() {
        let error = Layers::default().directory().unwrap_err().to_string();
        assert_eq!(error, "configuration: directory.url is not set; set it in the file or as SYNC_LDAP_URL");
    }

    #[test]
    fn wrong_urls_are_named_with_their_place() {
        let files = Files::new();
        let path = files.config("[directory]\nurl = \"http://x\"\n");
        let error =
            Layers::read(Some(&path), files.environment(&[])).unwrap().directory().unwrap_err().to_string();
        assert!(error.contains("syncer.toml:2: directory.url is \"http://x\", expected ldap://"), "{error}");
    }

    #[test]
    fn a_missing_secret_file_is_named_and_its_variable() {
        let files = Files::new();
        let environment =
            files.environment(&[("SYNC_LDAP_URL", "ldap://x"), ("SYNC_LDAP_PASSWORD_FILE", "/nowhere/pw")]);
        let error = Layers::read(None, environment).unwrap().directory().unwrap_err().to_string();
        assert!(
            error.starts_with("SYNC_LDAP_PASSWORD_FILE: directory.password_file: /nowhere/pw:"),
            "{error}"
        );
    }

    #[test]
    fn another_contract_and_a_wrong_instant_are_refused() {
        let environment = |name: &str, value: &str| Environment::from([(name.to_owned(), value.to_owned())]);
        let error = Layers::read(None, environment("SYNC_PROTOCOL", "2")).unwrap_err().to_string();
        assert_eq!(error, "SYNC_PROTOCOL: is \"2\", this syncer speaks 1");
        let error = Layers::read(None, environment("SYNC_NOW", "yesterday"))
            .unwrap()
            .clock()
            .unwrap_err()
            .to_string();
        assert!(error.starts_with("SYNC_NOW: is \"yesterday\""), "{error}");
    }

    #[test]
    fn the_built_in_rules_load_and_unknown_sets_are_refused() {
        assert_eq!(Layers::default().rules().unwrap().name, "entra-connect");
        let files = Files::new();
        let path = files.config("[rules]\nset = \"best\"\n");
        let error = Layers::read(Some(&path), Environment::new()).unwrap().rules().unwrap_err().to_string();
        assert!(error.contains("syncer.toml:2: rules.set is \"best\""), "{error}");
    }
}
