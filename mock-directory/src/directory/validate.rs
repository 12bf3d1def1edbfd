//! What the schema says about values that a client writes.

use std::collections::BTreeSet;

use bytes::Bytes;

use super::entry::{EntryId, Life};
use super::error::{Outcome, Refusal};
use super::forest::{Forest, SCHEMA};
use crate::dn::{Base, Dn};
use crate::schema::{AttrId, AttributeDef, ClassDef, Syntax, known};

/// An attribute description of a write: a name or OID, at most with `;binary`.
pub(crate) fn attribute(forest: &Forest, description: &str) -> Outcome<AttrId> {
    let (name, option) = description.split_once(';').unwrap_or((description, ""));
    let binary = option.eq_ignore_ascii_case("binary") && forest.policies.get("BinaryOption") != 1;
    if !option.is_empty() && !binary {
        return Err(Refusal::unknown_attribute());
    }
    forest.schema.attribute_id(name).ok_or_else(Refusal::unknown_attribute)
}

/// Each value is well formed and within the attribute's range.
pub(crate) fn values(def: &AttributeDef, values: &[Bytes]) -> Outcome<()> {
    for value in values {
        if value.is_empty() {
            return Err(Refusal::syntax(&def.name));
        }
        if !def.syntax.is_valid(value) {
            return Err(if def.syntax == Syntax::Dn {
                Refusal::bad_dn_value(&def.name)
            } else {
                Refusal::syntax(&def.name)
            });
        }
        if out_of_range(def, value) {
            // constraintViolation on Windows; a Samba AD DC 4.17 says invalidAttributeSyntax
            return Err(Refusal::constraint(0x200b, &def.name));
        }
    }
    Ok(())
}

fn out_of_range(def: &AttributeDef, value: &[u8]) -> bool {
    let Some(measure) = def.syntax.measure(value) else {
        return false;
    };
    // a negative upper bound is an unsigned number that nothing exceeds
    def.range_lower.is_some_and(|low| low >= 0 && measure < low)
        || def.range_upper.is_some_and(|high| high >= 0 && measure > high)
}

/// No value comes twice.
pub(crate) fn distinct(def: &AttributeDef, values: &[Bytes]) -> Outcome<()> {
    let mut seen = BTreeSet::new();
    let fresh = values.iter().all(|value| {
        seen.insert(def.syntax.normalise(value).map_or_else(|| value.to_vec(), |v| v.into_owned()))
    });
    if fresh { Ok(()) } else { Err(Refusal::value_exists(&def.name)) }
}

/// The object that a DN value names; it has to exist.
pub(crate) fn link_target(forest: &Forest, def: &AttributeDef, value: &[u8]) -> Outcome<EntryId> {
    let text = std::str::from_utf8(value).map_err(|_| Refusal::bad_dn_value(&def.name))?;
    let base = Base::parse(text).map_err(|_| Refusal::bad_dn_value(&def.name))?;
    let found = forest.resolve(&base).ok().filter(|id| forest.entry(*id).life == Life::Live);
    found.ok_or_else(|| Refusal::constraint(0x20b5, &def.name))
}

/// DN values that are no links name objects too; classes live in the schema context without being objects here.
pub(crate) fn dn_values(forest: &Forest, def: &AttributeDef, values: &[Bytes]) -> Outcome<()> {
    if def.syntax != Syntax::Dn {
        return Ok(());
    }
    for value in values {
        let text = std::str::from_utf8(value).unwrap_or_default();
        let in_schema =
            Dn::parse(text).is_ok_and(|dn| dn.depth_below(&forest.ncs[usize::from(SCHEMA)].dn).is_some());
        if !in_schema {
            link_target(forest, def, value)?;
        }
    }
    Ok(())
}

/// sAMAccountName is unique in the domain, userPrincipalName in the forest (MS-ADTS 3.1.1.5.2.2, 3.1.1.5.1.3).
pub(crate) fn unique_names(
    forest: &Forest,
    own: Option<EntryId>,
    attr: AttrId,
    values: &[Bytes],
) -> Outcome<()> {
    let refusal: fn() -> Refusal = match attr {
        known::SAM_ACCOUNT_NAME => || Refusal::entry_exists(0x2071),
        known::USER_PRINCIPAL_NAME => || Refusal::constraint(0x202f, "userPrincipalName"),
        _ => return Ok(()),
    };
    let syntax = forest.schema.attribute(attr).syntax;
    for wanted in values.iter().filter_map(|value| syntax.normalise(value)) {
        let holders = forest.index.equal(attr, &wanted).iter().filter(|id| Some(**id) != own);
        let same = |id: &EntryId| {
            let entry = forest.entry(*id);
            entry.life == Life::Live
                && entry.stored(attr).iter().any(|v| syntax.normalise(v).as_ref() == Some(&wanted))
        };
        if holders.copied().any(|id| same(&id)) {
            return Err(refusal());
        }
    }
    Ok(())
}

/// Every mandatory attribute is there. The server provides the rest of `top`'s.
pub(crate) fn mandatory(class: &ClassDef, rdn_attr: AttrId, has: impl Fn(AttrId) -> bool) -> Outcome<()> {
    let provided = [
        known::NT_SECURITY_DESCRIPTOR,
        known::OBJECT_CLASS,
        known::OBJECT_CATEGORY,
        known::INSTANCE_TYPE,
        rdn_attr,
    ];
    let missing = class.must.iter().any(|attr| !provided.contains(attr) && !has(*attr));
    if missing { Err(Refusal::class_violation(0x207c)) } else { Ok(()) }
}
