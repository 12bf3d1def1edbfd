//! Server-side sorting (RFC 2891) and virtual list views on top of it.

use bytes::Bytes;

use super::entry::EntryId;
use super::error::{Outcome, Refusal};
use super::forest::Forest;
use super::read::Sight;
use crate::schema::{AttrId, known};
use crate::wire::controls::{Sort, Vlv, VlvTarget};

/// Result codes of the sort response (RFC 2891 §1.2).
const NO_SUCH_ATTRIBUTE: u32 = 16;

/// Sorts by the first key, objects without a value last. `Err` is the sort result and the attribute at fault.
pub(crate) fn sort(
    forest: &Forest,
    ids: &mut [EntryId],
    sort: &Sort,
    sight: Sight,
) -> Result<(), (u32, String)> {
    let Some(key) = sort.keys.first() else {
        return Ok(());
    };
    let refused = || (NO_SUCH_ATTRIBUTE, key.attr.clone());
    let attr = forest.schema.attribute_id(&key.attr).ok_or_else(refused)?;
    ids.sort_by_cached_key(|id| (sort_key(forest, *id, attr, sight), *id));
    if key.reverse {
        ids.reverse();
    }
    Ok(())
}

/// The smallest value; `(true, _)` = none.
fn sort_key(forest: &Forest, id: EntryId, attr: AttrId, sight: Sight) -> (bool, Vec<u8>) {
    let syntax = forest.schema.attribute(attr).syntax;
    let values = forest.values(id, attr, sight);
    let least = values.iter().filter_map(|value| syntax.normalise(value)).min();
    least.map_or((true, Vec::new()), |value| (false, value.into_owned()))
}

/// What a list view shows: the objects, the position of the target and the size of the list.
pub(crate) struct View {
    pub(crate) ids: Vec<EntryId>,
    pub(crate) position: usize,
    pub(crate) count: usize,
}

/// Cuts the view out of a sorted list (draft-ietf-ldapext-ldapv3-vlv-09 §6).
pub(crate) fn view(forest: &Forest, sorted: &[EntryId], vlv: &Vlv, by: &Sort, sight: Sight) -> Outcome<View> {
    if vlv.context.as_ref().is_some_and(|context| **context != *CONTEXT) {
        return Err(Refusal::unwilling(0x20ef));
    }
    let count = sorted.len();
    let position = match &vlv.target {
        VlvTarget::Offset { offset, count: estimate } => offset_position(*offset, *estimate, count),
        VlvTarget::AtLeast(value) => at_least(forest, sorted, value, by, sight) + 1,
    };
    let before = usize::try_from(vlv.before).unwrap_or(0);
    let after = usize::try_from(vlv.after).unwrap_or(0);
    let start = position.saturating_sub(1).saturating_sub(before);
    let end = if position > count { count } else { position.saturating_add(after).min(count) };
    Ok(View { ids: sorted.get(start..end).unwrap_or_default().to_vec(), position, count })
}

/// Lists are made anew at every request, so one context fits all.
pub(crate) const CONTEXT: &[u8; 8] = b"mockvlv1";

/// Offset 0 and offsets past the end mean the last entry (observed on a Samba AD DC).
fn offset_position(offset: i64, estimate: i64, count: usize) -> usize {
    let last = i64::try_from(count).unwrap_or(i64::MAX);
    let scaled = match (offset, estimate) {
        (1, _) => 1,
        (offset, estimate) if estimate > 0 && offset <= estimate => offset.saturating_mul(last) / estimate,
        (offset, _) => offset,
    };
    let position = if scaled <= 0 || scaled > last { last } else { scaled };
    usize::try_from(position).unwrap_or(0)
}

/// Place of the first object whose key is not below the value.
fn at_least(forest: &Forest, sorted: &[EntryId], value: &Bytes, by: &Sort, sight: Sight) -> usize {
    let attr = by.keys.first().and_then(|key| forest.schema.attribute_id(&key.attr)).unwrap_or(known::NAME);
    let reverse = by.keys.first().is_some_and(|key| key.reverse);
    let edge = forest
        .schema
        .attribute(attr)
        .syntax
        .normalise(value)
        .map_or_else(|| value.to_vec(), |v| v.into_owned());
    let below = |id: &EntryId| {
        let (absent, key) = sort_key(forest, *id, attr, sight);
        if reverse { absent || key > edge } else { !absent && key < edge }
    };
    sorted.iter().position(|id| !below(id)).unwrap_or(sorted.len())
}
