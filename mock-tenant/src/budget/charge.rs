//! What one call costs.

use crate::ops::Op;

/// The fewest results for which `$top` does not make a call cheaper.
const FEW: u64 = 20;

/// What one call costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Charge {
    /// Resource units, at least 1.
    pub units: u32,
    /// Writes.
    pub writes: u64,
}

impl Charge {
    /// An operation of Graph with its query: `$select` makes it cheaper by 1, `$expand` dearer by 1, `$top` below 20
    /// cheaper by 1; it never costs less than 1.
    #[must_use]
    pub fn of(op: &Op, query: &[(String, String)]) -> Self {
        let option = |wanted: &str| {
            query.iter().find(|(name, _)| name.trim_start_matches('$').eq_ignore_ascii_case(wanted))
        };
        let selects = option("select").is_some();
        let few = option("top").and_then(|(_, value)| value.parse().ok()).is_some_and(|top: u64| top < FEW);
        let dearer = op.cost + u32::from(option("expand").is_some());
        let units = dearer.saturating_sub(u32::from(selects)).saturating_sub(u32::from(few)).max(1);
        Self { units, writes: u64::from(op.writes()) }
    }

    /// So many writes, and nothing of the resource units.
    #[must_use]
    pub const fn writes(writes: u64) -> Self {
        Self { units: 0, writes }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::known;

    #[test]
    fn a_query_changes_the_cost() {
        for (op, query, units) in [
            ("graph.users.list", "", 2),
            ("graph.users.list", "$select=id", 1),
            ("graph.users.list", "$top=19", 1),
            ("graph.users.list", "$top=20", 2),
            ("graph.users.list", "$select=id&$top=5", 1),
            ("graph.users.list", "$expand=manager", 3),
            ("graph.users.list", "expand=manager&select=id", 2),
            ("graph.users.get", "$select=id", 1),
        ] {
            let pairs = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect::<Vec<_>>();
            assert_eq!(Charge::of(known(op), &pairs), Charge { units, writes: 0 }, "{op}?{query}");
        }
        assert_eq!(Charge::of(known("graph.users.patch"), &[]), Charge { units: 1, writes: 1 });
    }
}
