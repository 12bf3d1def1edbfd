//! A store that forgets with the process; clones share it, so a "restart" in a test finds what was committed.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::future::{BoxFuture, ready};

use super::{Store, StoreError};
use crate::engine::state::{State, StateChange};

/// State in memory.
#[derive(Debug, Clone, Default)]
pub struct MemoryStore(Arc<Mutex<State>>);

impl MemoryStore {
    /// A store with a state in it.
    #[must_use]
    pub fn with(state: State) -> Self {
        Self(Arc::new(Mutex::new(state)))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // a panic elsewhere can't leave half a change: `apply` does not panic
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for MemoryStore {
    fn load(&mut self) -> BoxFuture<'_, Result<State, StoreError>> {
        let state = self.state().clone();
        Box::pin(ready(Ok(state)))
    }

    fn commit<'a>(&'a mut self, change: &'a StateChange) -> BoxFuture<'a, Result<(), StoreError>> {
        self.state().apply(change);
        Box::pin(ready(Ok(())))
    }

    fn reset(&mut self) -> BoxFuture<'_, Result<(), StoreError>> {
        *self.state() = State::default();
        Box::pin(ready(Ok(())))
    }
}
