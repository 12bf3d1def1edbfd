//! Where a reader of changes goes on: the same for the provisioning service's cookies and Graph's delta tokens.

use jiff::Timestamp;

use super::store::Seq;
use super::tenant::Tenant;

/// Where a reader goes on. It means something in the state in which it was given out only: a state that was put, reset or
/// restored is another epoch, and what was forgotten meanwhile can't be told any more. Both refuse it, so that no change
/// is lost in silence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    pub(super) epoch: u64,
    pub(super) stage: Stage,
    /// Number of the last change that the reader need not be told.
    pub(super) since: u64,
}

/// What a reader is told next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// All objects, after this place; changes follow.
    Objects(Seq),
    /// Changes.
    Changes,
}

/// Why a cursor is refused. The reader has to begin anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CursorGone {
    /// The state was put, reset or restored since.
    #[error("the cursor belongs to a state that was replaced")]
    Replaced,
    /// Deletions since then have been forgotten.
    #[error("the cursor is older than the deletions that are remembered")]
    Outlived,
    /// It is ahead of the last change.
    #[error("the cursor is ahead of the last change")]
    Unknown,
}

impl Cursor {
    /// The cursor as octets. They are no secret, but nobody else's business: give them out sealed or encoded.
    #[must_use]
    pub fn to_octets(self) -> [u8; 24] {
        let after = match self.stage {
            Stage::Objects(after) => after,
            Stage::Changes => Seq::MAX,
        };
        let mut octets = [0; 24];
        for (to, number) in octets.chunks_exact_mut(8).zip([self.epoch, self.since, after]) {
            to.copy_from_slice(&number.to_be_bytes());
        }
        octets
    }

    /// The cursor of those octets.
    #[must_use]
    pub fn from_octets(octets: [u8; 24]) -> Self {
        let mut numbers = octets.chunks_exact(8).map(number);
        let mut next = || numbers.next().unwrap_or_default();
        let (epoch, since, after) = (next(), next(), next());
        let stage = if after == Seq::MAX { Stage::Changes } else { Stage::Objects(after) };
        Self { epoch, stage, since }
    }

    /// The reader is still being told all objects, not changes.
    #[must_use]
    pub const fn is_first_read(self) -> bool {
        matches!(self.stage, Stage::Objects(_))
    }

    /// Number of the last change that the reader knows of.
    #[must_use]
    pub const fn since(&self) -> u64 {
        self.since
    }

    pub(super) const fn with(self, stage: Stage, since: u64) -> Self {
        Self { stage, since, ..self }
    }
}

fn number(octets: &[u8]) -> u64 {
    octets.iter().fold(0, |number, octet| number << 8 | u64::from(*octet))
}

impl Tenant {
    pub(super) const fn cursor(&self, stage: Stage, since: u64) -> Cursor {
        Cursor { epoch: self.store.epoch(), stage, since }
    }

    /// Which state this is: another one after each reset, restore or put.
    #[must_use]
    pub const fn epoch(&self) -> u64 {
        self.store.epoch()
    }

    pub(super) const fn check(&self, cursor: Cursor) -> Result<(), CursorGone> {
        if cursor.epoch != self.store.epoch() {
            Err(CursorGone::Replaced)
        } else if cursor.since < self.store.horizon() {
            Err(CursorGone::Outlived)
        } else if cursor.since > self.store.last_change() {
            Err(CursorGone::Unknown)
        } else {
            Ok(())
        }
    }

    /// Begins a state of its own at that time: cursors of an earlier run of the program mean nothing here.
    pub(crate) fn begin(&mut self, now: Timestamp) {
        self.store.set_epoch(u64::try_from(now.as_microsecond()).unwrap_or_default());
    }

    /// Takes the place of another tenant: cursors of that one are refused, and changes are numbered on.
    pub(crate) fn succeed(&mut self, other: &Self) {
        self.store.succeed(&other.store);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octets_are_the_cursor() {
        for stage in [Stage::Objects(0), Stage::Objects(77), Stage::Changes] {
            let cursor = Cursor { epoch: 1 << 40, stage, since: 258 };
            assert_eq!(Cursor::from_octets(cursor.to_octets()), cursor);
        }
    }
}
