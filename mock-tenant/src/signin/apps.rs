//! Application registrations and their secrets.

use std::fmt;

use uuid::Uuid;

use super::Resource;

/// A client secret: compared in constant time, never printed.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// Takes the secret's text.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Whether `offered` is this secret; the time taken does not tell where they differ.
    #[must_use]
    pub fn matches(&self, offered: &str) -> bool {
        aws_lc_rs::constant_time::verify_slices_are_equal(self.0.as_bytes(), offered.as_bytes()).is_ok()
    }

    /// The text, for the one place that must hand it out: the ready line and the handle.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// One application of the tenant with the application roles an administrator consented to.
#[derive(Debug, Clone)]
pub struct AppRegistration {
    /// Client id (`appid`, `azp`).
    pub client_id: Uuid,
    /// Object id of its service principal (`oid`, `sub`).
    pub object_id: Uuid,
    /// Display name (`app_displayname`).
    pub display_name: String,
    /// Its client secrets; any of them signs in.
    pub secrets: Vec<Secret>,
    /// Roles granted for a resource; `None` = every role that the double knows.
    pub roles: Option<Vec<String>>,
}

impl AppRegistration {
    /// The `roles` claim for a resource: what was granted, as far as the resource has such a role.
    #[must_use]
    pub fn roles_for(&self, resource: &Resource) -> Vec<String> {
        let known = resource.roles().iter().map(|role| (*role).to_owned());
        match &self.roles {
            None => known.collect(),
            Some(granted) => known.filter(|role| granted.contains(role)).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secret_is_never_printed() {
        let secret = Secret::new("hunter2");
        assert!(!format!("{secret:?}").contains("hunter2"));
        assert!(secret.matches("hunter2"));
        assert!(!secret.matches("hunter"));
        assert!(!secret.matches(""));
    }
}
