//! Picking the objects that a filter has to be tried on, from the indexes.

use super::entry::EntryId;
use super::filter::{Anr, Compiled};
use super::forest::Forest;
use super::read::Sight;
use crate::dn::Dn;
use crate::schema::{AttrId, Syntax, known};

/// A set that small is not worth making smaller.
const SMALL: usize = 64;

/// Objects that may match, sorted; `None`: all of them have to be tried.
pub(crate) fn candidates(forest: &Forest, filter: &Compiled, sight: Sight) -> Option<Vec<EntryId>> {
    let mut found = match filter {
        Compiled::And(parts) => return conjunction(forest, parts, sight),
        Compiled::Or(parts) => {
            let mut all = Vec::new();
            for part in parts {
                all.extend(candidates(forest, part, sight)?);
            }
            all
        }
        // Undefined and false match nothing
        Compiled::Constant(truth) => return if *truth == Some(true) { None } else { Some(Vec::new()) },
        Compiled::Equal(attr, value) => equal(forest, *attr, value, sight)?,
        Compiled::Substring(attr, parts) if !parts.initial.is_empty() && indexed(forest, *attr) => {
            forest.index.starting(*attr, &parts.initial).collect()
        }
        Compiled::AtLeast(attr, edge) => beyond(forest, *attr, edge, true)?,
        Compiled::AtMost(attr, edge) => beyond(forest, *attr, edge, false)?,
        Compiled::Among(ids) => ids.iter().copied().collect(),
        Compiled::Anr(anr) => anr_candidates(forest, anr),
        _ => return None,
    };
    found.sort_unstable();
    found.dedup();
    Some(found)
}

/// The smallest set that one of the parts gives.
fn conjunction(forest: &Forest, parts: &[Compiled], sight: Sight) -> Option<Vec<EntryId>> {
    let mut best: Option<Vec<EntryId>> = None;
    // equality first: its sets are there already and mostly small
    let (cheap, dear): (Vec<_>, Vec<_>) = parts.iter().partition(|part| matches!(part, Compiled::Equal(..)));
    for part in cheap.into_iter().chain(dear) {
        if best.as_ref().is_some_and(|found| found.len() <= SMALL) {
            break;
        }
        if let Some(found) = candidates(forest, part, sight)
            && best.as_ref().is_none_or(|smallest| found.len() < smallest.len())
        {
            best = Some(found);
        }
    }
    best
}

/// True if the value index knows the attribute. RDN attributes are in it whether the schema marks them or not.
fn indexed(forest: &Forest, attr: AttrId) -> bool {
    let def = forest.schema.attribute(attr);
    def.indexed() && def.link_id.is_none() && !super::read::is_field(attr) || attr == known::NAME
}

fn equal(forest: &Forest, attr: AttrId, value: &[u8], sight: Sight) -> Option<Vec<EntryId>> {
    let def = forest.schema.attribute(attr);
    if attr == known::OBJECT_GUID {
        return Some(
            <&[u8; 16]>::try_from(value).ok().and_then(|guid| forest.by_guid(guid)).into_iter().collect(),
        );
    }
    if def.syntax == Syntax::Dn && (def.link_id.is_some() || attr == known::DISTINGUISHED_NAME) {
        return by_link(forest, attr, value, sight);
    }
    indexed(forest, attr).then(|| forest.index.equal(attr, value).to_vec())
}

/// Objects that a DN points at or that point at it. Back-links kept from a dump are not in the link table.
fn by_link(forest: &Forest, attr: AttrId, key: &[u8], sight: Sight) -> Option<Vec<EntryId>> {
    let key = std::str::from_utf8(key).ok()?;
    let rdns =
        key.split('\0').map(|rdn| rdn.split_once('=')).map(|rdn| rdn.map(|(a, v)| crate::dn::Rdn::new(a, v)));
    let named = forest.find(&Dn(rdns.collect::<Option<_>>()?));
    let Ok(named) = named else {
        // a link to an object of another server
        return None;
    };
    let def = forest.schema.attribute(attr);
    Some(match attr {
        known::DISTINGUISHED_NAME => vec![named],
        _ if def.is_forward_link() => forest.link_sources(named, attr, sight),
        _ if def.is_back_link() => forest.link_targets(named, forest.schema.link_partner(attr)?, sight),
        _ => return None,
    })
}

fn beyond(forest: &Forest, attr: AttrId, edge: &[u8], above: bool) -> Option<Vec<EntryId>> {
    if attr == known::USN_CHANGED && above {
        let number = u64::from_be_bytes(*edge.first_chunk::<8>()?) ^ (1 << 63);
        return Some(forest.changed_after(number.saturating_sub(1)).map(|(_, id)| id).collect());
    }
    indexed(forest, attr).then(|| forest.index.beyond(attr, edge, above).collect())
}

fn anr_candidates(forest: &Forest, anr: &Anr) -> Vec<EntryId> {
    let start = |attr: AttrId, text: &str| forest.index.starting(attr, text.as_bytes()).collect::<Vec<_>>();
    let mut out: Vec<EntryId> =
        forest.schema.anr_attributes().iter().flat_map(|attr| start(*attr, &anr.text)).collect();
    if let Some((first, rest)) = &anr.words {
        out.extend(start(known::GIVEN_NAME, first));
        out.extend(start(known::GIVEN_NAME, rest));
    }
    out
}
