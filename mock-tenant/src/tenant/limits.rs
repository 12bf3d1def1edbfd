//! How much one object may hold.

use super::attributes::{self, EXTENSION_LENGTH, EXTENSIONS_MAX, Syntax};
use super::error::SyncError;
use super::model::DirectoryObject;
use super::value::Value;

/// Most values of each certificate attribute. Source: "tshoot-connect-largeobjecterror-usercertificate".
pub const CERTIFICATES_MAX: usize = 15;

/// Largest thumbnailPhoto in octets. Source: entra docs, "attributes synchronized" (100 KB).
const PHOTO_MAX: usize = 100 * 1024;

// The size of an object is budgeted in units that reproduce the documented figures ("tshoot-connect-sync-errors"): 332
// addresses alone; 329 with a mailNickname and 10 certificates; one address costs three certificates or more.
const BUDGET: usize = 332 * ADDRESS;
const ADDRESS: usize = 12;
const CERTIFICATE: usize = 3;
const NICKNAME: usize = 6;

/// Checks one value that is to be written, before anything is written.
///
/// # Errors
/// A property that is not known (if `strict`), one value that is too long.
pub(super) fn check_value(name: &str, value: &Value, strict: bool) -> Result<(), SyncError> {
    let max = match attributes::find(name) {
        Some(attribute) => match attribute.syntax {
            Syntax::Text(max) | Syntax::Texts(max) => max,
            Syntax::Binary => PHOTO_MAX,
            Syntax::Bool | Syntax::Long | Syntax::Binaries => return Ok(()),
        },
        None if attributes::is_extension(name) => EXTENSION_LENGTH,
        None if strict => return Err(SyncError::PropertyNotSupported { property: name.to_owned() }),
        None => return Ok(()),
    };
    let length = longest(value);
    if length > max {
        let property = attributes::canonical(name).into_owned();
        return Err(SyncError::ExceededAllowedLength { property, length, max });
    }
    Ok(())
}

fn longest(value: &Value) -> usize {
    match value {
        Value::Text(text) => text.chars().count(),
        Value::TextList(list) => list.iter().map(|text| text.chars().count()).max().unwrap_or(0),
        Value::Binary(octets) => octets.len(),
        Value::Null | Value::Bool(_) | Value::Long(_) | Value::BinaryList(_) => 0,
    }
}

/// Checks an object as it would be after the write.
///
/// # Errors
/// Too many certificates in one attribute, too many extensions, too large as a whole.
pub(super) fn check_object(object: &DirectoryObject) -> Result<(), SyncError> {
    let large = |property: &str| Err(SyncError::LargeObject { property: property.to_owned() });
    if object.user_certificate.len() > CERTIFICATES_MAX {
        return large("userCertificate");
    }
    if object.user_smime_certificate.len() > CERTIFICATES_MAX {
        return large("userSMIMECertificate");
    }
    if object.properties.iter().filter(|(name, _)| attributes::is_extension(name)).count() > EXTENSIONS_MAX {
        return large("extension");
    }
    if size(object) > BUDGET {
        return large("proxyAddresses");
    }
    Ok(())
}

fn size(object: &DirectoryObject) -> usize {
    let certificates = object.user_certificate.len() + object.user_smime_certificate.len();
    let nickname = usize::from(object.written_nickname().is_some());
    object.proxy_addresses.len() * ADDRESS + certificates * CERTIFICATE + nickname * NICKNAME
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use bytes::Bytes;
    use jiff::Timestamp;
    use uuid::Uuid;

    use super::*;
    use crate::tenant::{Contact, Detail};

    fn object(addresses: usize, certificates: u8, nickname: bool) -> DirectoryObject {
        let mut object = DirectoryObject::new(Uuid::nil(), Detail::Contact(Contact), Timestamp::UNIX_EPOCH);
        object.proxy_addresses = (0..addresses).map(|n| format!("smtp:a{n}@x")).collect();
        object.user_certificate = (0..certificates).map(|n| Bytes::from(vec![n])).collect::<Arc<[_]>>();
        object.mail_nickname = nickname.then(|| "a".to_owned());
        object
    }

    #[test]
    fn the_documented_sizes_fit_and_one_more_address_does_not() {
        for (addresses, certificates, nickname) in [(332, 0, false), (329, 10, true)] {
            assert_eq!(check_object(&object(addresses, certificates, nickname)), Ok(()));
            let one_more = check_object(&object(addresses + 1, certificates, nickname));
            assert_eq!(one_more.map_err(|error| error.code()), Err("LargeObject"));
        }
    }

    #[test]
    fn an_address_costs_at_least_three_certificates() {
        assert_eq!(check_object(&object(331, 3, false)), Ok(()));
    }
}
