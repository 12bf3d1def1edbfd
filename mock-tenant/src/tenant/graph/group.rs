//! Kinds of groups: which ones Graph makes, and what a Microsoft 365 group gets by itself.
//! Source: microsoft-graph-docs, resources/groups-overview and api/group-post-groups; the refusals' texts were observed.

use super::super::model::DirectoryObject;
use super::super::store::View;
use super::super::tenant::Tenant;
use super::super::upn::with_digits;
use super::super::value::Value;
use super::create::value_of;
use super::error::MutationError;
use super::patch::GraphChange;

impl Tenant {
    /// Reads what kind of group is to be made; the rest of the change goes on. Other objects pass through.
    pub(super) fn with_group_kind(
        &self,
        object: &mut DirectoryObject,
        change: GraphChange,
    ) -> Result<GraphChange, MutationError> {
        if object.group().is_none() {
            return Ok(change);
        }
        let unified = is_unified(value_of(&change, "groupTypes"))?;
        let flag = |name: &str| value_of(&change, name) == Some(&Value::Bool(true));
        match (unified, flag("mailEnabled"), flag("securityEnabled")) {
            (true, true, _) | (false, false, true) => {}
            (true, false, _) => return Err(MutationError::invalid("mailEnabled", "Group")),
            (false, ..) => return Err(MutationError::MailEnabledGroup),
        }
        if let Some(group) = object.group_mut() {
            group.unified = unified;
        }
        let nickname = value_of(&change, "mailNickname").and_then(Value::as_text).unwrap_or_default();
        if unified {
            self.give_address(object, nickname);
        }
        Ok(change.into_iter().filter(|(name, _)| !name.eq_ignore_ascii_case("groupTypes")).collect())
    }

    /// `<alias>@<default domain>`, with four digits if somebody has it (as in the documentation's example).
    fn give_address(&self, object: &mut DirectoryObject, nickname: &str) {
        let Some(domain) = self.company.verified_domains.first() else { return };
        let plain = format!("{nickname}@{domain}");
        let is_free = |address: &str| self.store.with_address(address, View::Committed).next().is_none();
        let start = self.ids.u64(&format!("group/{}", object.id));
        let address = if is_free(&plain) {
            Some(plain)
        } else {
            with_digits(start, |number| format!("{nickname}{number:04}@{domain}"), is_free)
        };
        object.proxy_addresses = address.iter().map(|address| format!("SMTP:{address}")).collect();
        object.mail = address;
    }
}

fn is_unified(types: Option<&Value>) -> Result<bool, MutationError> {
    let types: &[String] = match types {
        None | Some(Value::Null) => &[],
        Some(Value::TextList(list)) => list,
        Some(_) => return Err(MutationError::invalid("groupTypes", "Group")),
    };
    if types.iter().any(|name| name == "DynamicMembership") {
        return Err(MutationError::NotByDouble("A group with dynamic membership"));
    }
    match types.iter().find(|name| *name != "Unified") {
        Some(_) => Err(MutationError::invalid("groupTypes", "Group")),
        None => Ok(!types.is_empty()),
    }
}
