//! The tenant's error codes, by what can be done about them.
//!
//! Source: entra-docs, "Troubleshooting errors during synchronization"; Cloud Sync error codes (81 = server busy);
//! Error 114 "This synchronization operation, Delete, is not valid".

use super::state::ErrorClass;

const CODES: &[(&str, ErrorClass)] = &[
    ("114", ErrorClass::Permission),
    ("429", ErrorClass::Retry),
    ("503", ErrorClass::Retry),
    ("504", ErrorClass::Retry),
    ("81", ErrorClass::Retry),
    ("AdminRoleConflict", ErrorClass::Conflict),
    ("AttributeValueMustBeUnique", ErrorClass::Conflict),
    ("AzureDirectoryServiceServerBusy", ErrorClass::Retry),
    ("ConcurrencyConflict", ErrorClass::Retry),
    ("DataValidationFailed", ErrorClass::Validation),
    ("DomainMismatch", ErrorClass::Validation),
    ("DomainNotVerified", ErrorClass::Validation),
    ("ExceededAllowedLength", ErrorClass::LargeObject),
    ("ExistingAdminRole", ErrorClass::Conflict),
    ("ExistingAdminRoleConflict", ErrorClass::Conflict),
    ("FederatedDomainChange", ErrorClass::Validation),
    ("FederatedDomainChangeError", ErrorClass::Validation),
    ("IdentityDataValidationFailed", ErrorClass::Validation),
    ("InvalidHardMatch", ErrorClass::Conflict),
    ("InvalidSoftMatch", ErrorClass::Conflict),
    ("LargeObject", ErrorClass::LargeObject),
    ("ObjectTypeMismatch", ErrorClass::Conflict),
    ("PropertyConflict", ErrorClass::Conflict),
    ("PropertyNotSupported", ErrorClass::Validation),
    ("ServerBusy", ErrorClass::Retry),
    ("ServiceUnavailable", ErrorClass::Retry),
    ("Throttled", ErrorClass::Retry),
    ("TimeOut", ErrorClass::Retry),
    ("TooManyRequests", ErrorClass::Retry),
    ("TransientError", ErrorClass::Retry),
];

/// Codes that say that the object is not there.
const ABSENT: &[&str] = &["NotFound", "ObjectNotFound", "SourceAnchorNotFound", "cd-missing-object"];

/// Class of a code.
pub(super) fn class_of(code: &str) -> ErrorClass {
    let bare = code.rsplit('.').next().unwrap_or(code);
    CODES.iter().find(|(c, _)| c.eq_ignore_ascii_case(bare)).map_or(ErrorClass::Other, |(_, class)| *class)
}

/// The code says that the tenant does not have the object.
pub(super) fn is_absent(code: &str) -> bool {
    ABSENT.iter().any(|c| c.eq_ignore_ascii_case(code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_and_unknown() {
        assert_eq!(class_of("largeobject"), ErrorClass::LargeObject);
        assert_eq!(class_of("81"), ErrorClass::Retry);
        assert_eq!(class_of("Hugo"), ErrorClass::Other);
        assert!(is_absent("ObjectNotFound") && !is_absent("LargeObject"));
    }
}
