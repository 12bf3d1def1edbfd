//! What the directory's sync reads back: pages of all that it masters, or of what changed.

use uuid::Uuid;

use super::cursor::{Cursor, CursorGone, Stage};
use super::model::{DirectoryObject, Kind};
use super::store::{Change, Seq, View};
use super::tenant::Tenant;

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
    ///
    /// # Errors
    /// The cursor means nothing here any more: the sync has to read everything.
    pub fn read_back(&self, from: Cursor, limit: usize) -> Result<ReadBackPage<'_>, CursorGone> {
        self.check(from)?;
        Ok(match from.stage {
            Stage::Objects(after) => self.full_page(from, after, limit),
            Stage::Changes => self.delta_page(from, limit),
        })
    }

    /// Where a full read starts.
    #[must_use]
    pub const fn read_back_start(&self) -> Cursor {
        self.cursor(Stage::Objects(0), self.store.last_change())
    }

    fn full_page(&self, from: Cursor, after: Seq, limit: usize) -> ReadBackPage<'_> {
        let mut objects = self
            .store
            .iter(after, View::Committed)
            .filter(|(_, object)| object.is_live() && object.is_synced());
        let page: Vec<_> = objects.by_ref().take(limit).collect();
        let more = objects.next().is_some();
        let last = page.last().map_or(after, |(seq, _)| *seq);
        let stage = if more { Stage::Objects(last) } else { Stage::Changes };
        ReadBackPage {
            items: page.into_iter().map(|(_, object)| ReadBackItem::Object(object)).collect(),
            next: from.with(stage, from.since),
            more,
        }
    }

    fn delta_page(&self, from: Cursor, limit: usize) -> ReadBackPage<'_> {
        let mut changes =
            self.changes_after(from.since).filter_map(|(number, change)| Some((number, item(change)?)));
        let page: Vec<_> = changes.by_ref().take(limit).collect();
        let more = changes.next().is_some();
        let last = page.last().map_or(from.since, |(number, _)| *number);
        // Changes that are none of the reader's business need not be looked at again.
        let since = if more { last } else { self.store.last_change() };
        ReadBackPage {
            items: page.into_iter().map(|(_, item)| item).collect(),
            next: from.with(Stage::Changes, since),
            more,
        }
    }
}

fn item(change: Change<'_>) -> Option<ReadBackItem<'_>> {
    match change {
        Change::Object(object) if object.is_synced() && object.is_live() => {
            Some(ReadBackItem::Object(object))
        }
        // The service takes a deleted object out of the sync's scope, but its client must hear of the end.
        Change::Object(object) if object.was_synced() && !object.is_live() => Some(ReadBackItem::Deleted {
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
