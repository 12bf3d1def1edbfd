//! Everything that was seen of one case, from outside.

use std::sync::Arc;

use super::{DirectoryView, Roster, TenantObject, TenantView};
use crate::case::{Selector, Values};
use crate::report::model::WireEntry;

/// Both doubles at one moment.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Observation {
    /// The directory.
    pub directory: Arc<DirectoryView>,
    /// The tenant.
    pub tenant: Arc<TenantView>,
}

/// What a step was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepKind {
    /// The subject ran.
    Cycle {
        /// Which cycle, from 1.
        ordinal: usize,
        /// Nothing may be written.
        dry_run: bool,
        /// The subject was killed on purpose.
        killed: bool,
    },
    /// Somebody changed the directory, or its past was restored.
    Directory,
    /// Anything else that changes no data (clock, faults, snapshots).
    Neutral,
    /// Somebody changed the subject's state folder.
    State,
    /// Somebody changed the tenant.
    Tenant,
}

/// One step and what came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct StepRecord {
    /// Position, from 1.
    pub number: usize,
    /// What it was.
    pub kind: StepKind,
    /// Exit code; `None`: no cycle, or it did not end by itself.
    pub exit: Option<i32>,
    /// stdout and stderr, bounded.
    pub output: Vec<u8>,
    /// What both doubles saw during it, in order of their journals.
    pub entries: Vec<WireEntry>,
    /// Files in the state folder afterwards.
    pub state_files: usize,
    /// Both doubles afterwards.
    pub after: Observation,
}

/// What the subject was handed and must not tell.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secrets {
    /// Password of the directory account.
    pub bind_password: String,
    /// Client secret.
    pub client_secret: String,
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secrets(…)")
    }
}

/// A whole case, as it happened.
#[derive(Debug, Clone, Default)]
pub struct History {
    /// Both doubles at the beginning.
    pub given: Observation,
    /// Steps in order.
    pub steps: Vec<StepRecord>,
    /// Which anchors a name had.
    pub roster: Roster,
    /// Values by name.
    pub values: Values,
    /// What must not be printed.
    pub secrets: Secrets,
}

impl History {
    /// The steps in which the subject ran.
    pub fn cycles(&self) -> impl DoubleEndedIterator<Item = &StepRecord> {
        self.steps.iter().filter(|s| matches!(s.kind, StepKind::Cycle { .. }))
    }

    /// One cycle, from 1.
    #[must_use]
    pub fn cycle(&self, ordinal: usize) -> Option<&StepRecord> {
        self.cycles().nth(ordinal.checked_sub(1)?)
    }

    /// Both doubles after a cycle (0: at the beginning; `None`: at the end of the case).
    #[must_use]
    pub fn at(&self, cycle: Option<usize>) -> Option<&Observation> {
        match cycle {
            Some(0) => Some(&self.given),
            Some(n) => self.cycle(n).map(|s| &s.after),
            None => Some(self.end()),
        }
    }

    /// Both doubles at the end.
    #[must_use]
    pub fn end(&self) -> &Observation {
        self.steps.last().map_or(&self.given, |s| &s.after)
    }

    /// The source anchors that a selector may stand for.
    #[must_use]
    pub fn anchors(&self, selector: &Selector, at: &Observation) -> Vec<String> {
        match selector {
            Selector::Anchor(anchor) => vec![anchor.clone()],
            Selector::Directory(name) => match at.directory.find(name) {
                Some(object) => object.anchors(),
                None => self.roster.anchors(name).to_vec(),
            },
            Selector::Mail(_) | Selector::Upn(_) => self
                .find(selector, at, |_| true)
                .map(|o| o.anchor().to_owned())
                .into_iter()
                .filter(|a| !a.is_empty())
                .collect(),
        }
    }

    /// The live tenant object behind a selector.
    #[must_use]
    pub fn object<'a>(&self, selector: &Selector, at: &'a Observation) -> Option<&'a TenantObject> {
        self.find(selector, at, |o| !o.is_deleted())
    }

    /// The tenant object behind a selector, among those that fit.
    pub fn find<'a>(
        &self,
        selector: &Selector,
        at: &'a Observation,
        fits: impl Fn(&TenantObject) -> bool,
    ) -> Option<&'a TenantObject> {
        let mut candidates = at.tenant.objects.iter().filter(|o| fits(o));
        match selector {
            Selector::Upn(upn) => candidates.find(|o| o.text("userPrincipalName").eq_ignore_ascii_case(upn)),
            Selector::Mail(mail) => candidates.find(|o| o.text("mail").eq_ignore_ascii_case(mail)),
            Selector::Anchor(_) | Selector::Directory(_) => {
                let anchors = self.anchors(selector, at);
                candidates.find(|o| anchors.iter().any(|a| a == o.anchor()))
            }
        }
    }

    /// Entries of one cycle, or of all cycles.
    #[must_use]
    pub fn entries(&self, cycle: Option<usize>) -> Vec<&WireEntry> {
        match cycle {
            Some(n) => self.cycle(n).map(|s| s.entries.iter().collect()).unwrap_or_default(),
            None => self.cycles().flat_map(|s| &s.entries).collect(),
        }
    }
}
