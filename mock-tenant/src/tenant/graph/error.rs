//! Why Graph refuses a change.

use super::super::access::WrongType;
use super::super::error::SyncError;

/// Why Graph refuses a change. The text is the service's message; all but two are `Request_BadRequest`, 400.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MutationError {
    /// `Request_ResourceNotFound`, 404.
    #[error(
        "Resource '{0}' does not exist or one of its queried reference-property objects are not present."
    )]
    NotFound(String),
    /// The directory masters the object.
    #[error(
        "Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration."
    )]
    OnPremisesMastered,
    /// Nobody sets that property.
    #[error("Property '{0}' is read-only and cannot be set.")]
    ReadOnly(String),
    /// Detail code `ObjectConflict` with the property as target.
    #[error("Another object with the same value for property {0} already exists.")]
    Conflict(String),
    /// As before, with the holder in a detail `ConflictingObjects`.
    /// Source: a support engineer's guide to ADSyncTools, quoted in public repositories.
    #[error("Another object with the same value for property {property} already exists.")]
    ConflictWith {
        /// Property.
        property: String,
        /// Cloud anchor of the object that has the value.
        holder: String,
    },
    /// Detail code `InvalidValue`.
    #[error("Invalid value specified for property '{property}' of resource '{resource}'.")]
    InvalidValue {
        /// Property.
        property: String,
        /// Type of the object.
        resource: &'static str,
    },
    /// A property that must be given when an object is made.
    #[error("A value is required for property '{property}' of resource '{resource}'.")]
    Required {
        /// Property.
        property: &'static str,
        /// Type of the object.
        resource: &'static str,
    },
    /// A sign-in name that can't be one. Observed in many public scripts that look for this text.
    #[error("Property userPrincipalName is invalid.")]
    UserPrincipalName,
    /// A sign-in name in a domain that is not the tenant's. Observed as before.
    #[error(
        "The domain portion of the userPrincipalName property is invalid. You must use one of the verified domain names in your organization."
    )]
    Domain,
    /// A distribution list or a mail-enabled security group is to be made. Observed as before.
    #[error(
        "The service does not currently support writes of mail-enabled groups. Please ensure that the mail-enablement property is unset and the security-enablement property is set."
    )]
    MailEnabledGroup,
    /// One of them is to be changed: Exchange masters it. Observed as before.
    #[error("Cannot Update a mail-enabled security groups and or distribution list.")]
    ExchangeMasteredGroup,
    /// A reference that is there already.
    #[error(
        "One or more added object references already exist for the following modified properties: '{0}'."
    )]
    Exists(&'static str),
    /// The last owner is to go. Source: microsoft-graph-docs, api/group-delete-owners.
    #[error("The group must have at least one owner, hence this owner cannot be removed.")]
    LastOwner,
    /// 501: the real service does it.
    #[error("{0} is not supported by this double.")]
    NotByDouble(&'static str),
}

impl MutationError {
    pub(super) fn invalid(property: &str, resource: &'static str) -> Self {
        Self::InvalidValue { property: property.to_owned(), resource }
    }
}

impl From<WrongType> for MutationError {
    fn from(wrong: WrongType) -> Self {
        Self::InvalidValue { property: wrong.name, resource: "User" }
    }
}

impl From<SyncError> for MutationError {
    /// What the rules shared with the sync refuse: an address that somebody holds, or a name that can't be one.
    fn from(error: SyncError) -> Self {
        match error {
            SyncError::AttributeValueMustBeUnique { property, .. } if property == "UserPrincipalName" => {
                Self::Conflict("userPrincipalName".to_owned())
            }
            SyncError::AttributeValueMustBeUnique { .. } => Self::Conflict("proxyAddresses".to_owned()),
            other => Self::invalid(other.property().unwrap_or("proxyAddresses"), "User"),
        }
    }
}
