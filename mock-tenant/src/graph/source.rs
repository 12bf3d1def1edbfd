//! Where the rows of a collection come from.

use super::candidates::candidates;
use crate::odata::{Filter, Place as Position};
use crate::tenant::{DirectoryObject, Kind, Tenant, View};

type Object = DirectoryObject;
/// A row with its position: the place in the order of creation, or the number of the row.
type Row<'t> = (Position, &'t Object);

/// A collection of directory objects.
pub(super) struct Source<'t> {
    pub(super) tenant: &'t Tenant,
    pub(super) view: View,
    pub(super) scope: Scope<'t>,
}

/// Which objects.
pub(super) enum Scope<'t> {
    /// All live ones of a type.
    Live(Kind),
    /// All of a type in the recycle bin.
    Deleted(Kind),
    /// These.
    Rows(Vec<&'t Object>),
}

impl<'t> Source<'t> {
    /// Rows after a position.
    pub(super) fn rows<'s>(&'s self, after: Position) -> Box<dyn Iterator<Item = Row<'t>> + 's> {
        match &self.scope {
            Scope::Live(kind) => Box::new(self.tenant.objects(*kind, after, self.view)),
            Scope::Deleted(kind) => Box::new(self.tenant.deleted_objects(*kind, after, self.view)),
            Scope::Rows(rows) => {
                let skip = usize::try_from(after).unwrap_or(usize::MAX);
                Box::new((after.saturating_add(1)..).zip(rows.iter().skip(skip).copied()))
            }
        }
    }

    /// Rows after a position that pass the filter; from a look-up table, if there is one for it.
    pub(super) fn passing<'s>(
        &'s self,
        filter: Option<&'s Filter<Object>>,
        after: Position,
    ) -> Box<dyn Iterator<Item = Row<'t>> + 's> {
        let rows: Box<dyn Iterator<Item = Row<'t>> + 's> = match self.candidates(filter) {
            Some(found) => Box::new(found.into_iter().filter(move |(place, _)| *place > after)),
            None => self.rows(after),
        };
        Box::new(rows.filter(move |(_, row)| filter.is_none_or(|filter| filter.holds(row))))
    }

    fn candidates(&self, filter: Option<&Filter<Object>>) -> Option<Vec<Row<'t>>> {
        let Scope::Live(kind) = self.scope else { return None };
        let mut found = candidates(self.tenant, kind, self.view, filter?)?;
        found.retain(|(_, row)| row.is_live());
        Some(found)
    }
}
