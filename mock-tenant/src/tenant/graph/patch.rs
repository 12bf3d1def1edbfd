//! Changes of properties.

use jiff::Timestamp;
use uuid::Uuid;

use super::super::access::stored_name;
use super::super::anchor;
use super::super::model::{DirectoryObject, Kind};
use super::super::proxy::OnConflict;
use super::super::tenant::Tenant;
use super::super::value::Value;
use super::error::MutationError;
use super::{onpremises, values};

/// Properties of a change, by Graph's names (any letter case).
pub type GraphChange = Vec<(String, Value)>;

impl Tenant {
    /// Changes properties of a live object.
    ///
    /// # Errors
    /// No such object, a property that the directory or Exchange masters or nobody may set, a bad value, a value that is taken.
    pub fn patch(&mut self, id: Uuid, change: GraphChange, now: Timestamp) -> Result<(), MutationError> {
        self.tick(now);
        let mut object = self.live(id)?;
        change.iter().try_for_each(|(name, _)| onpremises::may_set(&object, name))?;
        if object.group().is_some_and(|group| group.mail_enabled && !group.unified) {
            return Err(MutationError::ExchangeMasteredGroup);
        }
        self.apply(&mut object, change, now)?;
        self.commit(object, now);
        Ok(())
    }

    /// Names and addresses last: what is in force follows from all of them.
    pub(super) fn apply(
        &self,
        object: &mut DirectoryObject,
        change: GraphChange,
        now: Timestamp,
    ) -> Result<(), MutationError> {
        let mut shadow = object.as_shadowed();
        let mut named = false;
        for (name, value) in change {
            self.check_value(object, &name, &value)?;
            if self.rename(object, &mut shadow, &name, &value)? {
                named = true;
            } else {
                self.set_one(object, &name, value)?;
            }
        }
        if named {
            self.settle_addresses(object, shadow, OnConflict::Refuse, now)?;
        }
        Ok(())
    }

    fn check_value(&self, object: &DirectoryObject, name: &str, value: &Value) -> Result<(), MutationError> {
        let kind = object.kind();
        let allowed = values::is_allowed(kind, name, stored_name(name), value);
        if allowed { Ok(()) } else { Err(MutationError::invalid(name, kind.name())) }
    }

    fn set_one(&self, object: &mut DirectoryObject, name: &str, value: Value) -> Result<(), MutationError> {
        let resource = object.kind().name();
        match name.to_ascii_lowercase().as_str() {
            "onpremisesimmutableid" => self.set_anchor(object, &value)?,
            "onpremisessecurityidentifier" => {
                self.check_graph_sid(object, &value)?;
                object.set_graph(name, value)?;
            }
            // Source: entra docs, how-to-connect-install-existing-tenant: it can only be cleared.
            "onpremisesobjectidentifier" if value.is_nothing() => object.object_identifier = None,
            "onpremisesobjectidentifier" => return Err(MutationError::invalid(name, resource)),
            "passwordprofile" => {}
            "deviceid" => self.set_device_id(object, value)?,
            _ => object.set_graph(name, value)?,
        }
        Ok(())
    }

    /// Source: Graph's user resource type (`$` and `_` are refused), and the guide to ADSyncTools (it must be unique).
    fn set_anchor(&self, object: &mut DirectoryObject, value: &Value) -> Result<(), MutationError> {
        const NAME: &str = "onPremisesImmutableId";
        let anchor = value.as_text().filter(|text| !text.is_empty());
        if (anchor.is_none() && !value.is_nothing())
            || anchor.is_some_and(|anchor| anchor::problem(anchor).is_some())
        {
            return Err(MutationError::invalid(NAME, object.kind().name()));
        }
        if let Some(holder) = anchor.and_then(|anchor| self.holder_of_anchor(anchor, object)) {
            return Err(MutationError::ConflictWith { property: NAME.to_owned(), holder });
        }
        object.source_anchor = anchor.map(str::to_owned);
        Ok(())
    }

    fn check_graph_sid(&self, object: &DirectoryObject, value: &Value) -> Result<(), MutationError> {
        const NAME: &str = "onPremisesSecurityIdentifier";
        if !onpremises::is_sid(value) {
            return Err(MutationError::invalid(NAME, object.kind().name()));
        }
        match value.as_text().and_then(|sid| self.holder_of_sid(sid, object)) {
            Some(holder) => Err(MutationError::ConflictWith { property: NAME.to_owned(), holder }),
            None => Ok(()),
        }
    }

    /// Source: microsoft-graph-docs, resources/device.md: the identifier of the device registration service, unique.
    fn set_device_id(&self, object: &mut DirectoryObject, value: Value) -> Result<(), MutationError> {
        let same = |other: &DirectoryObject| {
            other.id != object.id
                && other.device().is_some_and(|device| device.device_id.as_deref() == value.as_text())
        };
        let mut devices = self.objects(Kind::Device, 0, super::super::store::View::Committed);
        if !value.is_nothing() && devices.any(|(_, other)| same(other)) {
            return Err(MutationError::Conflict("deviceId".to_owned()));
        }
        Ok(object.set_graph("deviceId", value)?)
    }
}
