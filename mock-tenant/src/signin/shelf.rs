//! A bounded place for things that wait for somebody to come back for them.

use indexmap::IndexMap;

/// Most things that wait; beyond it the oldest goes. Far more than any test holds, and a bound on what a client can fill.
const MOST: usize = 10_000;

/// Things by key, oldest first.
#[derive(Debug, Clone)]
pub(super) struct Shelf<T>(IndexMap<String, T>);

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Self(IndexMap::new())
    }
}

impl<T> Shelf<T> {
    /// Puts one there.
    pub(super) fn put(&mut self, key: String, thing: T) {
        if self.0.len() >= MOST {
            self.0.shift_remove_index(0);
        }
        self.0.insert(key, thing);
    }

    /// Looks at one.
    pub(super) fn get(&self, key: &str) -> Option<&T> {
        self.0.get(key)
    }

    /// Changes one.
    pub(super) fn get_mut(&mut self, key: &str) -> Option<&mut T> {
        self.0.get_mut(key)
    }

    /// Changes the first one that is meant.
    pub(super) fn find_mut(&mut self, meant: impl Fn(&T) -> bool) -> Option<&mut T> {
        self.0.values_mut().find(|thing| meant(thing))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_goes_when_it_is_full() {
        let mut shelf = Shelf::default();
        for number in 0..=MOST {
            shelf.put(number.to_string(), number);
        }
        assert_eq!((shelf.get("0"), shelf.get("1")), (None, Some(&1)));
        assert_eq!(shelf.get(&MOST.to_string()), Some(&MOST));
    }
}
