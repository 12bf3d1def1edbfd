//! Which cases are run, and in which order.

use std::str::FromStr;

use kit::Ids;

use crate::case::LoadedCase;
use crate::report::model::Level;

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filters {
    /// Only cases of these profiles; empty: of all.
    pub profiles: Vec<String>,
    /// Only cases whose id begins with one of these; empty: all.
    pub cases: Vec<String>,
    /// Lowest level whose failures fail the run.
    pub level: Level,
    /// Only this part of them.
    pub shard: Option<Shard>,
}

/// One of several equal parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    /// Which, from 1.
    pub index: usize,
    /// Of how many.
    pub of: usize,
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("\"{text}\": expected I/N with 1 <= I <= N");
        let (index, of) = text.split_once('/').ok_or_else(wrong)?;
        let shard = Self { index: index.parse().map_err(|_| wrong())?, of: of.parse().map_err(|_| wrong())? };
        if shard.index == 0 || shard.index > shard.of { Err(wrong()) } else { Ok(shard) }
    }
}

/// The cases of a run.
#[derive(Debug, Clone)]
pub struct Selected {
    /// In the order in which they are started, drawn from the seed.
    pub cases: Vec<LoadedCase>,
    /// Filters that left something out, as typed.
    pub filters: Vec<String>,
}

impl Default for Filters {
    fn default() -> Self {
        Self { profiles: Vec::new(), cases: Vec::new(), level: Level::Must, shard: None }
    }
}

/// Selects and orders cases.
#[must_use]
pub fn select(cases: &[LoadedCase], filters: &Filters, seed: u64) -> Selected {
    let profile = |c: &LoadedCase| {
        filters.profiles.is_empty() || filters.profiles.iter().any(|p| c.case.profiles.contains(p))
    };
    let prefix =
        |c: &LoadedCase| filters.cases.is_empty() || filters.cases.iter().any(|p| starts_with(&c.case.id, p));
    let mut chosen: Vec<_> = cases.iter().filter(|c| profile(c) && prefix(c)).cloned().collect();
    if let Some(shard) = filters.shard {
        let mut index = 0;
        chosen.retain(|_| {
            index += 1;
            (index - 1) % shard.of == shard.index - 1
        });
    }
    let ids = Ids::new(seed).child("order");
    chosen.sort_by_cached_key(|c| ids.u64(&c.case.id));
    Selected { cases: chosen, filters: typed(filters) }
}

fn starts_with(id: &str, prefix: &str) -> bool {
    id.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix))
}

fn typed(filters: &Filters) -> Vec<String> {
    let profiles = filters.profiles.iter().map(|p| format!("--profile {p}"));
    let cases = filters.cases.iter().map(|c| format!("--case {c}"));
    let shard = filters.shard.iter().map(|s| format!("--shard {}/{}", s.index, s.of));
    profiles.chain(cases).chain(shard).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::load_all;

    fn ids(filters: &Filters, seed: u64) -> Vec<String> {
        let cases = load_all(None).unwrap();
        select(&cases, filters, seed).cases.into_iter().map(|c| c.case.id).collect()
    }

    #[test]
    fn the_order_comes_from_the_seed() {
        let all = Filters::default();
        assert_eq!(ids(&all, 1), ids(&all, 1));
        assert_ne!(ids(&all, 1), ids(&all, 2));
        let (mut one, mut two) = (ids(&all, 1), ids(&all, 2));
        one.sort();
        two.sort();
        assert_eq!(one, two);
    }

    #[test]
    fn prefixes_and_profiles_select() {
        let filters = Filters { cases: vec!["val-0".into()], ..Filters::default() };
        assert!(ids(&filters, 1).iter().all(|id| id.starts_with("VAL-0")) && !ids(&filters, 1).is_empty());
        let none = Filters { profiles: vec!["nonsense".into()], ..Filters::default() };
        assert!(ids(&none, 1).is_empty());
    }

    #[test]
    fn shards_cover_everything_once() {
        let part = |index| ids(&Filters { shard: Some(Shard { index, of: 3 }), ..Filters::default() }, 1);
        let mut all = [part(1), part(2), part(3)].concat();
        let count = all.len();
        all.sort();
        all.dedup();
        assert_eq!((all.len(), count), (count, ids(&Filters::default(), 1).len()));
    }

    #[test]
    fn a_bad_shard_is_refused() {
        assert!(
            "0/3".parse::<Shard>().is_err()
                && "4/3".parse::<Shard>().is_err()
                && "x".parse::<Shard>().is_err()
        );
        assert_eq!("2/3".parse(), Ok(Shard { index: 2, of: 3 }));
    }
}
