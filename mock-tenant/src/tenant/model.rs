//! What a tenant holds: users, contacts, groups, devices.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::history::History;
use super::properties::Properties;
use super::shadow::Shadow;
use super::value::{Certificates, no_certificates};

/// Type of an object. Contact and user are different types: a contact never becomes a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Kind {
    /// Mail contact (Graph: orgContact).
    Contact,
    /// Device.
    Device,
    /// Group.
    Group,
    /// User.
    User,
}

impl Kind {
    /// All types, in the order in which states list them.
    pub const ALL: [Self; 4] = [Self::User, Self::Contact, Self::Group, Self::Device];

    /// The name in `SyncObjectType` and in cloud anchors.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Contact => "Contact",
            Self::Device => "Device",
            Self::Group => "Group",
            Self::User => "User",
        }
    }

    /// The type of that name, whatever its letter case.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name().eq_ignore_ascii_case(name))
    }
}

/// One directory object: what all types share, and the rest in `detail`.
#[derive(Debug, Clone, PartialEq)]
pub struct DirectoryObject {
    /// Object id.
    pub id: Uuid,
    /// Source anchor (Graph: onPremisesImmutableId); set once.
    pub source_anchor: Option<String>,
    /// `None`: never synced; `Some(true)`: mastered on-premises; `Some(false)`: was, and is no longer.
    pub on_premises_sync_enabled: Option<bool>,
    /// displayName.
    pub display_name: Option<String>,
    /// mail.
    pub mail: Option<String>,
    /// mailNickname (Exchange: alias).
    pub mail_nickname: Option<String>,
    /// proxyAddresses that are in force (a quarantined one is in `provisioning_errors` only).
    pub proxy_addresses: Vec<String>,
    /// userCertificate.
    pub user_certificate: Certificates,
    /// userSMIMECertificate.
    pub user_smime_certificate: Certificates,
    /// Everything else by canonical name.
    pub properties: Properties,
    /// Names and addresses as the directory wrote them, if others are in force.
    pub shadow: Option<Box<Shadow>>,
    /// onPremisesObjectIdentifier: which object of the directory it is mapped to.
    pub object_identifier: Option<String>,
    /// onPremisesSyncBehavior.isCloudManaged: the cloud is its source of authority, whatever the directory says.
    pub cloud_managed: bool,
    /// Object id of the manager of a user or contact.
    pub manager: Option<Uuid>,
    /// onPremisesProvisioningErrors: duplicate values in quarantine.
    pub provisioning_errors: Vec<ProvisioningError>,
    /// When it was created.
    pub created: Timestamp,
    /// When the directory last wrote it (Graph: onPremisesLastSyncDateTime).
    pub last_sync: Option<Timestamp>,
    /// When it was soft-deleted.
    pub deleted: Option<Timestamp>,
    /// Number of the last change of this object, from a counter of the whole tenant that only rises.
    pub change: u64,
    /// When its properties last changed.
    pub history: History,
    /// What only this type has.
    pub detail: Detail,
}

/// What only one type has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Detail {
    /// A contact.
    Contact(Contact),
    /// A device.
    Device(Device),
    /// A group.
    Group(Group),
    /// A user.
    User(User),
}

impl Detail {
    /// That of a new object.
    #[must_use]
    pub fn empty(kind: Kind) -> Self {
        match kind {
            Kind::Contact => Self::Contact(Contact),
            Kind::Device => Self::Device(Device { device_id: None, account_enabled: true }),
            Kind::Group => Self::Group(Group::default()),
            Kind::User => Self::User(User::new("")),
        }
    }
}

/// What only a user has.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct User {
    /// userPrincipalName that is in force (maybe rewritten to the initial domain, or a placeholder).
    pub user_principal_name: String,
    /// accountEnabled.
    pub account_enabled: bool,
    /// Display names of the administrative roles that the user holds.
    pub roles: Vec<String>,
    /// Display names of the administrative roles that the user may activate.
    pub eligible_roles: Vec<String>,
    /// An Exchange Online licence is assigned.
    pub exchange_license: bool,
}

impl User {
    /// A user who may sign in under that name, without roles and licences.
    #[must_use]
    pub fn new(user_principal_name: impl Into<String>) -> Self {
        Self { user_principal_name: user_principal_name.into(), account_enabled: true, ..Self::default() }
    }
}

/// What only a contact has: nothing. (It has neither a sign-in name nor a recycle bin.)
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Contact;

/// What only a group has.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Group {
    /// Object ids of the members.
    pub members: BTreeSet<Uuid>,
    /// Object ids of the owners.
    pub owners: BTreeSet<Uuid>,
    /// A Microsoft 365 group (`groupTypes` has `Unified`).
    pub unified: bool,
    /// securityEnabled.
    pub security_enabled: bool,
    /// mailEnabled.
    pub mail_enabled: bool,
}

/// What only a device has.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Device {
    /// deviceId.
    pub device_id: Option<String>,
    /// accountEnabled.
    pub account_enabled: bool,
}

/// One entry of onPremisesProvisioningErrors.
/// Source: msgraph-metadata, `microsoft.graph.onPremisesProvisioningError`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProvisioningError {
    /// `PropertyConflict`.
    pub category: String,
    /// When the conflict was found.
    pub occurred_date_time: Timestamp,
    /// `UserPrincipalName` or `ProxyAddress`.
    pub property_causing_error: String,
    /// The value that the directory asked for.
    pub value: String,
}

impl DirectoryObject {
    /// An empty, cloud-only object.
    #[must_use]
    pub fn new(id: Uuid, detail: Detail, created: Timestamp) -> Self {
        Self {
            id,
            source_anchor: None,
            on_premises_sync_enabled: None,
            display_name: None,
            mail: None,
            mail_nickname: None,
            proxy_addresses: Vec::new(),
            user_certificate: no_certificates(),
            user_smime_certificate: no_certificates(),
            properties: Properties::default(),
            shadow: None,
            object_identifier: None,
            cloud_managed: false,
            manager: None,
            provisioning_errors: Vec::new(),
            created,
            last_sync: None,
            deleted: None,
            change: 0,
            history: History::default(),
            detail,
        }
    }

    /// The type.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self.detail {
            Detail::Contact(_) => Kind::Contact,
            Detail::Device(_) => Kind::Device,
            Detail::Group(_) => Kind::Group,
            Detail::User(_) => Kind::User,
        }
    }

    /// `User_<id>`, `Contact_<id>` …: how the provisioning service names the object.
    #[must_use]
    pub fn cloud_anchor(&self) -> String {
        format!("{}_{}", self.kind().name(), self.id)
    }

    /// Within the scope of the sync.
    #[must_use]
    pub fn is_synced(&self) -> bool {
        self.on_premises_sync_enabled == Some(true)
    }

    /// Mastered by the directory: Graph may not change what is synced.
    #[must_use]
    pub fn is_on_premises_mastered(&self) -> bool {
        self.is_synced() && !self.cloud_managed
    }

    /// The sync has written it at some time.
    #[must_use]
    pub const fn was_synced(&self) -> bool {
        self.on_premises_sync_enabled.is_some()
    }

    /// Whether it waits in the recycle bin when it is deleted.
    /// Source: entra docs "recover-from-deletions": users, Microsoft 365 groups and applications are soft-deleted;
    /// contacts, devices and the groups that a directory can sync are gone at once.
    #[must_use]
    pub const fn has_recycle_bin(&self) -> bool {
        match &self.detail {
            Detail::User(_) => true,
            Detail::Group(group) => group.unified,
            Detail::Contact(_) | Detail::Device(_) => false,
        }
    }

    /// Not in the recycle bin.
    #[must_use]
    pub const fn is_live(&self) -> bool {
        self.deleted.is_none()
    }

    /// What only a user has.
    #[must_use]
    pub const fn user(&self) -> Option<&User> {
        match &self.detail {
            Detail::User(user) => Some(user),
            _ => None,
        }
    }

    /// What only a user has, to change.
    pub const fn user_mut(&mut self) -> Option<&mut User> {
        match &mut self.detail {
            Detail::User(user) => Some(user),
            _ => None,
        }
    }

    /// What only a group has.
    #[must_use]
    pub const fn group(&self) -> Option<&Group> {
        match &self.detail {
            Detail::Group(group) => Some(group),
            _ => None,
        }
    }

    /// What only a group has, to change.
    pub const fn group_mut(&mut self) -> Option<&mut Group> {
        match &mut self.detail {
            Detail::Group(group) => Some(group),
            _ => None,
        }
    }

    /// What only a device has.
    #[must_use]
    pub const fn device(&self) -> Option<&Device> {
        match &self.detail {
            Detail::Device(device) => Some(device),
            _ => None,
        }
    }

    /// userPrincipalName of a user.
    #[must_use]
    pub fn user_principal_name(&self) -> Option<&str> {
        self.user().map(|user| user.user_principal_name.as_str())
    }

    /// accountEnabled of a user or device.
    #[must_use]
    pub fn account_enabled(&self) -> Option<bool> {
        match &self.detail {
            Detail::User(user) => Some(user.account_enabled),
            Detail::Device(device) => Some(device.account_enabled),
            Detail::Contact(_) | Detail::Group(_) => None,
        }
    }

    /// The address after the upper-case `SMTP:` of the primary proxy address.
    #[must_use]
    pub fn primary_smtp(&self) -> Option<&str> {
        primary_smtp(&self.proxy_addresses)
    }

    /// Whether it holds that address (`smtp:a@x`, or `a@x`) as mail or among its proxy addresses.
    #[must_use]
    pub fn has_address(&self, address: &str) -> bool {
        let key = typed(address);
        self.proxy_addresses.iter().chain(&self.mail).any(|held| typed(held) == key)
    }
}

/// How addresses compare: in lower case, and one without a type is an SMTP address.
fn typed(address: &str) -> String {
    let address = address.to_lowercase();
    if address.contains(':') { address } else { format!("smtp:{address}") }
}

/// The address after the upper-case `SMTP:` of the primary proxy address among these.
#[must_use]
pub fn primary_smtp(addresses: &[String]) -> Option<&str> {
    addresses.iter().find_map(|address| address.strip_prefix("SMTP:"))
}
