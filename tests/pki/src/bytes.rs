//! Octets without chance: SHA-256 over (seed, name, purpose).

use sha2::{Digest, Sha256};

/// A source of octets for one recipe.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Draw<'a> {
    pub(crate) seed: u64,
    pub(crate) name: &'a str,
}

impl Draw<'_> {
    /// `len` octets for `purpose`; another purpose gives others.
    pub(crate) fn bytes(&self, purpose: &str, len: usize) -> Vec<u8> {
        let blocks = (0..len.div_ceil(32) as u64).flat_map(|index| self.block(purpose, index));
        blocks.take(len).collect()
    }

    /// An even draw below `bound`.
    pub(crate) fn below(&self, purpose: &str, bound: usize) -> usize {
        let bytes = self.block(purpose, 0);
        usize::from(bytes[0]) % bound.max(1)
    }

    fn block(&self, purpose: &str, index: u64) -> [u8; 32] {
        let digest = Sha256::new().chain_update(self.seed.to_be_bytes()).chain_update(index.to_be_bytes());
        // lengths keep (name, purpose) pairs apart
        let digest = digest.chain_update((self.name.len() as u64).to_be_bytes()).chain_update(self.name);
        digest.chain_update(purpose).finalize().into()
    }
}
