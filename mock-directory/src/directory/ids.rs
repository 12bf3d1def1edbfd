//! GUIDs and other identifiers from (seed, name): the same in every run, and one more doesn't shift the others.

use sha2::{Digest, Sha256};

/// Octets for a name.
pub(super) fn octets(seed: u64, name: &str) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(seed.to_be_bytes());
    hash.update(name.as_bytes());
    hash.finalize().into()
}

/// A version 4 GUID in AD's octet order.
pub(super) fn guid(seed: u64, name: &str) -> [u8; 16] {
    let mut out = [0; 16];
    out.copy_from_slice(&octets(seed, name)[..16]);
    out[7] = out[7] & 0x0f | 0x40;
    out[8] = out[8] & 0x3f | 0x80;
    out
}

/// One sub-authority of a domain SID.
pub(super) fn sub_authority(seed: u64, name: &str) -> u32 {
    let [a, b, c, d, ..] = octets(seed, name);
    u32::from_be_bytes([a & 0x7f, b, c, d])
}
