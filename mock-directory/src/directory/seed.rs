//! What a world builder needs of the forest.

use bytes::Bytes;

pub(crate) use super::entry::EntryId as Id;
pub(crate) use super::forest::Forest;
pub(crate) use super::load::seed_password;
pub(crate) use super::time::filetime;
use super::{add, validate};
use crate::schema::{AttrId, ClassId};

/// No object yet.
pub(crate) const NOWHERE: Id = Id(u32::MAX);

/// The class that an object with these objectClass values is of.
pub(crate) fn most_specific(forest: &Forest, names: &[String]) -> Option<ClassId> {
    add::most_specific(forest, names.iter()).ok()
}

/// Account and principal names are given once.
pub(crate) fn unique(forest: &Forest, attr: AttrId, values: &[Bytes]) -> Result<(), &'static str> {
    validate::unique_names(forest, None, attr, values).map_err(|_| "is used already")
}

/// Adds a link value that was there from the start.
pub(crate) fn link(forest: &mut Forest, source: Id, attr: AttrId, target: Id) {
    let entry = forest.entry(source);
    let (usn, time) = (entry.usn_changed, entry.changed);
    forest.links.set(source, attr, target, true, usn, time);
}
