//! The memory that all bodies in flight share.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Bytes that one permit stands for.
const UNIT: usize = 1024;

/// Bytes of big bodies that may be in flight at once. One of the largest fits; a second one waits for it.
pub(super) const CAPACITY: usize = 80 * 1024 * 1024;

/// A budget of bytes. A body takes its share before it is read and gives it back when it has been answered.
#[derive(Debug, Clone)]
pub(crate) struct Memory(Arc<Semaphore>);

/// A share of the memory; dropping it gives it back.
#[derive(Debug, Default)]
pub(super) struct Share(#[expect(dead_code, reason = "held, not read")] Option<OwnedSemaphorePermit>);

impl Default for Memory {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(CAPACITY / UNIT)))
    }
}

impl Memory {
    /// Waits until so many bytes are free; more than there are in all counts as all of them.
    pub(super) async fn share(&self, bytes: usize) -> Share {
        let units = u32::try_from(bytes.min(CAPACITY).div_ceil(UNIT)).unwrap_or(u32::MAX);
        // the semaphore is never closed; without a permit the body would only be read uncounted
        Share(self.0.clone().acquire_many_owned(units).await.ok())
    }

    /// Bytes that are free now.
    #[cfg(test)]
    pub(super) fn free(&self) -> usize {
        self.0.available_permits() * UNIT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_share_is_given_back() {
        let memory = Memory::default();
        let share = memory.share(CAPACITY * 2).await;
        assert_eq!(memory.free(), 0);
        drop(share);
        assert_eq!(memory.free(), CAPACITY);
    }
}
