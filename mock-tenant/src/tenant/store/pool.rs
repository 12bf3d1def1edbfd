//! Octets that many objects and versions have in common are kept once.

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use bytes::Bytes;
use imbl::OrdMap;

use super::super::model::DirectoryObject;
use super::super::value::Certificates;

/// How few values are not worth a sweep.
const SWEEP_MIN: usize = 1024;

/// Certificates by their SHA-256. Those that nobody else holds any more go when the pool has grown to twice what was left
/// after the last sweep, so that it is never much larger than what is held.
#[derive(Debug, Clone)]
pub(super) struct Pool {
    known: OrdMap<[u8; 32], Bytes>,
    sweep_at: usize,
}

impl Default for Pool {
    fn default() -> Self {
        Self { known: OrdMap::new(), sweep_at: SWEEP_MIN }
    }
}

impl Pool {
    /// Makes an object hold the pool's octets instead of equal ones of its own. What the version before held needs no
    /// digest: most writes carry the certificates that are there already.
    pub(super) fn share(&mut self, object: &mut DirectoryObject, previous: Option<&DirectoryObject>) {
        let before = previous.map(|previous| [&previous.user_certificate, &previous.user_smime_certificate]);
        let lists = [&mut object.user_certificate, &mut object.user_smime_certificate];
        for (at, list) in lists.into_iter().enumerate() {
            match before.and_then(|before| before.get(at).copied()) {
                Some(before) if before == list => *list = before.clone(),
                _ if list.is_empty() => {}
                _ => *list = self.shared(list),
            }
        }
        self.sweep();
    }

    fn shared(&mut self, list: &Certificates) -> Certificates {
        list.iter().map(|octets| self.one(octets)).collect::<Arc<[_]>>()
    }

    fn one(&mut self, octets: &Bytes) -> Bytes {
        let mut key = [0; 32];
        key.copy_from_slice(digest(&SHA256, octets).as_ref());
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        // a part of a larger buffer would keep all of it
        let own = if octets.is_unique() { octets.clone() } else { Bytes::copy_from_slice(octets) };
        self.known.insert(key, own.clone());
        own
    }

    fn sweep(&mut self) {
        if self.known.len() < self.sweep_at {
            return;
        }
        let held = std::mem::take(&mut self.known).into_iter().filter(|(_, octets)| !octets.is_unique());
        self.known = held.collect();
        self.sweep_at = SWEEP_MIN.max(self.known.len() * 2);
    }

    #[cfg(test)]
    fn len(&self) -> usize {
        self.known.len()
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use uuid::Uuid;

    use super::*;
    use crate::tenant::{Contact, Detail};

    fn object(certificate: usize) -> DirectoryObject {
        let mut object = DirectoryObject::new(Uuid::nil(), Detail::Contact(Contact), Timestamp::UNIX_EPOCH);
        object.user_certificate = Arc::from([Bytes::from(certificate.to_be_bytes().to_vec())]);
        object
    }

    fn address(object: &DirectoryObject) -> *const u8 {
        object.user_certificate.first().map_or(std::ptr::null(), |octets| octets.as_ptr())
    }

    #[test]
    fn equal_octets_are_kept_once() {
        let mut pool = Pool::default();
        let (mut a, mut b, mut c) = (object(1), object(1), object(2));
        for object in [&mut a, &mut b, &mut c] {
            pool.share(object, None);
        }
        assert_eq!(address(&a), address(&b));
        assert_ne!(address(&a), address(&c));
        let mut next = object(2);
        pool.share(&mut next, Some(&c));
        assert_eq!(address(&next), address(&c));
    }

    #[test]
    fn what_nobody_holds_goes() {
        let mut pool = Pool::default();
        let mut kept = object(0);
        pool.share(&mut kept, None);
        for number in 1..10 * SWEEP_MIN {
            pool.share(&mut object(number), None);
        }
        assert!(pool.len() <= SWEEP_MIN, "{}", pool.len());
        let mut again = object(0);
        pool.share(&mut again, None);
        assert_eq!(address(&again), address(&kept));
    }
}
