//! The TOML file.

use std::{collections::BTreeMap, ops::Range, path::Path};

use serde::Deserialize;
use toml::Spanned;

use super::ConfigError;
use crate::engine::config::EngineConfig;

/// What may stand in the file; anything else is an error.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Text {
    directory: DirectoryText,
    tenant: TenantText,
    store: StoreText,
    rules: RulesText,
    engine: Option<EngineConfig>,
}

type Field = Option<Spanned<String>>;

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct DirectoryText {
    url: Field,
    base_dn: Field,
    bind_dn: Field,
    password_file: Field,
    ca_file: Field,
    start_tls: Option<bool>,
    page_size: Option<u16>,
    filter: Field,
    timeout_s: Option<u32>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct TenantText {
    provisioning_url: Field,
    authority_url: Field,
    tenant_id: Field,
    client_id: Field,
    client_secret_file: Field,
    ca_file: Field,
    timeout_s: Option<u32>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct StoreText {
    dir: Field,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct RulesText {
    set: Field,
    file: Field,
}

/// The file, taken apart.
#[derive(Debug, Default)]
pub(super) struct FileLayer {
    /// Text values by key, with where they stand.
    pub(super) texts: BTreeMap<&'static str, Located>,
    pub(super) start_tls: Option<bool>,
    pub(super) page_size: Option<u16>,
    pub(super) directory_timeout_s: Option<u32>,
    pub(super) tenant_timeout_s: Option<u32>,
    pub(super) engine: Option<EngineConfig>,
}

/// A value and where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Located {
    pub(super) value: String,
    pub(super) origin: String,
}

impl FileLayer {
    pub(super) fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|e| {
            ConfigError::new(path.display().to_string(), format!("cannot read the configuration: {e}"))
        })?;
        Self::parse(&path.display().to_string(), &text)
    }

    pub(super) fn parse(file: &str, text: &str) -> Result<Self, ConfigError> {
        let read: Text = toml::from_str(text).map_err(|e| syntax(file, text, &e))?;
        let Text { directory, tenant, store, rules, engine } = read;
        let fields = [
            ("directory.url", directory.url),
            ("directory.base_dn", directory.base_dn),
            ("directory.bind_dn", directory.bind_dn),
            ("directory.password_file", directory.password_file),
            ("directory.ca_file", directory.ca_file),
            ("directory.filter", directory.filter),
            ("tenant.provisioning_url", tenant.provisioning_url),
            ("tenant.authority_url", tenant.authority_url),
            ("tenant.tenant_id", tenant.tenant_id),
            ("tenant.client_id", tenant.client_id),
            ("tenant.client_secret_file", tenant.client_secret_file),
            ("tenant.ca_file", tenant.ca_file),
            ("store.dir", store.dir),
            ("rules.set", rules.set),
            ("rules.file", rules.file),
        ];
        let located = |field: Spanned<String>| Located {
            origin: format!("{file}:{}", line(text, field.span().start)),
            value: field.into_inner(),
        };
        let texts = fields.into_iter().filter_map(|(key, field)| Some((key, located(field?)))).collect();
        Ok(Self {
            texts,
            start_tls: directory.start_tls,
            page_size: directory.page_size,
            directory_timeout_s: directory.timeout_s,
            tenant_timeout_s: tenant.timeout_s,
            engine,
        })
    }
}

fn syntax(file: &str, text: &str, error: &toml::de::Error) -> ConfigError {
    let Range { start, .. } = error.span().unwrap_or_default();
    let line = line(text, start);
    let key = text.lines().nth(line - 1).and_then(|line| line.split_once('=')).map(|(key, _)| key.trim());
    let message = error.message().lines().collect::<Vec<_>>().join(" ");
    match key.filter(|key| !message.contains(&format!("`{key}`"))) {
        Some(key) => ConfigError::new(format!("{file}:{line}"), format!("{key}: {message}")),
        None => ConfigError::new(format!("{file}:{line}"), message),
    }
}

fn line(text: &str, offset: usize) -> usize {
    text.as_bytes().iter().take(offset).filter(|octet| **octet == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        FileLayer::parse("syncer.toml", text).unwrap_err().to_string()
    }

    #[test]
    fn values_know_their_line() {
        let layer = FileLayer::parse("syncer.toml", "[directory]\n\nurl = \"ldap://dc1\"\n").unwrap();
        let expected = Located { value: "ldap://dc1".into(), origin: "syncer.toml:3".into() };
        assert_eq!(layer.texts["directory.url"], expected);
    }

    #[test]
    fn unknown_keys_are_named_with_their_line() {
        let error = error("[directory]\nurl = \"x\"\npagesize = 5\n");
        assert!(error.starts_with("syncer.toml:3: unknown field `pagesize`"), "{error}");
    }

    #[test]
    fn wrong_types_are_named_with_key_and_line() {
        let error = error("[directory]\npage_size = \"many\"\n");
        assert!(error.starts_with("syncer.toml:2: page_size: invalid type"), "{error}");
    }

    #[test]
    fn the_engines_keys_are_checked_too() {
        let error = error("[engine]\nexport_batch = 10\n[engine.guards]\nmax_delets = 5\n");
        assert!(error.starts_with("syncer.toml:4: unknown field `max_delets`"), "{error}");
    }
}
