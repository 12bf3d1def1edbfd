//! Changes of one type of object, page by page: what Graph's delta queries are made of.
//!
//! A reader begins with [`Tenant::delta_start`] (all live objects first) or [`Tenant::delta_position`] (changes from now
//! on: `$deltatoken=latest`), asks for pages with [`Tenant::delta`], and keeps [`DeltaPage::next`]. What is not in the view
//! yet, because of the replication lag, is told when it is. A page costs what is in it, not what the tenant holds.
//! Source: microsoft-graph-docs, "Use delta query to track changes in Microsoft Graph data".

use uuid::Uuid;

use super::cursor::{Cursor, CursorGone, Stage};
use super::model::{DirectoryObject, Kind};
use super::store::{Change, Seq, Tombstone, View};
use super::tenant::Tenant;

/// One thing that a delta reader is told.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum DeltaItem<'a> {
    /// The object as the view has it: new, changed, or restored.
    Live(&'a DirectoryObject),
    /// It is in the recycle bin (`@removed`, `changed`).
    SoftDeleted(&'a DirectoryObject),
    /// It is gone for good (`@removed`, `deleted`).
    Gone(&'a Tombstone),
}

impl DeltaItem<'_> {
    /// Object id.
    #[must_use]
    pub const fn id(&self) -> Uuid {
        match self {
            Self::Live(object) | Self::SoftDeleted(object) => object.id,
            Self::Gone(tombstone) => tombstone.id,
        }
    }
}

/// A page.
#[derive(Debug, Clone, PartialEq)]
pub struct DeltaPage<'a> {
    /// Each object once; oldest change first.
    pub items: Vec<DeltaItem<'a>>,
    /// Where to go on, now or later.
    pub next: Cursor,
    /// There is more right now.
    pub more: bool,
}

impl Tenant {
    /// Where a reader begins that knows nothing.
    #[must_use]
    pub fn delta_start(&self, view: View) -> Cursor {
        self.cursor(Stage::Objects(0), self.store.seen(view))
    }

    /// Where a reader begins that wants to know what changes from now on.
    #[must_use]
    pub fn delta_position(&self, view: View) -> Cursor {
        self.cursor(Stage::Changes, self.store.seen(view))
    }

    /// One page of at most `limit` objects of a type.
    ///
    /// # Errors
    /// The cursor means nothing here any more: the reader has to begin anew.
    pub fn delta(
        &self,
        kind: Kind,
        from: Cursor,
        view: View,
        limit: usize,
    ) -> Result<DeltaPage<'_>, CursorGone> {
        self.check(from)?;
        Ok(match from.stage {
            Stage::Objects(after) => self.all_objects(kind, from, after, view, limit),
            Stage::Changes => self.changes(kind, from, view, limit),
        })
    }

    /// Members of a group that came or went since the cursor, and whether the view has them in it (`members@delta`). A
    /// change that the reader knows already may be told again, as the service does.
    pub fn member_changes(
        &self,
        group: Uuid,
        since: Cursor,
        view: View,
    ) -> impl Iterator<Item = (Uuid, bool)> {
        self.store.member_changes(group, since.since, view)
    }

    fn all_objects(&self, kind: Kind, from: Cursor, after: Seq, view: View, limit: usize) -> DeltaPage<'_> {
        let mut objects = self.objects(kind, after, view);
        let page: Vec<_> = objects.by_ref().take(limit).collect();
        let more = objects.next().is_some();
        let last = page.last().map_or(after, |(seq, _)| *seq);
        let stage = if more { Stage::Objects(last) } else { Stage::Changes };
        let items = page.into_iter().map(|(_, object)| DeltaItem::Live(object)).collect();
        DeltaPage { items, next: from.with(stage, from.since), more }
    }

    fn changes(&self, kind: Kind, from: Cursor, view: View, limit: usize) -> DeltaPage<'_> {
        let kinds = [kind];
        let mut changes = self.store.changes(&kinds, from.since, view);
        let page: Vec<_> = changes.by_ref().take(limit).collect();
        let more = changes.next().is_some();
        // Changes that are none of the reader's business need not be looked at again.
        let seen = self.store.seen(view).max(from.since);
        let since = if more { page.last().map_or(from.since, |(number, _)| *number) } else { seen };
        let items = page.into_iter().map(|(_, change)| item(change)).collect();
        DeltaPage { items, next: from.with(Stage::Changes, since), more }
    }
}

const fn item(change: Change<'_>) -> DeltaItem<'_> {
    match change {
        Change::Object(object) if object.is_live() => DeltaItem::Live(object),
        Change::Object(object) => DeltaItem::SoftDeleted(object),
        Change::Gone(tombstone) => DeltaItem::Gone(tombstone),
    }
}
