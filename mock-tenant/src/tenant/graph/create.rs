//! New cloud objects.

use jiff::Timestamp;
use uuid::Uuid;

use super::super::model::{Detail, DirectoryObject, Kind};
use super::super::tenant::Tenant;
use super::super::value::Value;
use super::error::MutationError;
use super::patch::GraphChange;

/// What a new object must be given, besides what its route demands.
/// Source: microsoft-graph-docs, api/group-post-groups; the user's list is that of its route.
const REQUIRED: &[(Kind, &[&str])] = &[
    (Kind::User, &["userPrincipalName", "displayName"]),
    (Kind::Group, &["displayName", "mailEnabled", "mailNickname", "securityEnabled"]),
    (Kind::Device, &["displayName"]),
    (Kind::Contact, &["displayName"]),
];

impl Tenant {
    /// Makes a cloud-only object.
    ///
    /// # Errors
    /// A required property is missing, a value is bad, or another object has a value that must be unique.
    pub fn create(&mut self, kind: Kind, change: GraphChange, now: Timestamp) -> Result<Uuid, MutationError> {
        self.tick(now);
        require(kind, &change)?;
        let name_property = if kind == Kind::User { "userPrincipalName" } else { "displayName" };
        let name = text_of(&change, name_property).unwrap_or_default().to_lowercase();
        let id = self.new_id(&format!("cloud/{}/{name}", kind.name()));
        let mut object = DirectoryObject::new(id, Detail::empty(kind), now);
        let change = self.with_group_kind(&mut object, change)?;
        self.refuse_read_only(&object, &change)?;
        self.apply(&mut object, change, now)?;
        self.commit(object, now);
        Ok(id)
    }

    fn refuse_read_only(&self, object: &DirectoryObject, change: &GraphChange) -> Result<(), MutationError> {
        change.iter().try_for_each(|(name, _)| super::onpremises::may_set(object, name))
    }
}

fn require(kind: Kind, change: &GraphChange) -> Result<(), MutationError> {
    let lists = REQUIRED.iter().filter(|(of, _)| *of == kind).flat_map(|(_, list)| list.iter());
    let missing = |name: &&&str| value_of(change, name).is_none_or(Value::is_nothing);
    match lists.copied().find(|name| missing(&name)) {
        Some(property) => Err(MutationError::Required { property, resource: kind.name() }),
        None => Ok(()),
    }
}

pub(super) fn value_of<'a>(change: &'a GraphChange, name: &str) -> Option<&'a Value> {
    change.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

fn text_of<'a>(change: &'a GraphChange, name: &str) -> Option<&'a str> {
    value_of(change, name).and_then(Value::as_text).filter(|text| !text.is_empty())
}
