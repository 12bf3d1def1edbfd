//! The tenant between one writer and readers that never wait for it: readers hold a version, the writer works on a copy
//! (a few pointers) and publishes it as a whole.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use crate::tenant::Tenant;

/// The tenant as it is at this moment.
#[derive(Debug)]
pub(crate) struct Published {
    current: RwLock<Arc<Tenant>>,
    /// Whose turn it is to write.
    turn: Mutex<()>,
}

impl Published {
    pub(crate) fn new(tenant: Tenant) -> Self {
        Self { current: RwLock::new(Arc::new(tenant)), turn: Mutex::new(()) }
    }

    /// The version of this moment; it stays as it is however long it is held.
    pub(crate) fn read(&self) -> Arc<Tenant> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits for its turn; readers go on with the version before until the change is done.
    pub(crate) fn write(&self) -> Writing<'_> {
        let turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        Writing { tenant: Tenant::clone(&self.read()), published: self, _turn: turn }
    }

    fn publish(&self, tenant: Tenant) {
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(tenant);
    }
}

/// A version in the making: published when it is dropped, unless what made it panicked.
#[derive(Debug)]
pub(crate) struct Writing<'a> {
    tenant: Tenant,
    published: &'a Published,
    _turn: MutexGuard<'a, ()>,
}

impl Deref for Writing<'_> {
    type Target = Tenant;

    fn deref(&self) -> &Tenant {
        &self.tenant
    }
}

impl DerefMut for Writing<'_> {
    fn deref_mut(&mut self) -> &mut Tenant {
        &mut self.tenant
    }
}

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.published.publish(self.tenant.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use kit::Ids;
    use uuid::Uuid;

    use super::*;
    use crate::tenant::{Company, Kind, Settings, View};

    fn published() -> Published {
        let settings = Settings::new(Uuid::nil(), "corp.onmicrosoft.test");
        let company = Company::new("Corp", vec!["corp.example.test".to_owned()]);
        Published::new(Tenant::new(settings, company, Ids::new(7)))
    }

    fn create(tenant: &mut Tenant) {
        let change = vec![("displayName".to_owned(), "Device".into())];
        tenant.create(Kind::Device, change, Timestamp::UNIX_EPOCH).expect("a device");
    }

    fn devices(tenant: &Tenant) -> usize {
        tenant.objects(Kind::Device, 0, View::Committed).count()
    }

    #[test]
    fn a_reader_goes_on_while_somebody_writes_and_keeps_its_version() {
        let published = published();
        let before = published.read();
        let mut writing = published.write();
        create(&mut writing);
        assert_eq!(devices(&published.read()), 0, "not yet published");
        drop(writing);
        assert_eq!((devices(&before), devices(&published.read())), (0, 1));
    }

    #[test]
    fn a_change_that_panics_half_way_is_no_change() {
        let published = published();
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let mut writing = published.write();
            create(&mut writing);
            std::panic::resume_unwind(Box::new(()));
        }));
        assert!(panicked.is_err());
        assert_eq!(devices(&published.read()), 0);
        create(&mut published.write());
        assert_eq!(devices(&published.read()), 1, "the next one has its turn");
    }
}
