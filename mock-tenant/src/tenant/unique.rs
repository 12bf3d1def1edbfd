//! Values that only one object may have: sign-in names and addresses; what happens to the second who wants one.
//! Source: entra docs, "how-to-connect-syncservice-duplicate-attribute-resiliency".

use jiff::Timestamp;

use super::access::SHADOW_UPN;
use super::error::SyncError;
use super::model::{DirectoryObject, Kind, ProvisioningError};
use super::store::View;
use super::tenant::Tenant;
use super::value::Value;

impl Tenant {
    /// The sign-in name as the tenant would have it: a suffix that is not verified becomes the initial domain.
    /// Source: entra docs, "plan-connect-userprincipalname".
    pub(super) fn routable(&self, upn: &str) -> String {
        match upn.rsplit_once('@') {
            Some((prefix, suffix)) if !self.company.is_verified(suffix) => {
                format!("{prefix}@{}", self.settings.initial_domain)
            }
            _ => upn.to_owned(),
        }
    }

    pub(super) fn settle_upn(
        &self,
        object: &mut DirectoryObject,
        value: &Value,
        now: Timestamp,
    ) -> Result<(), SyncError> {
        let Some(user) = object.user() else {
            return Err(SyncError::invalid("UserPrincipalName", "only users have one"));
        };
        let wanted =
            value.as_text().ok_or_else(|| SyncError::invalid("UserPrincipalName", "must have a value"))?;
        check_upn(wanted)?;
        let upn = self.routable(wanted);
        let first = user.user_principal_name.is_empty();
        if !first && !self.company.features.has(super::Features::SYNCHRONIZE_UPN_FOR_MANAGED_USERS) {
            return Ok(());
        }
        let in_force = match self.holder_of_upn(&upn, object) {
            None => {
                forget(object, "UserPrincipalName", |_| true);
                upn
            }
            Some(Kind::User) if self.is_resilient("UserPrincipalName") => {
                let placeholder = self.placeholder(object, &upn);
                forget(object, "UserPrincipalName", |held| held != upn);
                remember(object, "UserPrincipalName", &upn, now);
                placeholder
            }
            Some(_) => {
                let property = "UserPrincipalName".to_owned();
                return Err(SyncError::AttributeValueMustBeUnique { property, value: upn });
            }
        };
        let shadow = if wanted == in_force { Value::Null } else { Value::from(wanted) };
        object.properties.set(SHADOW_UPN, shadow);
        if let Some(user) = object.user_mut() {
            user.user_principal_name = in_force;
        }
        Ok(())
    }

    /// Type of another object that has the name: a user as its own, a group as its address.
    fn holder_of_upn(&self, upn: &str, object: &DirectoryObject) -> Option<Kind> {
        let group = self.store.with_address(upn, View::Committed).find(|other| other.kind() == Kind::Group);
        let user = self.store.with_upn(upn, View::Committed).filter(|other| other.id != object.id);
        group.or(user).map(DirectoryObject::kind)
    }

    /// `<prefix>+<4 digits>@<initial domain>`; the one that the object already has, if it was in conflict before.
    fn placeholder(&self, object: &DirectoryObject, upn: &str) -> String {
        let conflicted = |error: &ProvisioningError| {
            error.property_causing_error == "UserPrincipalName" && error.value == upn
        };
        if let Some(user) = object.user()
            && object.provisioning_errors.iter().any(conflicted)
        {
            return user.user_principal_name.clone();
        }
        let prefix = upn.split('@').next().unwrap_or_default();
        let mut number = self.ids.u64(&format!("placeholder/{}", object.id));
        loop {
            let name = format!("{prefix}+{:04}@{}", number % 10_000, self.settings.initial_domain);
            if self.store.with_upn(&name, View::Committed).is_none() {
                return name;
            }
            number = number.wrapping_add(1);
        }
    }

    pub(super) fn settle_addresses(
        &self,
        object: &mut DirectoryObject,
        value: &Value,
        now: Timestamp,
    ) -> Result<(), SyncError> {
        let wanted = addresses(value)?;
        forget(object, "ProxyAddress", |held| !wanted.contains(&held));
        let mut in_force: Vec<String> = Vec::with_capacity(wanted.len());
        for address in wanted {
            if in_force.iter().any(|held| held.eq_ignore_ascii_case(address)) {
                continue;
            }
            if !self.is_taken(address, object) {
                forget(object, "ProxyAddress", |held| held == address);
                in_force.push(address.to_owned());
            } else if self.is_resilient("ProxyAddresses") {
                remember(object, "ProxyAddress", address, now);
            } else {
                let property = "ProxyAddresses".to_owned();
                return Err(SyncError::AttributeValueMustBeUnique { property, value: address.to_owned() });
            }
        }
        object.proxy_addresses = in_force;
        Ok(())
    }

    /// Only SMTP addresses must be unique, against the addresses of every type of object.
    fn is_taken(&self, address: &str, object: &DirectoryObject) -> bool {
        let is_smtp = address.get(..5).is_some_and(|prefix| prefix.eq_ignore_ascii_case("smtp:"));
        let has = |other: &DirectoryObject| {
            other.proxy_addresses.iter().any(|held| held.eq_ignore_ascii_case(address))
        };
        is_smtp
            && self
                .store
                .with_address(address, View::Committed)
                .any(|other| other.id != object.id && has(other))
    }

    /// mail must be unique, but only where duplicate addresses are errors at all.
    pub(super) fn settle_mail(&self, object: &mut DirectoryObject, value: &Value) -> Result<(), SyncError> {
        if let Some(mail) = value.as_text()
            && !self.is_resilient("ProxyAddresses")
            && self.store.with_address(mail, View::Committed).any(|other| other.id != object.id)
        {
            let (property, value) = ("Mail".to_owned(), mail.to_owned());
            return Err(SyncError::AttributeValueMustBeUnique { property, value });
        }
        object.set("mail", value.clone()).map_err(|error| SyncError::invalid("Mail", error))
    }
}

fn addresses(value: &Value) -> Result<Vec<&str>, SyncError> {
    match value {
        Value::Null => Ok(Vec::new()),
        Value::Text(text) if text.is_empty() => Ok(Vec::new()),
        Value::Text(text) => Ok(vec![text]),
        Value::TextList(list) => Ok(list.iter().map(String::as_str).collect()),
        other => {
            Err(SyncError::invalid("ProxyAddresses", format!("takes an ArrayOfstring, not {}", other.kind())))
        }
    }
}

/// Source: entra docs, "IdFix" and "UserPrincipalName": letters, digits and `' . - _ ! # ^ ~ +`, one `@`, no dot at the ends
/// of the prefix, at most 64 and 256 characters before and after.
fn check_upn(upn: &str) -> Result<(), SyncError> {
    let invalid =
        |problem: String| Err(SyncError::invalid("UserPrincipalName", format!("{upn:?} {problem}")));
    let Some((prefix, suffix)) = upn.split_once('@') else { return invalid("has no '@'".to_owned()) };
    if prefix.is_empty() || suffix.is_empty() {
        return invalid("lacks the part before or after '@'".to_owned());
    }
    if prefix.len() > 64 || suffix.len() > 256 {
        return invalid("is too long".to_owned());
    }
    let allowed = |c: char| c.is_ascii_alphanumeric() || "'.-_!#^~+".contains(c);
    if let Some(bad) = prefix.chars().find(|c| !allowed(*c)) {
        return invalid(format!("contains {bad:?}"));
    }
    if let Some(bad) = suffix.chars().find(|c| !(c.is_alphanumeric() || matches!(c, '.' | '-'))) {
        return invalid(format!("contains {bad:?} after '@'"));
    }
    if prefix.starts_with('.') || prefix.ends_with('.') || prefix.contains("..") {
        return invalid("has a dot where none may be".to_owned());
    }
    Ok(())
}

/// Notes a conflict once: a retry doesn't renew its time.
fn remember(object: &mut DirectoryObject, property: &str, value: &str, now: Timestamp) {
    let known = |error: &ProvisioningError| error.property_causing_error == property && error.value == value;
    if !object.provisioning_errors.iter().any(known) {
        object.provisioning_errors.push(ProvisioningError {
            category: "PropertyConflict".to_owned(),
            occurred_date_time: now,
            property_causing_error: property.to_owned(),
            value: value.to_owned(),
        });
    }
}

/// Drops conflicts of a property whose value is meant.
fn forget(object: &mut DirectoryObject, property: &str, meant: impl Fn(&str) -> bool) {
    object
        .provisioning_errors
        .retain(|error| error.property_causing_error != property || !meant(&error.value));
}
