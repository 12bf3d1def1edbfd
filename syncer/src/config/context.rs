//! `SYNC_CONTEXT`: what the caller asks of this one cycle.

use serde::Deserialize;

use super::ConfigError;
use crate::engine::config::{CycleKind, CycleRequest, Guards};

/// The JSON object; unknown keys are ignored.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct CycleContext {
    /// Kind of the cycle; absent or null: what the state allows.
    pub cycle: Option<RequestedCycle>,
    /// Plan only.
    pub dry_run: bool,
    /// Guards report but do not stop, this once.
    pub override_delete_guard: bool,
    /// Adjustable capabilities.
    pub options: serde_json::Map<String, serde_json::Value>,
}

/// `"full"` or `"delta"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RequestedCycle {
    /// Everything.
    Full,
    /// What changed.
    Delta,
}

impl CycleContext {
    /// Reads the variable's text.
    ///
    /// # Errors
    /// [`ConfigError`] naming the variable if it isn't the object that the contract describes.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        serde_json::from_str(text)
            .map_err(|e| ConfigError::new("SYNC_CONTEXT", format!("not the expected JSON object: {e}")))
    }

    /// What is asked of the engine; flags of the command line go before.
    #[must_use]
    pub fn request(&self, flag: Option<RequestedCycle>, dry_run: bool) -> CycleRequest {
        let kind = match flag.or(self.cycle) {
            None => CycleKind::Auto,
            Some(RequestedCycle::Full) => CycleKind::Full,
            Some(RequestedCycle::Delta) => CycleKind::Delta,
        };
        CycleRequest { kind, dry_run: dry_run || self.dry_run, override_guards: self.override_delete_guard }
    }

    /// Applies the options that this syncer offers as adjustable: `delete_guard` = `abs:N`, `pct:N` or `none`.
    ///
    /// # Errors
    /// [`ConfigError`] if a known option has a value that makes no sense; unknown options are ignored.
    pub fn adjust(&self, guards: &mut Guards) -> Result<(), ConfigError> {
        let Some(value) = self.options.get("delete_guard") else { return Ok(()) };
        let text = value.as_str().unwrap_or_default();
        let bad = || {
            let message =
                format!("options.delete_guard is {value}, expected \"abs:N\", \"pct:N\" or \"none\"");
            ConfigError::new("SYNC_CONTEXT", message)
        };
        (guards.max_deletes, guards.max_delete_percent) = match text.split_once(':') {
            Some(("abs", count)) => (Some(count.parse().map_err(|_| bad())?), None),
            Some(("pct", share)) => (None, Some(share.parse().map_err(|_| bad())?)),
            None if text == "none" => (None, None),
            _ => return Err(bad()),
        };
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_contracts_object_is_read_and_unknown_keys_are_ignored() {
        let text =
            r#"{"cycle":"full","dry_run":true,"override_delete_guard":true,"options":{"x":1},"later":[]}"#;
        let request = CycleContext::parse(text).unwrap().request(None, false);
        assert_eq!(request, CycleRequest { kind: CycleKind::Full, dry_run: true, override_guards: true });
        let null = CycleContext::parse(r#"{"cycle":null}"#).unwrap();
        assert_eq!(null.request(Some(RequestedCycle::Delta), false).kind, CycleKind::Delta);
    }

    #[test]
    fn another_cycle_is_an_error_that_names_the_variable() {
        let error = CycleContext::parse(r#"{"cycle":"half"}"#).unwrap_err().to_string();
        assert!(error.starts_with("SYNC_CONTEXT: ") && error.contains("half"), "{error}");
    }

    #[test]
    fn the_delete_guard_can_be_adjusted() {
        let adjusted = |option: &str| {
            let mut guards = Guards::default();
            let context =
                CycleContext::parse(&format!(r#"{{"options":{{"delete_guard":"{option}"}}}}"#)).unwrap();
            context.adjust(&mut guards).map(|()| (guards.max_deletes, guards.max_delete_percent))
        };
        assert_eq!(adjusted("abs:3").unwrap(), (Some(3), None));
        assert_eq!(adjusted("pct:10").unwrap(), (None, Some(10)));
        assert_eq!(adjusted("none").unwrap(), (None, None));
        assert!(adjusted("abs:x").unwrap_err().to_string().contains("delete_guard"));
    }
}
