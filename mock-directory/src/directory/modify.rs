//! The modify operation (MS-ADTS 3.1.1.5.3).

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;

use super::account::{self, uac};
use super::add::needs_password;
use super::api::Caller;
use super::delete;
use super::entry::{Entry, EntryId, Life};
use super::error::{Outcome, Refusal};
use super::forest::Forest;
use super::password::{self, Secret};
use super::search;
use super::time::filetime;
use super::validate;
use crate::schema::{AttrId, AttributeDef, known};
use crate::wire::controls::Controls;
use crate::wire::message::{Change, ChangeKind, ModifyRequest};

/// How safe the connection is for secrets.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Secrecy {
    pub(crate) encrypted: bool,
}

pub(crate) fn modify(
    forest: &mut Forest,
    caller: &Caller,
    request: &ModifyRequest,
    controls: &Controls,
    secrecy: Secrecy,
    now: jiff::Timestamp,
) -> Outcome<()> {
    if caller.is_anonymous() {
        return Err(Refusal::not_bound());
    }
    let id = target(forest, &request.dn, controls)?;
    if request.changes.is_empty() {
        return Err(Refusal::unwilling(0x2035));
    }
    if !caller.is_administrator() {
        return Err(Refusal::access());
    }
    if let Some(dn) = delete::reanimation(forest, id, &request.changes) {
        let rest: Vec<&Change> =
            request.changes.iter().filter(|c| !delete::is_reanimating(forest, c)).collect();
        let mut trial = forest.clone();
        delete::reanimate(&mut trial, id, &dn, now)?;
        apply(&mut trial, id, &rest, controls, secrecy, now)?;
        *forest = trial;
        return Ok(());
    }
    apply(forest, id, &request.changes.iter().collect::<Vec<_>>(), controls, secrecy, now)
}

/// The object of a write; a dead one only with SHOW_DELETED.
pub(crate) fn target(forest: &Forest, name: &str, controls: &Controls) -> Outcome<EntryId> {
    let id = search::resolve(forest, name, 0x2030)?;
    let entry = forest.entry(id);
    if forest.visible(entry, super::read::Sight::of(controls)) {
        Ok(id)
    } else {
        Err(search::no_object(forest, entry.parent, 0x2030))
    }
}

/// The object as it will be, until every change has been checked.
struct Work<'a> {
    forest: &'a Forest,
    id: EntryId,
    entry: Entry,
    links: BTreeMap<AttrId, BTreeSet<EntryId>>,
    permissive: bool,
    /// A reset (replace) or change (delete and add) of unicodePwd: old and new.
    old_password: Option<String>,
    new_password: Option<String>,
}

fn apply(
    forest: &mut Forest,
    id: EntryId,
    changes: &[&Change],
    controls: &Controls,
    secrecy: Secrecy,
    now: jiff::Timestamp,
) -> Outcome<()> {
    let mut work = Work {
        forest,
        id,
        entry: forest.entry(id).clone(),
        links: BTreeMap::new(),
        permissive: controls.permissive_modify,
        old_password: None,
        new_password: None,
    };
    for change in changes {
        work.change(change, secrecy, now)?;
    }
    work.finish()?;
    let Work { entry, links, old_password, new_password, .. } = work;
    if let Some(old) = &old_password {
        let right = forest.secrets.get(&id).is_some_and(|secret| secret.matches(old.as_bytes()));
        if !right {
            return Err(Refusal::constraint(0x56, "unicodePwd"));
        }
    }
    if let Some(new) = &new_password {
        check_password(forest, new)?;
    }
    commit(forest, id, entry, &links, now);
    match new_password {
        Some(new) => set_password(forest, id, &new, now),
        None => Ok(()),
    }
}

impl Work<'_> {
    fn change(&mut self, change: &Change, secrecy: Secrecy, now: jiff::Timestamp) -> Outcome<()> {
        if change.kind == ChangeKind::Increment {
            return Err(Refusal::protocol("Error in modification type"));
        }
        let attr = validate::attribute(self.forest, &change.attribute.name)?;
        let def = self.forest.schema.attribute(attr);
        if attr == known::UNICODE_PWD {
            return self.password(change, secrecy);
        }
        self.writable(attr, def)?;
        let given = &change.attribute.values;
        if attr == known::OBJECT_CLASS {
            return self.classes(change);
        }
        if change.kind != ChangeKind::Delete {
            validate::values(def, given)?;
            validate::distinct(def, given)?;
        }
        if def.is_forward_link() {
            return self.link(attr, def, change);
        }
        validate::dn_values(self.forest, def, if change.kind == ChangeKind::Delete { &[] } else { given })?;
        let given = written_value(attr, given, now);
        let values = self.combined(attr, def, change.kind, &given)?;
        if def.single_valued && values.len() > 1 {
            return Err(Refusal::single_value(&def.name));
        }
        if values.is_empty() && PROTECTED.contains(&attr) && !self.entry.stored(attr).is_empty() {
            return Err(Refusal::unwilling(0x2035));
        }
        validate::unique_names(self.forest, Some(self.id), attr, &values)?;
        self.entry.put(attr, values);
        Ok(())
    }

    /// Which attributes a client may write at all.
    fn writable(&self, attr: AttrId, def: &AttributeDef) -> Outcome<()> {
        if attr == self.entry.rdn_attr || attr == known::NAME {
            return Err(Refusal::not_allowed_on_rdn(&def.name));
        }
        if def.is_back_link() {
            return Err(Refusal::unwilling(0x2035));
        }
        if attr != known::OBJECT_CLASS && (def.system_only || def.constructed()) {
            return Err(Refusal::constraint(0x202f, &def.name));
        }
        if !self.forest.schema.class(self.entry.class).allows(attr) && !self.auxiliary_allows(attr) {
            return Err(Refusal::class_violation(0x207d));
        }
        Ok(())
    }

    /// Auxiliary classes of the object itself bring attributes too.
    fn auxiliary_allows(&self, attr: AttrId) -> bool {
        let names =
            self.entry.stored(known::OBJECT_CLASS).iter().filter_map(|name| std::str::from_utf8(name).ok());
        let mut classes = names.filter_map(|name| self.forest.schema.class_id(name));
        classes.any(|class| self.forest.schema.class(class).allows(attr))
    }

    /// The values after one change.
    fn combined(
        &self,
        attr: AttrId,
        def: &AttributeDef,
        kind: ChangeKind,
        given: &[Bytes],
    ) -> Outcome<Vec<Bytes>> {
        let same = |a: &Bytes, b: &Bytes| match (def.syntax.normalise(a), def.syntax.normalise(b)) {
            (Some(a), Some(b)) => a == b,
            _ => a == b,
        };
        let mut values = self.entry.stored(attr).to_vec();
        match kind {
            ChangeKind::Add => {
                if given.is_empty() {
                    return Err(Refusal::constraint(0x2083, &def.name));
                }
                for value in given {
                    match values.iter().any(|old| same(old, value)) {
                        true if self.permissive => {}
                        true => return Err(Refusal::value_exists(&def.name)),
                        false => values.push(value.clone()),
                    }
                }
            }
            ChangeKind::Delete if given.is_empty() => {
                if values.is_empty() && !self.permissive {
                    return Err(Refusal::no_such_value(&def.name));
                }
                values.clear();
            }
            ChangeKind::Delete => {
                for value in given {
                    match values.iter().position(|old| same(old, value)) {
                        Some(at) => drop(values.remove(at)),
                        None if self.permissive => {}
                        None => return Err(Refusal::no_such_value(&def.name)),
                    }
                }
            }
            _ => values = given.to_vec(),
        }
        Ok(values)
    }

    fn link(&mut self, attr: AttrId, def: &AttributeDef, change: &Change) -> Outcome<()> {
        let mut now = match self.links.remove(&attr) {
            Some(changed) => changed,
            None => self.forest.links.targets(self.id, attr).collect(),
        };
        let live = |id: &EntryId| matches!(self.forest.entry(*id).life, Life::Live | Life::Phantom);
        let targets = |skip: bool| -> Outcome<Vec<EntryId>> {
            let found =
                change.attribute.values.iter().map(|value| validate::link_target(self.forest, def, value));
            if skip { Ok(found.filter_map(Result::ok).collect()) } else { found.collect() }
        };
        match change.kind {
            ChangeKind::Delete if change.attribute.values.is_empty() => {
                if !now.iter().any(live) && !self.permissive {
                    return Err(Refusal::no_such_value(&def.name));
                }
                now.clear();
            }
            ChangeKind::Delete => {
                for target in targets(self.permissive).map_err(|_| Refusal::no_such_value(&def.name))? {
                    if !now.remove(&target) && !self.permissive {
                        return Err(Refusal::no_such_value(&def.name));
                    }
                }
            }
            ChangeKind::Add => {
                if change.attribute.values.is_empty() {
                    return Err(Refusal::constraint(0x2083, &def.name));
                }
                for target in targets(false)? {
                    if !now.insert(target) && !self.permissive {
                        // ERROR_MEMBER_IN_ALIAS for groups: entryAlreadyExists, as Windows answers
                        return Err(if attr == known::MEMBER {
                            Refusal::entry_exists(0x562)
                        } else {
                            Refusal::value_exists(&def.name)
                        });
                    }
                }
            }
            _ => now = targets(false)?.into_iter().collect(),
        }
        if def.single_valued && now.len() > 1 {
            return Err(Refusal::single_value(&def.name));
        }
        self.links.insert(attr, now);
        Ok(())
    }

    /// Auxiliary classes come and go; the structural ones stay.
    fn classes(&mut self, change: &Change) -> Outcome<()> {
        let def = self.forest.schema.attribute(known::OBJECT_CLASS);
        let values = self.combined(known::OBJECT_CLASS, def, change.kind, &change.attribute.values)?;
        let names = || values.iter().map(|name| String::from_utf8_lossy(name));
        for name in names() {
            self.forest.schema.class_id(&name).ok_or_else(Refusal::unknown_class)?;
        }
        let structural = super::add::most_specific(self.forest, names());
        if structural != Ok(self.entry.class) {
            return Err(Refusal::class_violation(0x2014));
        }
        self.entry.put(known::OBJECT_CLASS, values);
        Ok(())
    }

    /// Replace = reset, delete and add together = change (MS-ADTS 3.1.1.3.1.5.1). Clear text is refused.
    fn password(&mut self, change: &Change, secrecy: Secrecy) -> Outcome<()> {
        if !secrecy.encrypted {
            return Err(Refusal::unwilling(0x1f));
        }
        let text = |value: Option<&Bytes>| {
            value.and_then(|value| password::unquote(value)).ok_or_else(|| Refusal::unwilling(0x1f))
        };
        let value = change.attribute.values.first();
        match change.kind {
            ChangeKind::Delete => self.old_password = Some(text(value)?),
            _ => self.new_password = Some(text(value)?),
        }
        Ok(())
    }

    /// What one attribute says about another, and what has to be there.
    fn finish(&mut self) -> Outcome<()> {
        let before = self.forest.entry(self.id);
        if before.stored(known::USER_ACCOUNT_CONTROL) != self.entry.stored(known::USER_ACCOUNT_CONTROL) {
            self.control_changed(before.number(known::USER_ACCOUNT_CONTROL).unwrap_or(0))?;
        }
        if before.stored(known::GROUP_TYPE) != self.entry.stored(known::GROUP_TYPE) {
            let kind = account::group_type(self.entry.number(known::GROUP_TYPE).unwrap_or(0));
            self.entry.put_text(known::SAM_ACCOUNT_TYPE, kind.to_string());
        }
        if self.entry.life != Life::Live {
            return Ok(());
        }
        let class = self.forest.schema.class(self.entry.class);
        let had = |attr: AttrId| before.stored(attr).is_empty();
        validate::mandatory(class, self.entry.rdn_attr, |attr| {
            !self.entry.stored(attr).is_empty() || had(attr)
        })
    }

    fn control_changed(&mut self, before: i64) -> Outcome<()> {
        let Some(control) = self.entry.number(known::USER_ACCOUNT_CONTROL) else {
            return Err(Refusal::unwilling(0x2035));
        };
        let known_password = self.forest.secrets.contains_key(&self.id) || self.new_password.is_some();
        if needs_password(control) && !needs_password(before) && !known_password {
            return Err(Refusal::unwilling(0x52d));
        }
        if control & uac::LOCKOUT == 0 && before & uac::LOCKOUT != 0 {
            self.entry.put_text(known::LOCKOUT_TIME, "0");
        }
        let kinds = uac::NORMAL | uac::WORKSTATION | uac::SERVER | uac::INTERDOMAIN_TRUST;
        // without a kind it is a normal account
        let control = if control & kinds == 0 { control | uac::NORMAL } else { control };
        self.entry.put_text(known::USER_ACCOUNT_CONTROL, (control & !uac::COMPUTED).to_string());
        self.entry.put_text(known::SAM_ACCOUNT_TYPE, account::account_type(control).to_string());
        Ok(())
    }
}

/// Attributes that SAM needs: deleting one is refused before the schema is asked (observed).
const PROTECTED: &[AttrId] = &[
    known::GROUP_TYPE,
    known::SAM_ACCOUNT_NAME,
    known::USER_ACCOUNT_CONTROL,
    known::PRIMARY_GROUP_ID,
    known::OBJECT_CATEGORY,
];

/// pwdLastSet takes 0 (must change) and -1 (now).
fn written_value(attr: AttrId, given: &[Bytes], now: jiff::Timestamp) -> Vec<Bytes> {
    if attr == known::PWD_LAST_SET && given == [Bytes::from_static(b"-1")] {
        return vec![Bytes::from(filetime(now).to_string())];
    }
    given.to_vec()
}

/// Numbers the change and puts it in place. Nothing changed: nothing happens.
fn commit(
    forest: &mut Forest,
    id: EntryId,
    mut entry: Entry,
    links: &BTreeMap<AttrId, BTreeSet<EntryId>>,
    now: jiff::Timestamp,
) {
    let before = forest.entry(id);
    let all: BTreeSet<AttrId> = before.attrs.iter().chain(&entry.attrs).map(|(attr, _)| *attr).collect();
    let changed: Vec<AttrId> =
        all.into_iter().filter(|attr| before.stored(*attr) != entry.stored(*attr)).collect();
    let moved = link_changes(forest, id, links);
    if changed.is_empty() && moved.is_empty() {
        return;
    }
    let usn = forest.next_usn();
    for attr in changed {
        entry.touch(attr, usn, now.as_second());
    }
    entry.usn_changed = usn;
    entry.changed = now.as_second();
    forest.replace(id, entry);
    for (attr, target, present) in moved {
        forest.links.set(id, attr, target, present, usn, now.as_second());
    }
}

fn link_changes(
    forest: &Forest,
    id: EntryId,
    links: &BTreeMap<AttrId, BTreeSet<EntryId>>,
) -> Vec<(AttrId, EntryId, bool)> {
    let mut out = Vec::new();
    for (attr, wanted) in links {
        let have: BTreeSet<EntryId> = forest.links.targets(id, *attr).collect();
        out.extend(have.difference(wanted).map(|target| (*attr, *target, false)));
        out.extend(wanted.difference(&have).map(|target| (*attr, *target, true)));
    }
    out
}

fn check_password(forest: &Forest, new: &str) -> Outcome<()> {
    let least = account::domain_number(forest, known::MIN_PWD_LENGTH, 7);
    if password::acceptable(new, least) { Ok(()) } else { Err(Refusal::constraint(0x52d, "unicodePwd")) }
}

/// Sets a password and what goes with it.
pub(crate) fn set_password(forest: &mut Forest, id: EntryId, new: &str, now: jiff::Timestamp) -> Outcome<()> {
    forest.secrets.insert(id, Secret::new(new));
    let usn = forest.next_usn();
    let mut entry = forest.entry(id).clone();
    entry.put_text(known::PWD_LAST_SET, filetime(now).to_string());
    for attr in [known::PWD_LAST_SET, known::UNICODE_PWD] {
        entry.touch(attr, usn, now.as_second());
    }
    entry.usn_changed = usn;
    entry.changed = now.as_second();
    forest.replace(id, entry);
    Ok(())
}
