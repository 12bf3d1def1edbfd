//! What the directory's sync reads back: pages of all that it masters, or of what changed.

use super::model::{DirectoryObject, Kind};
use super::store::{Change, Seq, View};
use super::tenant::Tenant;
use uuid::Uuid;

/// Where a read-back goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cursor {
    /// Within a full read: after this place; changes since this number follow.
    Full {
        /// Last place that was told.
        after: Seq,
        /// Number of the last change when the full read began.
        since: u64,
    },
    /// Changes after this number.
    Delta {
        /// Number.
        since: u64,
    },
}

/// One object of a page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ReadBackItem<'a> {
    /// It is there.
    Object(&'a DirectoryObject),
    /// It was deleted.
    Deleted {
        /// Type.
        kind: Kind,
        /// Object id.
        id: Uuid,
        /// Source anchor.
        source_anchor: Option<&'a str>,
    },
}

/// A page.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadBackPage<'a> {
    /// Objects.
    pub items: Vec<ReadBackItem<'a>>,
    /// Where to go on, now or later.
    pub next: Cursor,
    /// There is more right now.
    pub more: bool,
}

impl Tenant {
    /// One page of at most `limit` objects.
    #[must_use]
    pub fn read_back(&self, from: Cursor, limit: usize) -> ReadBackPage<'_> {
        match from {
            Cursor::Full { after, since } => self.full_page(after, since, limit),
            Cursor::Delta { since } => self.delta_page(since, limit),
        }
    }

    /// Where a full read starts.
    #[must_use]
    pub const fn read_back_start(&self) -> Cursor {
        Cursor::Full { after: 0, since: self.store.last_change() }
    }

    fn full_page(&self, after: Seq, since: u64, limit: usize) -> ReadBackPage<'_> {
        let mut objects = self
            .store
            .iter(after, View::Committed)
            .filter(|(_, object)| object.is_live() && object.is_synced());
        let page: Vec<_> = objects.by_ref().take(limit).collect();
        let more = objects.next().is_some();
        let last = page.last().map_or(after, |(seq, _)| *seq);
        let next = if more { Cursor::Full { after: last, since } } else { Cursor::Delta { since } };
        ReadBackPage {
            items: page.into_iter().map(|(_, object)| ReadBackItem::Object(object)).collect(),
            next,
            more,
        }
    }

    fn delta_page(&self, since: u64, limit: usize) -> ReadBackPage<'_> {
        let mut changes =
            self.store.changes_after(since).filter_map(|(number, change)| Some((number, item(change)?)));
        let page: Vec<_> = changes.by_ref().take(limit).collect();
        let more = changes.next().is_some();
        let last = page.last().map_or(since, |(number, _)| *number);
        // Changes that are none of the reader's business need not be looked at again.
        let since = if more { last } else { self.store.last_change() };
        ReadBackPage {
            items: page.into_iter().map(|(_, item)| item).collect(),
            next: Cursor::Delta { since },
            more,
        }
    }
}

fn item(change: Change<'_>) -> Option<ReadBackItem<'_>> {
    match change {
        Change::Object(object) if object.is_synced() && object.is_live() => {
            Some(ReadBackItem::Object(object))
        }
        Change::Object(object) if object.is_synced() => Some(ReadBackItem::Deleted {
            kind: object.kind(),
            id: object.id,
            source_anchor: object.source_anchor.as_deref(),
        }),
        Change::Gone(gone) if gone.synced => Some(ReadBackItem::Deleted {
            kind: gone.kind,
            id: gone.id,
            source_anchor: gone.source_anchor.as_deref(),
        }),
        Change::Object(_) | Change::Gone(_) => None,
    }
}
