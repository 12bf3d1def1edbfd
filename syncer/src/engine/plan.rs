//! Desired against confirmed: which write, if any, brings one object of the tenant to where the rules want it.

use std::collections::BTreeSet;
use std::sync::Arc;

use indexmap::IndexMap;
use jiff::Timestamp;

use super::canonical::{canonical, pack_written, readable, values_of};
use super::packed::Packed;
use super::settle::held;
use super::state::{Pending, TenantRecord};
use crate::model::{ExportAction, ExportOp, TenantValue};
use crate::rules::Desired;

/// The write that `desired` needs; `None` if the tenant has it, or was told and asked for patience.
pub(super) fn write_for(
    desired: &Desired,
    record: &TenantRecord,
    managed: &BTreeSet<String>,
    now: Timestamp,
    max_reexports: u32,
) -> Option<ExportOp> {
    let pending = record.pending.as_ref().filter(|p| held(p, now, max_reexports));
    let (action, properties) = match &record.confirmed {
        None => (ExportAction::Add, addition(desired, pending)?),
        Some(confirmed) => (ExportAction::Set, difference(desired, confirmed, record, pending, managed)),
    };
    if action == ExportAction::Set && properties.is_empty() {
        return None;
    }
    Some(ExportOp {
        action,
        kind: desired.kind,
        source_anchor: desired.anchor.clone(),
        cloud_anchor: record.cloud_anchor.as_deref().map(str::to_owned),
        properties,
    })
}

/// All properties of an object that the tenant does not have.
fn addition(desired: &Desired, pending: Option<&Pending>) -> Option<IndexMap<String, TenantValue>> {
    let covered = |p: &Pending| desired.properties.iter().all(|(n, v)| told(p, n, &canonical(v)));
    (!pending.is_some_and(covered)).then(|| desired.properties.clone())
}

/// The properties that differ. What the tenant had before a takeover is not cleared, and what was told and is held is
/// not told again.
fn difference(
    desired: &Desired,
    confirmed: &Packed,
    record: &TenantRecord,
    pending: Option<&Pending>,
    managed: &BTreeSet<String>,
) -> IndexMap<String, TenantValue> {
    let mut changes = IndexMap::new();
    for name in managed.iter().filter(|n| !desired.kept.contains(*n)) {
        let value = desired.properties.get(name);
        let wanted = value.map(canonical).unwrap_or_default();
        let has = values_of(confirmed, name).eq(wanted.iter().map(Vec::as_slice));
        let foreign = wanted.is_empty() && record.foreign.iter().any(|f| f.eq_ignore_ascii_case(name));
        if !has && !foreign && !pending.is_some_and(|p| told(p, name, &wanted)) {
            changes.insert(name.clone(), value.cloned().unwrap_or(TenantValue::Null));
        }
    }
    changes
}

fn told(pending: &Pending, name: &str, wanted: &[Vec<u8>]) -> bool {
    pending.properties.get(name).is_some_and(|told| told.eq(wanted.iter().map(Vec::as_slice)))
}

/// The export memory of `op`, joined with what is held of an earlier write.
pub(super) fn remember(op: &ExportOp, old: Option<&Pending>, now: Timestamp) -> Pending {
    let written = pack_written(&op.properties);
    let again =
        old.is_some_and(|old| old.properties.iter().any(|(n, v)| written.get(n).is_some_and(|w| w.eq(v))));
    let mut entries: Vec<(String, Vec<Vec<u8>>)> = Vec::new();
    for (name, values) in
        old.filter(|_| op.action == ExportAction::Set).iter().flat_map(|o| o.properties.iter())
    {
        if written.get(name).is_none() {
            entries.push((name.to_owned(), values.map(<[u8]>::to_vec).collect()));
        }
    }
    entries.extend(written.iter().map(|(n, v)| (n.to_owned(), v.map(<[u8]>::to_vec).collect())));
    let before = old.map_or(0, |o| o.attempts);
    Pending {
        action: op.action,
        properties: Packed::from_entries(entries),
        at: now,
        acknowledged: false,
        attempts: if again { before + 1 } else { 1 },
        not_before: None,
    }
}

/// What the tenant has now in the properties that `op` writes, readable.
pub(super) fn before(op: &ExportOp, record: &TenantRecord) -> Vec<(String, Vec<String>)> {
    let empty = Packed::default();
    let confirmed = record.confirmed.as_ref().unwrap_or(&empty);
    let names = op.properties.keys().filter(|n| confirmed.get(n).is_some());
    names.map(|n| (n.clone(), values_of(confirmed, n).map(readable).collect())).collect()
}

/// The write that removes an object.
pub(super) fn removal(anchor: &Arc<str>, record: &TenantRecord) -> ExportOp {
    ExportOp {
        action: ExportAction::Delete,
        kind: record.kind,
        source_anchor: anchor.to_string(),
        cloud_anchor: record.cloud_anchor.as_deref().map(str::to_owned),
        properties: IndexMap::new(),
    }
}
