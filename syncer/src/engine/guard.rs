//! What stops a cycle before its first write.
//!
//! Source: entra-docs, "Prevent accidental deletes": "more than" the threshold, checked before the export.

use super::config::Guards;
use super::report::{GuardKind, GuardReport};

/// The numbers that the guards judge.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Figures {
    /// Deletions planned.
    pub(super) deletes: usize,
    /// Objects in the tenant that are ours.
    pub(super) owned: usize,
    /// Objects that lose all their certificates because the directory has none any more.
    pub(super) certs_cleared: usize,
    /// Objects that have certificates in the tenant.
    pub(super) with_certs: usize,
    /// A full import brought no object that rules can read, though some are known.
    pub(super) empty_import: bool,
}

/// The guards that these figures trip.
pub(super) fn tripped(guards: &Guards, figures: Figures, overridden: bool) -> Vec<GuardReport> {
    let checks = [
        (GuardKind::Deletions, deletions(guards, figures)),
        (GuardKind::DeletionPercentage, percentage(guards, figures)),
        (GuardKind::CertificatesCleared, certificates(guards, figures)),
        (GuardKind::EmptyImport, empty(guards, figures)),
    ];
    let found = checks.into_iter().filter_map(|(guard, message)| Some((guard, message?)));
    found.map(|(guard, message)| GuardReport { guard, message, stopped: !overridden }).collect()
}

fn deletions(guards: &Guards, figures: Figures) -> Option<String> {
    let limit = guards.max_deletes.filter(|limit| figures.deletes > *limit)?;
    // the service's own words for event 116
    Some(format!(
        "The number of deletions for this sync cycle ({} pending deletes) has exceeded the current threshold of {limit} \
         objects. Nothing is written in this sync cycle.",
        figures.deletes
    ))
}

fn percentage(guards: &Guards, figures: Figures) -> Option<String> {
    let limit = usize::from(guards.max_delete_percent?);
    (figures.deletes * 100 > limit * figures.owned).then(|| {
        format!("{} of {} objects would be deleted, more than {limit} %", figures.deletes, figures.owned)
    })
}

fn certificates(guards: &Guards, figures: Figures) -> Option<String> {
    let limit = usize::from(guards.cert_clear_percent?);
    let many = figures.certs_cleared >= guards.cert_clear_min.max(1);
    (many && figures.certs_cleared * 100 >= limit * figures.with_certs).then(|| {
        format!(
            "{} of {} objects would lose all their certificates at once, because the directory shows none for them any more",
            figures.certs_cleared, figures.with_certs
        )
    })
}

fn empty(guards: &Guards, figures: Figures) -> Option<String> {
    (guards.empty_import && figures.empty_import).then(|| {
        format!("the full import ended well without any object, though {} are in the tenant", figures.owned)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(guards: &Guards, figures: Figures) -> Vec<GuardKind> {
        tripped(guards, figures, false).into_iter().map(|g| g.guard).collect()
    }

    #[test]
    fn more_than_the_threshold_not_as_many() {
        let guards = Guards::default();
        assert!(kinds(&guards, Figures { deletes: 500, owned: 501, ..Figures::default() }).is_empty());
        assert_eq!(kinds(&guards, Figures { deletes: 501, ..Figures::default() }), [GuardKind::Deletions]);
    }

    #[test]
    fn percentage_of_what_is_ours() {
        let guards = Guards { max_delete_percent: Some(10), ..Guards::default() };
        assert!(kinds(&guards, Figures { deletes: 10, owned: 100, ..Figures::default() }).is_empty());
        assert_eq!(
            kinds(&guards, Figures { deletes: 11, owned: 100, ..Figures::default() }),
            [GuardKind::DeletionPercentage]
        );
    }

    #[test]
    fn certificates_cleared_en_masse() {
        let guards = Guards::default();
        let figures = |certs_cleared| Figures { certs_cleared, with_certs: 10, ..Figures::default() };
        assert!(kinds(&guards, figures(4)).is_empty());
        assert_eq!(kinds(&guards, figures(5)), [GuardKind::CertificatesCleared]);
        assert!(
            kinds(&guards, Figures { certs_cleared: 5, with_certs: 100, ..Figures::default() }).is_empty()
        );
    }

    #[test]
    fn an_override_reports_and_does_not_stop() {
        let reports = tripped(&Guards::default(), Figures { empty_import: true, ..Figures::default() }, true);
        assert_eq!(reports.len(), 1);
        assert!(!reports[0].stopped);
    }
}
