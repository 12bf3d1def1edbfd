//! The add operation (MS-ADTS 3.1.1.5.2).

use bytes::Bytes;

use super::account::uac;
use super::api::Caller;
use super::create::Draft;
use super::entry::EntryId;
use super::error::{Outcome, Refusal};
use super::forest::Forest;
use super::modify::Secrecy;
use super::validate;
use crate::dn::{Dn, Rdn};
use crate::schema::{AttrId, ClassId, ClassKind, known};
use crate::wire::message::AddRequest;

pub(crate) fn add(
    forest: &mut Forest,
    caller: &Caller,
    request: &AddRequest,
    secrecy: Secrecy,
    now: jiff::Timestamp,
) -> Outcome<()> {
    if caller.is_anonymous() {
        return Err(Refusal::not_bound());
    }
    let (parent, rdn) = place(forest, &request.dn)?;
    let class = structural_class(forest, request)?;
    if !caller.is_administrator() {
        return Err(Refusal::access());
    }
    let mut draft = named_draft(forest, parent, &rdn, class)?;
    let password = attributes(forest, request, &mut draft)?;
    if password.is_some() && !secrecy.encrypted {
        return Err(Refusal::unwilling(0x1f));
    }
    let enabled = draft.number(known::USER_ACCOUNT_CONTROL).is_some_and(needs_password);
    if enabled && password.is_none() && draft.attrs.contains_key(&known::USER_ACCOUNT_CONTROL) {
        // Windows: the password policy isn't met by no password
        return Err(Refusal::unwilling(0x52d));
    }
    forest.complete(&mut draft);
    validate::mandatory(forest.schema.class(class), draft.rdn_attr, |attr| {
        draft.attrs.contains_key(&attr) || draft.links.iter().any(|(link, _)| *link == attr)
    })?;
    let id = forest.create(draft, now.as_second());
    match password {
        Some(password) => super::modify::set_password(forest, id, &password, now),
        None => Ok(()),
    }
}

/// Enabled normal accounts have to meet the password policy.
pub(crate) const fn needs_password(control: i64) -> bool {
    control & uac::NORMAL != 0 && control & (uac::DISABLED | uac::PASSWORD_NOT_REQUIRED) == 0
}

/// The parent and the name of the new object.
fn place(forest: &Forest, text: &str) -> Outcome<(EntryId, Rdn)> {
    let dn = Dn::parse(text).map_err(|error| Refusal::bad_dn(&error.to_string()))?;
    let (Some(rdn), Some(parent)) = (dn.rdn().cloned(), dn.parent()) else {
        return Err(Refusal::bad_dn("the root DSE can't be added"));
    };
    if forest.ncs.iter().any(|nc| nc.dn.same(&dn)) {
        return Err(Refusal::referral(format!("ldap://{}/{dn}", dn.dns_name())));
    }
    let parent = forest.find(&parent).map_err(|nearest| super::search::no_object(forest, nearest, 0x2030))?;
    if forest.child(parent, &rdn).is_some() {
        return Err(Refusal::entry_exists(0x2071));
    }
    Ok((parent, rdn))
}

/// The most specific structural class of objectClass.
pub(crate) fn structural_class(forest: &Forest, request: &AddRequest) -> Outcome<ClassId> {
    let named = request
        .attributes
        .iter()
        .filter(|a| forest.schema.attribute_id(&a.name) == Some(known::OBJECT_CLASS));
    let names: Vec<&Bytes> = named.flat_map(|attribute| &attribute.values).collect();
    if names.is_empty() {
        return Err(Refusal::class_violation(0x2014));
    }
    most_specific(forest, names.into_iter().map(|name| String::from_utf8_lossy(name)))
}

/// Of the structural classes the one with the longest line of ancestors.
pub(crate) fn most_specific<T: AsRef<str>>(
    forest: &Forest,
    names: impl Iterator<Item = T>,
) -> Outcome<ClassId> {
    let mut best: Option<ClassId> = None;
    for name in names {
        let id = forest.schema.class_id(name.as_ref()).ok_or_else(Refusal::unknown_class)?;
        let class = forest.schema.class(id);
        let deeper = best.is_none_or(|best| forest.schema.class(best).chain.len() < class.chain.len());
        if class.kind.instantiable() && deeper {
            best = Some(id);
        }
    }
    best.ok_or_else(|| Refusal::unwilling(0x2077))
}

/// The RDN's attribute is the class's, its value fits, and the parent may have such children.
fn named_draft(forest: &Forest, parent: EntryId, rdn: &Rdn, class: ClassId) -> Outcome<Draft> {
    let def = forest.schema.class(class);
    if forest.schema.attribute_id(&rdn.attr) != Some(def.rdn) || def.kind == ClassKind::Auxiliary {
        return Err(Refusal::naming_violation());
    }
    check_parent(forest, parent, class)?;
    validate::values(forest.schema.attribute(def.rdn), &[Bytes::copy_from_slice(rdn.value.as_bytes())])?;
    Ok(Draft::new(parent, forest.entry(parent).nc, def.rdn, &rdn.value, class))
}

pub(crate) fn check_parent(forest: &Forest, parent: EntryId, class: ClassId) -> Outcome<()> {
    let chain = &forest.schema.class(forest.entry(parent).class).chain;
    let fits = forest.schema.class(class).superiors.iter().any(|superior| chain.contains(superior));
    if fits { Ok(()) } else { Err(Refusal::naming_violation()) }
}

/// Checks and takes every attribute; gives the password if there is one.
fn attributes(forest: &Forest, request: &AddRequest, draft: &mut Draft) -> Outcome<Option<String>> {
    let mut password = None;
    for attribute in &request.attributes {
        let attr = validate::attribute(forest, &attribute.name)?;
        match attr {
            known::UNICODE_PWD => {
                password = attribute.values.first().and_then(|value| super::password::unquote(value));
            }
            _ if attr == draft.rdn_attr || attr == known::NAME => same_name(&draft.rdn, &attribute.values)?,
            known::OBJECT_GUID | known::OBJECT_SID => return Err(Refusal::unwilling(0x2035)),
            known::WHEN_CREATED | known::WHEN_CHANGED | known::DISTINGUISHED_NAME => {}
            _ => take(forest, draft, attr, &attribute.values)?,
        }
    }
    Ok(password)
}

/// The naming attribute may be given, with the value of the RDN.
fn same_name(rdn: &str, values: &[Bytes]) -> Outcome<()> {
    let same = values.iter().all(|value| {
        std::str::from_utf8(value)
            .is_ok_and(|value| crate::schema::fold_name(value) == crate::schema::fold_name(rdn))
    });
    if same { Ok(()) } else { Err(Refusal::bad_dn("RDN mismatch")) }
}

fn take(forest: &Forest, draft: &mut Draft, attr: AttrId, given: &[Bytes]) -> Outcome<()> {
    let def = forest.schema.attribute(attr);
    if def.is_back_link() {
        return Err(Refusal::unwilling(0x2035));
    }
    if def.constructed() || (def.system_only && attr != known::OBJECT_CLASS) {
        return Err(Refusal::constraint(0x202f, &def.name));
    }
    if !forest.schema.class(draft.class).allows(attr) {
        return Err(Refusal::class_violation(0x2014));
    }
    if given.is_empty() {
        return Err(Refusal::constraint(0x2083, &def.name));
    }
    if def.single_valued && given.len() > 1 {
        return Err(Refusal::single_value_in_add(&def.name));
    }
    validate::values(def, given)?;
    validate::distinct(def, given)?;
    validate::unique_names(forest, None, attr, given)?;
    if def.is_forward_link() {
        for value in given {
            draft.links.push((attr, validate::link_target(forest, def, value)?));
        }
        return Ok(());
    }
    validate::dn_values(forest, def, given)?;
    draft.attrs.insert(attr, given.to_vec());
    Ok(())
}
