//! Changes of the directory as LDIF change records (RFC 2849), as an administrator's tool would send them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::case::{AddObject, AttributeValues, DirectoryOp, Move, Rename, SetAttributes, ValueError, Values};
use crate::oracle::DirectoryView;

/// Why a change can't be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChangeError {
    /// No such object.
    #[error("the directory has no object `{0}`")]
    NoObject(String),
    /// A value that can't be made.
    #[error(transparent)]
    Value(#[from] ValueError),
}

/// Where changes are made: what the directory holds now, what it held before, its base.
pub(super) struct Place<'a> {
    /// Now.
    pub(super) view: &'a DirectoryView,
    /// Last known objectGUID and DN of objects by lower-cased name, deleted ones too.
    pub(super) known: &'a BTreeMap<String, (Vec<u8>, String)>,
    /// DN of the domain.
    pub(super) base: &'a str,
    /// Named values.
    pub(super) values: &'a Values,
}

/// The change records of one operation.
///
/// # Errors
/// An object or value that is not there.
pub(super) fn records(op: &DirectoryOp, place: &Place<'_>) -> Result<String, ChangeError> {
    match op {
        DirectoryOp::Add(add) => place.add(add),
        DirectoryOp::AddValues(x) => place.modify(&x.object, |out| place.values_of(out, "add", x)),
        DirectoryOp::Delete(object) => Ok(format!("{}changetype: delete\n\n", dn_line(&place.dn(object)?))),
        DirectoryOp::DeleteAll(container) => Ok(place.delete_all(container)),
        DirectoryOp::Ldif(text) => Ok(text.clone()),
        DirectoryOp::Move(m) => place.relocate(m),
        DirectoryOp::Remove(r) => place.modify(&r.object, |out| {
            for attribute in &r.attributes {
                let _ = writeln!(out, "delete: {attribute}\n-");
            }
            Ok(())
        }),
        DirectoryOp::RemoveValues(x) => place.modify(&x.object, |out| place.values_of(out, "delete", x)),
        DirectoryOp::Rename(r) => place.rename(r),
        DirectoryOp::Set(set) => place.modify(&set.object, |out| place.replace(out, set)),
        DirectoryOp::Undelete(object) => place.undelete(object),
    }
}

impl Place<'_> {
    /// The DN of an object by sAMAccountName or cn, or of a container by its DN below the domain.
    fn dn(&self, object: &str) -> Result<String, ChangeError> {
        if let Some(found) = self.view.find(object) {
            return Ok(found.dn.clone());
        }
        let below = format!("{object},{}", self.base);
        let wanted = [object, &below];
        let found = self.view.objects.values().find(|o| wanted.iter().any(|w| o.dn.eq_ignore_ascii_case(w)));
        found.map(|o| o.dn.clone()).ok_or_else(|| ChangeError::NoObject(object.to_owned()))
    }

    fn modify(
        &self,
        object: &str,
        body: impl FnOnce(&mut String) -> Result<(), ChangeError>,
    ) -> Result<String, ChangeError> {
        let mut out = format!("{}changetype: modify\n", dn_line(&self.dn(object)?));
        body(&mut out)?;
        out.push('\n');
        Ok(out)
    }

    fn values_of(&self, out: &mut String, what: &str, x: &AttributeValues) -> Result<(), ChangeError> {
        let _ = writeln!(out, "{what}: {}", x.attribute);
        for value in self.values.octets(&x.values)? {
            out.push_str(&encoded(&x.attribute, &value));
        }
        out.push_str("-\n");
        Ok(())
    }

    fn replace(&self, out: &mut String, set: &SetAttributes) -> Result<(), ChangeError> {
        for (name, value) in &set.attributes {
            let _ = writeln!(out, "replace: {name}");
            for value in self.values.octets(value)? {
                out.push_str(&encoded(name, &value));
            }
            out.push_str("-\n");
        }
        Ok(())
    }

    fn add(&self, add: &AddObject) -> Result<String, ChangeError> {
        let mut out = format!("{}changetype: add\n", dn_line(&format!("{},{}", add.dn, self.base)));
        for (name, value) in &add.attributes {
            for value in self.values.octets(value)? {
                out.push_str(&encoded(name, &value));
            }
        }
        out.push('\n');
        Ok(out)
    }

    /// Everything below a container, deepest first.
    fn delete_all(&self, container: &str) -> String {
        let suffix = format!(",{container},{}", self.base).to_lowercase();
        let live = self.view.objects.values().filter(|o| !o.is_deleted());
        let mut dns: Vec<_> =
            live.map(|o| o.dn.as_str()).filter(|dn| dn.to_lowercase().ends_with(&suffix)).collect();
        dns.sort_by_key(|dn| (std::cmp::Reverse(dn.matches(',').count()), *dn));
        dns.iter().map(|dn| format!("{}changetype: delete\n\n", dn_line(dn))).collect()
    }

    fn rename(&self, r: &Rename) -> Result<String, ChangeError> {
        let dn = self.dn(&r.object)?;
        let new = encoded("newrdn", r.to.as_bytes());
        Ok(format!("{}changetype: modrdn\n{new}deleteoldrdn: 1\n\n", dn_line(&dn)))
    }

    fn relocate(&self, m: &Move) -> Result<String, ChangeError> {
        let dn = self.dn(&m.object)?;
        let same = encoded("newrdn", rdn(&dn).as_bytes());
        let superior = encoded("newsuperior", format!("{},{}", m.to, self.base).as_bytes());
        Ok(format!("{}changetype: modrdn\n{same}deleteoldrdn: 1\n{superior}\n", dn_line(&dn)))
    }

    /// Reanimation: isDeleted goes and distinguishedName is what it was (MS-ADTS 3.1.1.5.3.7).
    fn undelete(&self, object: &str) -> Result<String, ChangeError> {
        let missing = || ChangeError::NoObject(object.to_owned());
        let (guid, dn) = self.known.get(&object.to_lowercase()).ok_or_else(missing)?;
        let grave = self.view.objects.get(guid).ok_or_else(missing)?;
        let body = "changetype: modify\ndelete: isDeleted\n-\nreplace: distinguishedName\n";
        let name = encoded("distinguishedName", dn.as_bytes());
        Ok(format!("{}{body}{name}-\n\n", dn_line(&grave.dn)))
    }
}

fn dn_line(dn: &str) -> String {
    encoded("dn", dn.as_bytes())
}

fn encoded(name: &str, value: &[u8]) -> String {
    format!("{name}:: {}\n", STANDARD.encode(value))
}

/// The first RDN of a DN, escapes respected.
fn rdn(dn: &str) -> &str {
    let mut escaped = false;
    let ends = |c| {
        let ends = c == ',' && !escaped;
        escaped = c == '\\' && !escaped;
        ends
    };
    dn.split(ends).next().unwrap_or(dn)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(op: &DirectoryOp) -> Result<String, ChangeError> {
        let ldif = "dn: CN=Smith\\, Al,OU=A,DC=x\ncn: Smith, Al\nsAMAccountName: al\nobjectGUID:: AQ==\n\n\
                    dn: OU=A,DC=x\nou: A\nname: A\nobjectGUID:: Ag==\n";
        let (view, known) = (DirectoryView::from_ldif(ldif).unwrap(), BTreeMap::new());
        records(op, &Place { view: &view, known: &known, base: "DC=x", values: &Values::default() })
    }

    #[test]
    fn objects_are_found_by_name_and_by_dn() {
        let al = STANDARD.encode("CN=Smith\\, Al,OU=A,DC=x");
        let out = text(&DirectoryOp::Delete("AL".into())).unwrap();
        assert_eq!(out, format!("dn:: {al}\nchangetype: delete\n\n"));
        assert!(text(&DirectoryOp::Delete("OU=A".into())).is_ok());
        assert_eq!(text(&DirectoryOp::Delete("bob".into())), Err(ChangeError::NoObject("bob".into())));
    }

    #[test]
    fn a_move_keeps_the_rdn_with_its_escapes() {
        assert_eq!(rdn("CN=Smith\\, Al,OU=A"), "CN=Smith\\, Al");
        assert_eq!(rdn("CN=a\\\\,OU=A"), "CN=a\\\\");
        let out = text(&DirectoryOp::Move(Move { object: "al".into(), to: "OU=B".into() })).unwrap();
        assert!(out.contains(&encoded("newsuperior", b"OU=B,DC=x")), "{out}");
        assert!(out.contains(&encoded("newrdn", b"CN=Smith\\, Al")), "{out}");
    }

    #[test]
    fn everything_below_a_container_goes() {
        let out = text(&DirectoryOp::DeleteAll("OU=A".into())).unwrap();
        assert_eq!(out.matches("changetype: delete").count(), 1);
    }
}
