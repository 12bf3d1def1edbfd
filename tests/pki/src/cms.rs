//! PKCS #7 / CMS SignedData (RFC 5652), as mail clients publish certificates.

use aws_lc_rs::digest;

use crate::certificate::Certificate;
use crate::der::{self, tag};
use crate::oid;
use crate::time::Moment;

/// What a signer says besides the content.
pub(crate) struct Signer<'a> {
    pub(crate) certificate: &'a Certificate,
    pub(crate) encrypt_to: Option<&'a Certificate>,
    pub(crate) capabilities: bool,
    pub(crate) signed_at: Moment,
}

/// Certificates without a signer.
pub(crate) fn certs_only(certificates: &[&[u8]]) -> Vec<u8> {
    signed_data(&[], certificates, &[])
}

/// Certificates with a signer over empty content.
pub(crate) fn signed(certificates: &[&[u8]], signer: &Signer<'_>) -> Result<Vec<u8>, String> {
    let digest = oid::algorithm(signer.certificate.key.digest(), false);
    Ok(signed_data(&[digest], certificates, &[signer_info(signer)?]))
}

fn signed_data(digests: &[Vec<u8>], certificates: &[&[u8]], signers: &[Vec<u8>]) -> Vec<u8> {
    let mut certificates: Vec<Vec<u8>> = certificates.iter().map(|der| der.to_vec()).collect();
    certificates.sort();
    let data = der::sequence(&[
        der::integer(1),
        der::set_of(digests),
        der::sequence(&[oid::known(oid::PKCS7_DATA)]),
        der::context(0, &certificates.concat()),
        der::set_of(signers),
    ]);
    der::sequence(&[oid::known(oid::PKCS7_SIGNED), der::context(0, &data)])
}

fn signer_info(signer: &Signer<'_>) -> Result<Vec<u8>, String> {
    let key = &signer.certificate.key;
    let attributes = attributes(signer);
    // signed as a SET OF, sent as [0] (RFC 5652 5.4)
    let to_sign = der::set_of(&attributes);
    let signature = key.sign(&to_sign)?;
    let mut tagged = to_sign;
    tagged[0] = tag::CONTEXT_CONSTRUCTED;
    // RFC 5754 3.2: with RSA the algorithm is rsaEncryption
    let algorithm =
        if key.is_rsa() { oid::algorithm(oid::RSA_ENCRYPTION, true) } else { signature.algorithm };
    Ok(der::sequence(&[
        der::integer(1),
        issuer_and_serial(signer.certificate),
        oid::algorithm(key.digest(), false),
        tagged,
        algorithm,
        der::octet_string(&signature.octets),
    ]))
}

fn attributes(signer: &Signer<'_>) -> Vec<Vec<u8>> {
    let key = &signer.certificate.key;
    let mut list = vec![
        attribute(oid::CONTENT_TYPE, oid::known(oid::PKCS7_DATA)),
        attribute(oid::SIGNING_TIME, signer.signed_at.encode()),
        attribute(oid::MESSAGE_DIGEST, der::octet_string(digest_of_nothing(key.digest()).as_ref())),
    ];
    if signer.capabilities {
        list.push(attribute(oid::SMIME_CAPABILITIES, capabilities()));
    }
    if let Some(certificate) = signer.encrypt_to {
        // SMIMEEncryptionKeyPreference, first choice [0] IMPLICIT (RFC 8551 2.5.3)
        let mut preference = issuer_and_serial(certificate);
        preference[0] = tag::CONTEXT_CONSTRUCTED;
        list.push(attribute(oid::ENCRYPTION_KEY_PREFERENCE, preference));
    }
    list
}

fn attribute(oid: &'static str, value: Vec<u8>) -> Vec<u8> {
    der::sequence(&[oid::known(oid), der::set_of(&[value])])
}

/// AES-256 before AES-128, as a current client says (RFC 8551 2.5.2).
fn capabilities() -> Vec<u8> {
    let capability = |oid| der::sequence(&[oid::known(oid)]);
    der::sequence(&[capability(oid::AES256_CBC), capability(oid::AES128_CBC)])
}

fn issuer_and_serial(certificate: &Certificate) -> Vec<u8> {
    der::sequence(&[certificate.issuer.clone(), certificate.serial.clone()])
}

fn digest_of_nothing(oid: &str) -> digest::Digest {
    let algorithm = match oid {
        oid::SHA384 => &digest::SHA384,
        oid::SHA512 => &digest::SHA512,
        _ => &digest::SHA256,
    };
    digest::digest(algorithm, &[])
}
