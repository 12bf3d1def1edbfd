//! The error catalogue of the provisioning service: what one object of a batch can be refused with.

use super::model::Kind;

/// Why the provisioning service refuses one object. `code()` is the service's ResultErrorCode, `Display` its text.
///
/// Sources: entra docs "tshoot-connect-sync-errors", "tshoot-connect-largeobjecterror-usercertificate",
/// "how-to-connect-install-existing-tenant".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SyncError {
    /// A value that must be unique belongs to another object, and resiliency doesn't cover it.
    #[error(
        "Unable to update this object because the following attributes associated with this object have values that may already be associated with another object in your local directory services: [{property} {value};]. Correct or remove the duplicate values in your local directory."
    )]
    AttributeValueMustBeUnique {
        /// Property.
        property: String,
        /// Value that is taken.
        value: String,
    },
    /// A soft match was found, but that object has another source anchor.
    #[error(
        "Unable to match this object softly: [{property} {value};] belongs to an object that is already synchronized with another source anchor."
    )]
    InvalidSoftMatch {
        /// Property that matched.
        property: String,
        /// Its value.
        value: String,
    },
    /// A hard match was found, but the tenant forbids to take cloud objects over.
    #[error(
        "Unable to match this object by its source anchor: the tenant blocks that cloud objects are taken over (BlockCloudObjectTakeoverThroughHardMatch)."
    )]
    InvalidHardMatch,
    /// The match is of another type.
    #[error("Unable to match this {given}: [{property} {value};] belongs to an object of the type {found}.", given = given.name(), found = found.name())]
    ObjectTypeMismatch {
        /// Type of the object in the batch.
        given: Kind,
        /// Type of the object in the tenant.
        found: Kind,
        /// Property that matched.
        property: String,
        /// Its value.
        value: String,
    },
    /// A soft match was found, but it holds an administrative role.
    #[error(
        "Unable to match this user softly: the cloud user {user} holds an administrative role ({role}). Remove the role, or give the user another name."
    )]
    ExistingAdminRoleConflict {
        /// Sign-in name of the cloud user.
        user: String,
        /// Its role.
        role: String,
    },
    /// A value makes no sense for a property.
    #[error("Identity data validation failed: attribute [{property}]: {problem}")]
    IdentityDataValidationFailed {
        /// Property.
        property: String,
        /// What is wrong.
        problem: String,
    },
    /// Too many values, or the object as a whole is too large.
    #[error(
        "The provisioned object is too large. Trim the number of attribute values on this object. The operation will be retried in the next synchronization cycle. Attribute: {property}."
    )]
    LargeObject {
        /// Property with too many values, or the one with the most.
        property: String,
    },
    /// One value is too long.
    #[error("The length of the value of attribute [{property}] is {length}, the maximum is {max}.")]
    ExceededAllowedLength {
        /// Property.
        property: String,
        /// Characters (octets of a photo).
        length: usize,
        /// Most that is allowed.
        max: usize,
    },
    /// The service doesn't know the property.
    #[error("The attribute [{property}] is not supported.")]
    PropertyNotSupported {
        /// Property.
        property: String,
    },
    /// Error 114: deleting what the directory doesn't master.
    #[error("This synchronization operation, Delete, is not valid. Contact Technical Support.")]
    DeleteNotValid,
    /// No object has the anchor.
    #[error("No object was found for the anchor {anchor}.")]
    ObjectNotFound {
        /// Source or cloud anchor.
        anchor: String,
    },
    /// Somebody else changes the object at this moment (only by a fault plan).
    #[error("The object is being changed by another operation. The operation will be retried.")]
    ConcurrencyConflict,
}

impl SyncError {
    /// ResultErrorCode.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::AttributeValueMustBeUnique { .. } => "AttributeValueMustBeUnique",
            Self::InvalidSoftMatch { .. } => "InvalidSoftMatch",
            Self::InvalidHardMatch => "InvalidHardMatch",
            Self::ObjectTypeMismatch { .. } => "ObjectTypeMismatch",
            Self::ExistingAdminRoleConflict { .. } => "ExistingAdminRoleConflict",
            Self::IdentityDataValidationFailed { .. } => "IdentityDataValidationFailed",
            Self::LargeObject { .. } => "LargeObject",
            Self::ExceededAllowedLength { .. } => "ExceededAllowedLength",
            Self::PropertyNotSupported { .. } => "PropertyNotSupported",
            Self::DeleteNotValid => "114",
            Self::ObjectNotFound { .. } => "ObjectNotFound",
            Self::ConcurrencyConflict => "ConcurrencyConflict",
        }
    }

    /// The property that is to blame, if it is one.
    #[must_use]
    pub fn property(&self) -> Option<&str> {
        match self {
            Self::AttributeValueMustBeUnique { property, .. }
            | Self::InvalidSoftMatch { property, .. }
            | Self::ObjectTypeMismatch { property, .. }
            | Self::IdentityDataValidationFailed { property, .. }
            | Self::LargeObject { property }
            | Self::ExceededAllowedLength { property, .. }
            | Self::PropertyNotSupported { property } => Some(property),
            _ => None,
        }
    }

    pub(super) fn invalid(property: &str, problem: impl std::fmt::Display) -> Self {
        Self::IdentityDataValidationFailed { property: property.to_owned(), problem: problem.to_string() }
    }
}
