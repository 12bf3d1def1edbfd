//! The hourly sweep of the quarantine.
//! Source: entra docs, "how-to-connect-syncservice-duplicate-attribute-resiliency".

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::access::SHADOW_UPN;
use super::model::DirectoryObject;
use super::store::View;
use super::tenant::Tenant;
use super::value::Value;

/// How often the quarantine is swept.
const PERIOD: SignedDuration = SignedDuration::from_hours(1);

impl Tenant {
    pub(super) fn heal_if_due(&mut self, now: Timestamp) {
        if !self.is_heal_due(now) {
            return;
        }
        self.last_heal = Some(now);
        for id in self.quarantined.clone() {
            self.heal(id, now);
        }
    }

    pub(super) fn is_heal_due(&self, now: Timestamp) -> bool {
        self.last_heal.is_none_or(|last| now.duration_since(last) >= PERIOD)
    }

    /// Gives an object the quarantined values that nobody else holds any more.
    fn heal(&mut self, id: Uuid, now: Timestamp) {
        let Some(mut object) = self.store.get(id, View::Committed).cloned() else { return };
        let before = object.provisioning_errors.len();
        let errors = std::mem::take(&mut object.provisioning_errors);
        for error in errors {
            if !self.give_back(&mut object, &error.property_causing_error, &error.value) {
                object.provisioning_errors.push(error);
            }
        }
        if object.provisioning_errors.len() != before {
            self.commit(object, now);
        }
    }

    fn give_back(&self, object: &mut DirectoryObject, property: &str, value: &str) -> bool {
        let id = object.id;
        match property {
            "UserPrincipalName" => {
                let taken = self.store.with_upn(value, View::Committed).is_some_and(|other| other.id != id);
                match object.user_mut() {
                    Some(user) if !taken => user.user_principal_name = value.to_owned(),
                    _ => return false,
                }
                if object.properties.get(SHADOW_UPN).and_then(Value::as_text) == Some(value) {
                    object.properties.set(SHADOW_UPN, Value::Null);
                }
            }
            "ProxyAddress" => {
                if self.store.with_address(value, View::Committed).any(|other| other.id != id) {
                    return false;
                }
                object.proxy_addresses.push(value.to_owned());
            }
            _ => return false,
        }
        true
    }
}
