//! The error catalogue of the provisioning service: what one object of a batch can be refused with.

use super::access::WrongType;
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
        "Unable to match this object softly: [{property} {value};] belongs to an object that must not be matched, or is synchronized with another source anchor."
    )]
    InvalidSoftMatch {
        /// Property that matched.
        property: String,
        /// Its value.
        value: String,
    },
    /// A hard match was found, but the tenant forbids to take cloud objects over.
    /// Source: a support engineer's guide to the export error, quoted in public repositories.
    #[error(
        "Another cloud created object with the same source anchor already exists in Azure Active Directory."
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
    /// The object is mapped to another object of the directory.
    /// Source: entra docs, "how-to-connect-install-existing-tenant" (2026-07-01), and what's new of March 2026.
    #[error(
        "Hard match operation blocked due to security hardening. Review OnPremisesObjectIdentifier mapping."
    )]
    AttributeUpdateNotAllowed,
    /// A hard match was found, but the user holds a privileged role or may activate one.
    /// Source: as above; which text the service gives for roles is not public.
    #[error(
        "Hard match operation blocked due to security hardening. The user {user} is assigned or eligible for the privileged role {role}."
    )]
    PrivilegedHardMatch {
        /// Sign-in name of the user.
        user: String,
        /// Its role.
        role: String,
    },
    /// Somebody else changes the object at this moment (only by a fault plan).
    #[error("The object is being changed by another operation. The operation will be retried.")]
    ConcurrencyConflict,
}

impl SyncError {
    /// Every ResultErrorCode that an object can be refused with.
    pub const CODES: [&str; 13] = [
        "114",
        "AttributeUpdateNotAllowed",
        "AttributeValueMustBeUnique",
        "ConcurrencyConflict",
        "ExceededAllowedLength",
        "ExistingAdminRoleConflict",
        "IdentityDataValidationFailed",
        "InvalidHardMatch",
        "InvalidSoftMatch",
        "LargeObject",
        "ObjectNotFound",
        "ObjectTypeMismatch",
        "PropertyNotSupported",
    ];

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
            Self::AttributeUpdateNotAllowed => "AttributeUpdateNotAllowed",
            Self::PrivilegedHardMatch { .. } => "InvalidHardMatch",
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
            Self::AttributeUpdateNotAllowed => Some("OnPremisesObjectIdentifier"),
            _ => None,
        }
    }

    pub(super) fn taken(property: &str, value: &str) -> Self {
        Self::AttributeValueMustBeUnique { property: property.to_owned(), value: value.to_owned() }
    }

    pub(super) fn invalid(property: &str, problem: impl std::fmt::Display) -> Self {
        Self::IdentityDataValidationFailed { property: property.to_owned(), problem: problem.to_string() }
    }
}

impl From<WrongType> for SyncError {
    fn from(wrong: WrongType) -> Self {
        Self::invalid(&wrong.name, format!("takes {}, not {}", wrong.expected, wrong.got))
    }
}
