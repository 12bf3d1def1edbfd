//! Rename and move (MS-ADTS 3.1.1.5.4).

use bytes::Bytes;

use super::api::Caller;
use super::entry::{EntryId, Life};
use super::error::{Outcome, Refusal};
use super::forest::Forest;
use super::modify::target;
use super::validate;
use crate::dn::{Base, Dn, Rdn};
use crate::schema::known;
use crate::wire::controls::Controls;
use crate::wire::message::ModifyDnRequest;

pub(crate) fn modify_dn(
    forest: &mut Forest,
    caller: &Caller,
    request: &ModifyDnRequest,
    controls: &Controls,
    now: jiff::Timestamp,
) -> Outcome<()> {
    if caller.is_anonymous() {
        return Err(Refusal::not_bound());
    }
    let id = target(forest, &request.dn, controls)?;
    if !request.delete_old_rdn {
        return Err(Refusal::unwilling(0x2035));
    }
    let rdn = new_rdn(&request.new_rdn)?;
    let entry = forest.entry(id);
    if forest.schema.attribute_id(&rdn.attr) != Some(entry.rdn_attr) {
        return Err(Refusal::unwilling(0x2035));
    }
    if !caller.is_administrator() {
        return Err(Refusal::access());
    }
    let parent = new_parent(forest, id, request.new_superior.as_deref())?;
    validate::values(
        forest.schema.attribute(entry.rdn_attr),
        &[Bytes::copy_from_slice(rdn.value.as_bytes())],
    )?;
    if forest.child(parent, &rdn).is_some_and(|there| there != id) {
        return Err(Refusal::entry_exists(0x2071));
    }
    rename(forest, id, &rdn, parent, now);
    Ok(())
}

/// One RDN; two, or one with a plus sign, is an error of its own (observed: other, 00002095).
fn new_rdn(text: &str) -> Outcome<Rdn> {
    match Dn::parse(text) {
        Ok(Dn(mut rdns)) if rdns.len() == 1 => Ok(rdns.remove(0)),
        Err(error) if !text.contains('+') => Err(Refusal::bad_dn(&error.to_string())),
        _ => Err(Refusal::other(0x2095)),
    }
}

fn new_parent(forest: &Forest, id: EntryId, superior: Option<&str>) -> Outcome<EntryId> {
    let entry = forest.entry(id);
    let Some(old) = entry.parent else {
        return Err(Refusal::unwilling(0x2035));
    };
    let Some(superior) = superior else {
        return Ok(old);
    };
    let base = Base::parse(superior).map_err(|error| Refusal::bad_dn(&error.to_string()))?;
    let parent = forest.resolve(&base).map_err(|_| Refusal::other(0x2095))?;
    if forest.is_below(parent, id) || forest.entry(parent).life != Life::Live {
        return Err(Refusal::unwilling(0x2035));
    }
    if forest.entry(parent).nc != entry.nc {
        return Err(Refusal::other(0x2095));
    }
    super::add::check_parent(forest, parent, entry.class)?;
    Ok(parent)
}

/// `name` counts as changed by a move too; the objects below are not touched.
fn rename(forest: &mut Forest, id: EntryId, rdn: &Rdn, parent: EntryId, now: jiff::Timestamp) {
    let mut entry = forest.entry(id).clone();
    if entry.rdn == rdn.value && entry.parent == Some(parent) {
        return;
    }
    let usn = forest.next_usn();
    entry.touch(known::NAME, usn, now.as_second());
    entry.rdn.clone_from(&rdn.value);
    entry.parent = Some(parent);
    entry.usn_changed = usn;
    entry.changed = now.as_second();
    forest.replace(id, entry);
}
