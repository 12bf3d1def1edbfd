//! PKCS #12 (RFC 7292): certificate and private key behind a password.

use std::num::NonZeroU32;

use aws_lc_rs::cipher::{AES_256, EncryptionContext, PaddedBlockEncryptingKey, UnboundCipherKey};
use aws_lc_rs::iv::FixedLength;
use aws_lc_rs::{hmac, pbkdf2};
use sha1::Digest;
use sha2::Sha256;

use crate::bytes::Draw;
use crate::der::{self, tag};
use crate::extension;
use crate::keys::Key;
use crate::oid;

/// Rounds of both key derivations: what OpenSSL takes, low enough not to be felt.
const ROUNDS: u32 = 2048;

/// A PFX with `key`, its certificate first, then further ones.
pub(crate) fn pfx(
    key: &Key,
    certificates: &[&[u8]],
    password: &str,
    draw: Draw<'_>,
) -> Result<Vec<u8>, String> {
    let private = key.pkcs8().ok_or("a key of an unknown algorithm has no PKCS #8 form")?;
    let local_id = extension::key_id(key);
    let attributes = bag_attributes(draw.name, &local_id);
    let key_bag = bag(oid::SHROUDED_KEY_BAG, &shrouded(&private, password, draw)?, &attributes);
    let own = |index| if index == 0 { attributes.as_slice() } else { &[] };
    let cert_bags: Vec<_> =
        certificates.iter().enumerate().map(|(index, der)| cert_bag(der, own(index))).collect();
    let contents = [data(&der::sequence(&cert_bags)), data(&der::sequence(&[key_bag]))];
    let safe = der::sequence(&contents);
    Ok(der::sequence(&[der::integer(3), data(&safe), mac(&safe, password, draw)]))
}

/// ContentInfo of type data.
fn data(content: &[u8]) -> Vec<u8> {
    der::sequence(&[oid::known(oid::PKCS7_DATA), der::context(0, &der::octet_string(content))])
}

fn bag(oid: &'static str, value: &[u8], attributes: &[u8]) -> Vec<u8> {
    der::sequence(&[oid::known(oid), der::context(0, value), attributes.to_vec()])
}

fn cert_bag(certificate: &[u8], attributes: &[u8]) -> Vec<u8> {
    let value = der::context(0, &der::octet_string(certificate));
    bag(oid::CERT_BAG, &der::sequence(&[oid::known(oid::X509_CERTIFICATE), value]), attributes)
}

/// Friendly name and local key id, by which programs find the certificate of a key.
fn bag_attributes(name: &str, local_id: &[u8]) -> Vec<u8> {
    let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let attribute = |oid, value| der::sequence(&[oid::known(oid), der::set_of(&[value])]);
    der::set_of(&[
        attribute(oid::FRIENDLY_NAME, der::tlv(tag::BMP, &name)),
        attribute(oid::LOCAL_KEY_ID, der::octet_string(local_id)),
    ])
}

/// EncryptedPrivateKeyInfo with PBES2: PBKDF2-HMAC-SHA-256, AES-256-CBC (RFC 8018).
fn shrouded(private: &[u8], password: &str, draw: Draw<'_>) -> Result<Vec<u8>, String> {
    let (salt, iv) = (draw.bytes("pkcs12 salt", 16), draw.bytes("pkcs12 iv", 16));
    let kdf = der::sequence(&[
        der::octet_string(&salt),
        der::integer(ROUNDS),
        oid::algorithm(oid::HMAC_SHA256, true),
    ]);
    let parameters = der::sequence(&[
        der::sequence(&[oid::known(oid::PBKDF2), kdf]),
        der::sequence(&[oid::known(oid::AES256_CBC), der::octet_string(&iv)]),
    ]);
    let algorithm = der::sequence(&[oid::known(oid::PBES2), parameters]);
    let encrypted =
        encrypt(private, password, &salt, &iv).map_err(|_| "PKCS #12 encryption failed".to_owned())?;
    Ok(der::sequence(&[algorithm, der::octet_string(&encrypted)]))
}

fn encrypt(
    plain: &[u8],
    password: &str,
    salt: &[u8],
    iv: &[u8],
) -> Result<Vec<u8>, aws_lc_rs::error::Unspecified> {
    let mut key = [0; 32];
    let rounds = NonZeroU32::new(ROUNDS).unwrap_or(NonZeroU32::MIN);
    pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, rounds, salt, password.as_bytes(), &mut key);
    let cipher = PaddedBlockEncryptingKey::cbc_pkcs7(UnboundCipherKey::new(&AES_256, &key)?)?;
    let mut buffer = plain.to_vec();
    cipher.less_safe_encrypt(&mut buffer, EncryptionContext::Iv128(FixedLength::try_from(iv)?))?;
    Ok(buffer)
}

/// MacData with HMAC-SHA-256 (RFC 7292 4).
fn mac(content: &[u8], password: &str, draw: Draw<'_>) -> Vec<u8> {
    let salt = draw.bytes("pkcs12 mac salt", 16);
    let key = mac_key(password, &salt);
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), content);
    let digest_info = der::sequence(&[oid::algorithm(oid::SHA256, true), der::octet_string(tag.as_ref())]);
    der::sequence(&[digest_info, der::octet_string(&salt), der::integer(ROUNDS)])
}

/// The key derivation of RFC 7292 B.2 for id 3 (integrity). One block of SHA-256 is all that is needed, so the step
/// that prepares the next block is not.
fn mac_key(password: &str, salt: &[u8]) -> Vec<u8> {
    let password: Vec<u8> = password.encode_utf16().chain([0]).flat_map(u16::to_be_bytes).collect();
    let mut state = Sha256::new()
        .chain_update([3; 64])
        .chain_update(filled(salt))
        .chain_update(filled(&password))
        .finalize();
    for _ in 1..ROUNDS {
        state = Sha256::digest(state);
    }
    state.to_vec()
}

/// Repeats octets up to a multiple of SHA-256's block of 64.
fn filled(octets: &[u8]) -> Vec<u8> {
    octets.iter().copied().cycle().take(octets.len().div_ceil(64) * 64).collect()
}
