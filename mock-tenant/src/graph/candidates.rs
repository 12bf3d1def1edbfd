//! Rows that a look-up table finds for a filter.

use uuid::Uuid;

use crate::odata::{Filter, Probe, Sought};
use crate::tenant::{DirectoryObject, Kind, Probe as Lookup, Seq, Tenant, View};

/// A row with its place in the order of creation.
type Placed<'t> = (Seq, &'t DirectoryObject);

/// Rows among which are all that pass the filter, in the order of creation; `None`: no table answers it.
pub(super) fn candidates<'t>(
    tenant: &'t Tenant,
    kind: Kind,
    view: View,
    filter: &Filter<DirectoryObject>,
) -> Option<Vec<Placed<'t>>> {
    let mut probes = filter.probes();
    // whole values find fewer rows than a beginning
    probes.sort_by_key(|probe| matches!(probe.sought, Sought::Prefix(_)));
    let mut found = probes.iter().find_map(|probe| found(tenant, kind, view, probe))?;
    found.sort_by_key(|(seq, _)| *seq);
    found.dedup_by_key(|(seq, _)| *seq);
    Some(found)
}

fn found<'t>(tenant: &'t Tenant, kind: Kind, view: View, probe: &Probe<'_>) -> Option<Vec<Placed<'t>>> {
    let mut all = Vec::new();
    match &probe.sought {
        Sought::OneOf(ids) if probe.property == "id" => {
            all.extend(ids.iter().filter_map(|id| by_id(tenant, kind, view, id)));
        }
        Sought::OneOf(texts) => {
            for text in texts {
                all.extend(tenant.probed(kind, stored(probe.property), Lookup::Equals(text), view)?);
            }
        }
        Sought::Prefix(text) => {
            all = tenant.probed(kind, stored(probe.property), Lookup::StartsWith(text), view)?;
        }
    }
    Some(all)
}

fn by_id<'t>(tenant: &'t Tenant, kind: Kind, view: View, id: &str) -> Option<Placed<'t>> {
    let id = Uuid::try_parse(id).ok()?;
    tenant.placed(id, view).filter(|(_, object)| object.kind() == kind)
}

/// The one name under which the tenant keeps something else than Graph.
fn stored(property: &str) -> &str {
    if property == "onPremisesImmutableId" { "sourceAnchor" } else { property }
}
