//! What the directory wrote, where the tenant has something else in force: the service keeps the one beside the other.
//! Source: support article "How the proxyAddresses attribute is populated in Microsoft Entra ID" (KB 3190357).

use serde::{Deserialize, Serialize};

use super::access::coerce;
use super::error::SyncError;
use super::model::DirectoryObject;
use super::value::Value;

/// Names and addresses as the directory wrote them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Shadow {
    /// userPrincipalName.
    pub user_principal_name: Option<String>,
    /// mail.
    pub mail: Option<String>,
    /// mailNickname.
    pub mail_nickname: Option<String>,
    /// proxyAddresses.
    pub proxy_addresses: Vec<String>,
}

impl Shadow {
    /// What is in force.
    fn in_force(object: &DirectoryObject) -> Self {
        Self {
            user_principal_name: object.user_principal_name().map(str::to_owned),
            mail: object.mail.clone(),
            mail_nickname: object.mail_nickname.clone(),
            proxy_addresses: object.proxy_addresses.clone(),
        }
    }
}

impl Shadow {
    /// Takes a property that the directory writes, if it is one of these; `name` is canonical.
    pub(super) fn set(
        &mut self,
        object: &DirectoryObject,
        name: &str,
        value: &Value,
    ) -> Result<bool, SyncError> {
        match name {
            "mail" => self.mail = text(name, value)?,
            "mailNickname" => self.mail_nickname = text(name, value)?,
            "proxyAddresses" => self.proxy_addresses = texts(name, value)?,
            "userPrincipalName" if object.user().is_none() => {
                return Err(SyncError::invalid("UserPrincipalName", "only users have one"));
            }
            "userPrincipalName" => {
                let missing = || SyncError::invalid("UserPrincipalName", "must have a value");
                self.user_principal_name = Some(text(name, value)?.ok_or_else(missing)?);
            }
            _ => return Ok(false),
        }
        Ok(true)
    }
}

fn text(name: &str, value: &Value) -> Result<Option<String>, SyncError> {
    match coerce(name, value.clone())? {
        Value::Text(text) if !text.is_empty() => Ok(Some(text)),
        _ => Ok(None),
    }
}

fn texts(name: &str, value: &Value) -> Result<Vec<String>, SyncError> {
    let mut list = match coerce(name, value.clone())? {
        Value::TextList(list) => list,
        _ => Vec::new(),
    };
    // Values of one attribute are a set.
    let mut seen = std::collections::BTreeSet::new();
    list.retain(|text| !text.is_empty() && seen.insert(text.to_lowercase()));
    Ok(list)
}

impl DirectoryObject {
    /// Names and addresses as the directory wrote them. Without a shadow that is what is in force, and what waits in
    /// quarantine.
    #[must_use]
    pub fn as_shadowed(&self) -> Shadow {
        if let Some(shadow) = &self.shadow {
            return shadow.as_ref().clone();
        }
        let mut shadow = Shadow::in_force(self);
        for error in &self.provisioning_errors {
            match error.property_causing_error.as_str() {
                "UserPrincipalName" => shadow.user_principal_name = Some(error.value.clone()),
                "ProxyAddress" => shadow.proxy_addresses.push(error.value.clone()),
                _ => {}
            }
        }
        shadow
    }

    /// mailNickname as the directory wrote it: one that the tenant derived makes nobody a recipient.
    #[must_use]
    pub fn written_nickname(&self) -> Option<&str> {
        match &self.shadow {
            Some(shadow) => shadow.mail_nickname.as_deref(),
            None => self.mail_nickname.as_deref(),
        }
    }

    /// Remembers what the directory wrote, if it is not what is in force.
    pub(super) fn set_shadow(&mut self, shadow: Shadow) {
        self.shadow = (shadow != Shadow::in_force(self)).then(|| Box::new(shadow));
    }
}
