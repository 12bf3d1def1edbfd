//! The quarantine: values that only one object may have, noted on the second who wants one.
//! Source: entra docs, "how-to-connect-syncservice-duplicate-attribute-resiliency".

use jiff::Timestamp;

use super::model::{DirectoryObject, ProvisioningError};

/// Notes a conflict once: a retry doesn't renew its time.
pub(super) fn remember(object: &mut DirectoryObject, property: &str, value: &str, now: Timestamp) {
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
pub(super) fn forget(object: &mut DirectoryObject, property: &str, meant: impl Fn(&str) -> bool) {
    object
        .provisioning_errors
        .retain(|error| error.property_causing_error != property || !meant(&error.value));
}
