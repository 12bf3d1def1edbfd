//! Export memory: what became of a write once the tenant shows the object again.
//!
//! An answer "done" is not a confirmation; only a read that shows the written values is. A tenant may show something else
//! for good (an unverified suffix rewritten, a duplicate address in quarantine) or for a while (a stale replica). The
//! former must not be written again every cycle, the latter not be lost.
//! Source: MIM error reference, `exported-change-not-reimported`; entra-docs, "Entra Connect architecture", export.

use jiff::{SignedDuration, Timestamp};

use super::canonical::{same, values_of};
use super::packed::Packed;
use super::state::{Pending, TenantRecord};
use crate::model::ExportAction;

/// Waits before a value that the tenant does not show is written again: 6, 12, 24 hours, then daily.
/// Source: entra-docs, "Application provisioning in quarantine status", retries of escrowed objects.
const PATIENCE_HOURS: [i64; 3] = [6, 12, 24];

/// What became of a pending export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Settled {
    /// There was none, or nothing is known yet.
    Open,
    /// The tenant shows all of it.
    Confirmed,
    /// The object is gone, as was asked.
    Gone,
    /// The tenant acknowledged and shows something else, in these properties.
    NotShown(Vec<String>),
}

/// Compares the pending export of `record` with what a read showed; `before` is what was confirmed ahead of it.
pub(super) fn settle(
    record: &mut TenantRecord,
    before: Option<&Packed>,
    seen: bool,
    now: Timestamp,
) -> Settled {
    let Some(pending) = &mut record.pending else { return Settled::Open };
    if pending.action == ExportAction::Delete {
        return settle_delete(record);
    }
    let missing = missing(pending, record.confirmed.as_ref());
    if missing.is_empty() && record.confirmed.is_some() {
        confirm(record);
        return Settled::Confirmed;
    }
    if !pending.acknowledged || !seen {
        return Settled::Open;
    }
    if pending.attempts > 1 || transformed(pending, before, record.confirmed.as_ref(), &missing) {
        pending.not_before = Some(later(now, pending.attempts));
    }
    Settled::NotShown(missing)
}

fn settle_delete(record: &TenantRecord) -> Settled {
    if record.confirmed.is_none() { Settled::Gone } else { Settled::Open }
}

fn confirm(record: &mut TenantRecord) {
    let Some(pending) = record.pending.take() else { return };
    if let (ExportAction::Add, Some(confirmed)) = (pending.action, &record.confirmed) {
        let ours = |name: &str| pending.properties.get(name).is_some();
        record.foreign = confirmed.iter().map(|(n, _)| n).filter(|n| !ours(n)).map(Into::into).collect();
    }
    record.error = None;
}

/// The written properties that are not shown as they were written.
pub(super) fn missing(pending: &Pending, confirmed: Option<&Packed>) -> Vec<String> {
    let empty = Packed::default();
    let shown = confirmed.unwrap_or(&empty);
    let names = pending.properties.iter().map(|(name, _)| name);
    names.filter(|name| !same(&pending.properties, shown, name)).map(str::to_owned).collect()
}

/// The tenant did something with the write, other than what it says: the read is not merely old.
fn transformed(
    pending: &Pending,
    before: Option<&Packed>,
    after: Option<&Packed>,
    missing: &[String],
) -> bool {
    let Some(after) = after else { return false };
    let Some(before) = before else { return true };
    let some_arrived = missing.len() < pending.properties.iter().count();
    some_arrived || missing.iter().any(|n| !values_of(before, n).eq(values_of(after, n)))
}

fn later(now: Timestamp, attempts: u32) -> Timestamp {
    let at = usize::try_from(attempts.saturating_sub(1)).unwrap_or(usize::MAX).min(PATIENCE_HOURS.len() - 1);
    now.checked_add(SignedDuration::from_hours(PATIENCE_HOURS[at])).unwrap_or(Timestamp::MAX)
}

/// The pending write is not to be repeated now.
pub(super) fn held(pending: &Pending, now: Timestamp, max_reexports: u32) -> bool {
    pending.acknowledged && (pending.not_before.is_some_and(|t| t > now) || pending.attempts > max_reexports)
}
