//! PKCS #7 SignedData, as Outlook publishes it in userSMIMECertificate.
//! Source: RFC 2798 2.8; RFC 8551 2.5.3 (the signed attribute by which somebody says which certificate to encrypt to).

use bytes::Bytes;
use cms::cert::{CertificateChoices, IssuerAndSerialNumber};
use cms::content_info::ContentInfo;
use cms::signed_data::{SignedData, SignerInfo};
use der::asn1::ObjectIdentifier;
use der::{Any, Decode as _, Encode as _, Tag, TagNumber, Tagged as _};

use super::value::Found;

/// id-aa-encrypKeyPref, a choice; its form `[0] IMPLICIT IssuerAndSerialNumber` is the one in use.
const KEY_PREFERENCE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.11");
/// Microsoft's own of the same meaning, a bare IssuerAndSerialNumber.
/// Source: wincrypt.h, szOID_MICROSOFT_Encryption_Key_Preference.
const MICROSOFT_KEY_PREFERENCE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.311.16.4");

/// The certificates of a blob; `None` if it can't be read.
pub(super) fn certificates(blob: &[u8]) -> Option<Vec<Found>> {
    let content = ContentInfo::from_der(blob).ok()?;
    let signed: SignedData = content.content.decode_as().ok()?;
    let preferred = signed.signer_infos.0.iter().find_map(preference);
    let choices = signed.certificates.iter().flat_map(|set| set.0.iter());
    choices.map(|choice| found(choice, preferred.as_ref())).collect()
}

fn found(choice: &CertificateChoices, preferred: Option<&IssuerAndSerialNumber>) -> Option<Found> {
    let CertificateChoices::Certificate(certificate) = choice else { return None };
    let body = &certificate.tbs_certificate;
    let is_default =
        preferred.is_some_and(|name| name.issuer == body.issuer && name.serial_number == body.serial_number);
    Some(Found { certificate: Bytes::from(certificate.to_der().ok()?), is_default })
}

fn preference(signer: &SignerInfo) -> Option<IssuerAndSerialNumber> {
    let attributes = signer.signed_attrs.as_ref()?;
    attributes.iter().find_map(|attribute| {
        let value = attribute.values.iter().next()?;
        match attribute.oid {
            MICROSOFT_KEY_PREFERENCE => value.decode_as().ok(),
            KEY_PREFERENCE => implicit(value),
            _ => None,
        }
    })
}

/// What stands behind the tag `[0] IMPLICIT`.
fn implicit(value: &Any) -> Option<IssuerAndSerialNumber> {
    let expected = Tag::ContextSpecific { constructed: true, number: TagNumber::N0 };
    let sequence = (value.tag() == expected).then(|| Any::new(Tag::Sequence, value.value()))?;
    sequence.ok()?.decode_as().ok()
}
