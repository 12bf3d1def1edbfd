//! Ids without chance: each is SHA-256 over (seed, path, name).
//!
//! Because an id depends on its name and not on how many were drawn before, adding one call doesn't shift the
//! others, and the same seed gives the same report.

use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

/// A source of ids below one seed and path. Cheap to clone, has no counter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ids([u8; 32]);

/// What a digest is for, so that a child and an id of the same name have nothing in common.
#[repr(u8)]
#[derive(Clone, Copy)]
enum Use {
    Child = 1,
    Value = 2,
}

impl Ids {
    /// The root of everything drawn from `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(Sha256::new().chain_update(b"kit ids").chain_update(seed.to_be_bytes()).finalize().into())
    }

    /// The ids of one part: `ids.child("users")` never meets `ids.child("groups")`.
    #[must_use]
    pub fn child(&self, name: &str) -> Self {
        Self(self.block(Use::Child, name, 0))
    }

    /// A UUID with the look of a random one (version 4, RFC 9562 variant).
    #[must_use]
    pub fn uuid(&self, name: &str) -> Uuid {
        Builder::from_random_bytes(self.bytes(name)).into_uuid()
    }

    /// A 64-bit number, evenly spread.
    #[must_use]
    pub fn u64(&self, name: &str) -> u64 {
        u64::from_be_bytes(self.bytes(name))
    }

    /// `N` bytes, evenly spread; a longer draw begins with the shorter one of the same name.
    #[must_use]
    pub fn bytes<const N: usize>(&self, name: &str) -> [u8; N] {
        let mut out = [0; N];
        for (index, chunk) in out.chunks_mut(32).enumerate() {
            chunk.copy_from_slice(&self.block(Use::Value, name, index as u64)[..chunk.len()]);
        }
        out
    }

    fn block(&self, purpose: Use, name: &str, index: u64) -> [u8; 32] {
        let digest = Sha256::new()
            .chain_update(self.0)
            .chain_update([purpose as u8])
            .chain_update(index.to_be_bytes());
        digest.chain_update(name).finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_and_name_give_the_same_id_in_any_order() {
        let (a, b) = (Ids::new(7), Ids::new(7));
        let first = a.uuid("alice");
        assert_ne!(b.uuid("bob"), first);
        assert_eq!(b.uuid("alice"), first);
        assert_ne!(Ids::new(8).uuid("alice"), first);
        assert_eq!(first.get_version_num(), 4);
    }

    #[test]
    fn paths_do_not_meet() {
        let ids = Ids::new(1);
        assert_ne!(ids.child("a").u64("b"), ids.child("b").u64("a"));
        assert_ne!(ids.child("a").bytes::<32>("x"), ids.bytes::<32>("x"));
        assert_ne!(ids.child("ab").u64("c"), ids.child("a").u64("bc"));
    }

    #[test]
    fn long_draws_do_not_repeat() {
        let bytes = Ids::new(1).bytes::<80>("key");
        assert_ne!(bytes[..32], bytes[32..64]);
        assert_eq!(Ids::new(1).bytes::<8>("key"), bytes[..8]);
    }

    /// Recorded data depends on these values: a change here changes every seeded world.
    #[test]
    fn the_derivation_is_frozen() {
        assert_eq!(
            Ids::new(1).child("users").uuid("alice").to_string(),
            "09caddb8-1ea0-4499-891a-decab7e2fc00"
        );
    }
}
