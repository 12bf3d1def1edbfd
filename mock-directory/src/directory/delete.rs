//! Delete, recycle bin and reanimation (MS-ADTS 3.1.1.5.5, 3.1.1.5.3.7).

use bytes::Bytes;

use super::account;
use super::api::Caller;
use super::entry::{EntryId, Life};
use super::error::{Outcome, Refusal};
use super::forest::Forest;
use super::modify::target;
use crate::dn::Dn;
use crate::schema::{AttrId, SearchFlags, known};
use crate::wire::controls::Controls;
use crate::wire::message::{Change, ChangeKind};

/// Attributes that a tombstone keeps besides those whose searchFlags say so (MS-ADTS 3.1.1.5.5.6.3).
const KEPT: &[&str] = &[
    "nTSecurityDescriptor",
    "attributeID",
    "attributeSyntax",
    "dNReferenceUpdate",
    "dNSHostName",
    "flatName",
    "governsID",
    "groupType",
    "instanceType",
    "isDeleted",
    "isRecycled",
    "lDAPDisplayName",
    "lastKnownParent",
    "legacyExchangeDN",
    "mS-DS-CreatorSID",
    "mSMQOwnerID",
    "nCName",
    "objectClass",
    "distinguishedName",
    "objectGUID",
    "objectSid",
    "oMSyntax",
    "proxiedObjectName",
    "name",
    "replPropertyMetaData",
    "sAMAccountName",
    "securityIdentifier",
    "sIDHistory",
    "subClassOf",
    "systemFlags",
    "trustPartner",
    "trustDirection",
    "trustType",
    "trustAttributes",
    "userAccountControl",
    "uSNChanged",
    "uSNCreated",
    "whenCreated",
    "msDS-LastKnownRDN",
];

/// Removed even where the recycle bin keeps the rest (MS-ADTS 3.1.1.5.5.1.2).
const ALWAYS_REMOVED: &[AttrId] = &[known::OBJECT_CATEGORY, known::SAM_ACCOUNT_TYPE];

/// Longest name before the mangling is added, in characters.
const LONGEST_NAME: usize = 75;

pub(crate) fn delete(
    forest: &mut Forest,
    caller: &Caller,
    name: &str,
    controls: &Controls,
    now: jiff::Timestamp,
) -> Outcome<()> {
    if caller.is_anonymous() {
        return Err(Refusal::not_bound());
    }
    let id = target(forest, name, controls)?;
    if !caller.is_administrator() {
        return Err(Refusal::access());
    }
    let entry = forest.entry(id);
    let critical = |id: &EntryId| forest.entry(*id).text(known::IS_CRITICAL) == Some("TRUE");
    let doomed = forest.subtree(id);
    if entry.is_head() || entry.life != Life::Live || doomed.iter().any(critical) {
        return Err(Refusal::unwilling(0x2035));
    }
    if doomed.len() > 1 && !controls.tree_delete {
        return Err(Refusal::not_leaf());
    }
    // leaves first, as AD does it
    for id in doomed.into_iter().rev() {
        bury(forest, id, now);
    }
    Ok(())
}

/// Makes a dead object of a live one.
fn bury(forest: &mut Forest, id: EntryId, now: jiff::Timestamp) {
    let usn = forest.next_usn();
    let seconds = now.as_second();
    let mut entry = forest.entry(id).clone();
    let name = entry.rdn.to_string();
    let parent = entry.parent.map(|parent| forest.dn_text(parent)).unwrap_or_default();
    let doomed: Vec<AttrId> =
        entry.attrs.iter().map(|(attr, _)| *attr).filter(|attr| !survives(forest, *attr)).collect();
    for attr in doomed {
        entry.put(attr, Vec::new());
        entry.touch(attr, usn, seconds);
    }
    entry.put_text(known::IS_DELETED, "TRUE");
    entry.put_text(known::LAST_KNOWN_PARENT, parent);
    let mut noted = vec![known::IS_DELETED, known::LAST_KNOWN_PARENT, known::NAME];
    if forest.recycle_bin {
        entry.put_text(known::LAST_KNOWN_RDN, name.clone());
        noted.push(known::LAST_KNOWN_RDN);
    }
    for attr in noted {
        entry.touch(attr, usn, seconds);
    }
    let kept: String = name.chars().take(LONGEST_NAME).collect();
    entry.rdn = format!("{kept}\nDEL:{}", uuid::Uuid::from_bytes_le(entry.guid)).into();
    entry.parent = forest.context_of(id).deleted_objects.or(entry.parent);
    entry.life = Life::Deleted;
    entry.usn_changed = usn;
    entry.changed = seconds;
    forest.replace(id, entry);
    if !forest.recycle_bin {
        forest.links.forget(id);
    }
}

/// True for attributes that a dead object keeps.
fn survives(forest: &Forest, attr: AttrId) -> bool {
    if ALWAYS_REMOVED.contains(&attr) {
        return false;
    }
    let def = forest.schema.attribute(attr);
    forest.recycle_bin
        || def.search_flags & SearchFlags::PRESERVE_ON_DELETE != 0
        || KEPT.contains(&&*def.name)
}

/// True for the two changes that bring an object back.
pub(crate) fn is_reanimating(forest: &Forest, change: &Change) -> bool {
    let attr = forest.schema.attribute_id(&change.attribute.name);
    matches!(
        (attr, change.kind),
        (Some(known::IS_DELETED), ChangeKind::Delete)
            | (Some(known::DISTINGUISHED_NAME), ChangeKind::Replace)
    )
}

/// The DN to come back to, if the changes ask for that: isDeleted deleted and distinguishedName replaced.
pub(crate) fn reanimation(forest: &Forest, id: EntryId, changes: &[Change]) -> Option<String> {
    let asked: Vec<&Change> = changes.iter().filter(|change| is_reanimating(forest, change)).collect();
    let dead = forest.entry(id).life != Life::Live;
    let dn = asked.iter().find(|change| change.kind == ChangeKind::Replace)?.attribute.values.first()?;
    (dead && asked.len() == 2).then(|| String::from_utf8_lossy(dn).into_owned())
}

pub(crate) fn reanimate(forest: &mut Forest, id: EntryId, dn: &str, now: jiff::Timestamp) -> Outcome<()> {
    if forest.entry(id).life == Life::Recycled {
        return Err(Refusal::unwilling(0x2035));
    }
    let dn = Dn::parse(dn).map_err(|error| Refusal::bad_dn(&error.to_string()))?;
    let (Some(rdn), Some(above)) = (dn.rdn().cloned(), dn.parent()) else {
        return Err(Refusal::bad_dn("an object needs a name"));
    };
    let parent = forest.find(&above).map_err(|nearest| super::search::no_object(forest, nearest, 0x2030))?;
    if forest.child(parent, &rdn).is_some() {
        return Err(Refusal::entry_exists(0x2071));
    }
    super::add::check_parent(forest, parent, forest.entry(id).class)?;
    let usn = forest.next_usn();
    let mut entry = forest.entry(id).clone();
    let category = forest.category_dn(&forest.schema.class(entry.class).category_rdn);
    for attr in [known::IS_DELETED, known::LAST_KNOWN_PARENT, known::LAST_KNOWN_RDN] {
        entry.put(attr, Vec::new());
    }
    entry.put(known::OBJECT_CATEGORY, vec![Bytes::from(category)]);
    let kind = match (entry.number(known::USER_ACCOUNT_CONTROL), entry.number(known::GROUP_TYPE)) {
        (Some(control), _) => Some(account::account_type(control)),
        (None, group) => group.map(account::group_type),
    };
    if let Some(kind) = kind {
        entry.put_text(known::SAM_ACCOUNT_TYPE, kind.to_string());
    }
    let changed = [
        known::IS_DELETED,
        known::LAST_KNOWN_PARENT,
        known::LAST_KNOWN_RDN,
        known::OBJECT_CATEGORY,
        known::SAM_ACCOUNT_TYPE,
        known::NAME,
    ];
    for attr in changed {
        entry.touch(attr, usn, now.as_second());
    }
    entry.rdn = rdn.value;
    entry.parent = Some(parent);
    entry.life = Life::Live;
    entry.usn_changed = usn;
    entry.changed = now.as_second();
    forest.replace(id, entry);
    Ok(())
}
