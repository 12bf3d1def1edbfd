//! The little that the engine needs to know of distinguished names: parents, subtrees, domain components.
//!
//! DNs are compared as AD writes them, without case; a backslash escapes the next character.

/// `dn` without its first RDN; `None` for a DN of one RDN or none.
#[must_use]
pub(super) fn parent(dn: &str) -> Option<&str> {
    let mut escaped = false;
    for (at, character) in dn.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            ',' => return Some(&dn[at + 1..]),
            _ => {}
        }
    }
    None
}

/// What is left of `dn` in front of `,base`, if it lies below `base` (compared without case).
#[must_use]
pub(super) fn below<'a>(dn: &'a str, base: &str) -> Option<&'a str> {
    let cut = dn.len().checked_sub(base.len() + 1)?;
    let (head, tail) = (dn.get(..cut)?, dn.get(cut..)?);
    (tail.starts_with(',') && same(&tail[1..], base) && !ends_escaped(head)).then_some(head)
}

/// The backslash before the cut escapes the comma: the comma belongs to a value.
fn ends_escaped(head: &str) -> bool {
    head.bytes().rev().take_while(|b| *b == b'\\').count() % 2 == 1
}

/// `dn` is `base` or lies below it.
#[must_use]
pub(super) fn within(dn: &str, base: &str) -> bool {
    same(dn, base) || below(dn, base).is_some()
}

/// Two DNs are the same text, case aside.
#[must_use]
pub(super) fn same(a: &str, b: &str) -> bool {
    a == b || folded(a) == folded(b)
}

/// The form of `dn` by which it is looked up.
#[must_use]
pub(super) fn folded(dn: &str) -> String {
    dn.to_lowercase()
}

/// `corp.example.test` of `…,DC=corp,DC=example,DC=test`; empty if there is no domain component.
#[must_use]
pub(super) fn domain_of(dn: &str) -> String {
    let mut labels = Vec::new();
    let mut rest = Some(dn);
    while let Some(here) = rest {
        let up = parent(here);
        let rdn = &here[..here.len() - up.map_or(0, |u| u.len() + 1)];
        if let Some((kind, value)) = rdn.split_once('=')
            && kind.trim().eq_ignore_ascii_case("dc")
        {
            labels.push(value);
        }
        rest = up;
    }
    labels.join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parents_respect_escapes() {
        assert_eq!(parent(r"CN=Doe\, John,OU=A,DC=x"), Some("OU=A,DC=x"));
        assert_eq!(parent(r"CN=a\\,OU=A"), Some("OU=A"));
        assert_eq!(parent("DC=x"), None);
        assert_eq!(parent(""), None);
    }

    #[test]
    fn subtrees() {
        assert_eq!(below("CN=é,ou=a,dc=X", "OU=A,DC=x"), Some("CN=é"));
        assert!(within("OU=A,DC=x", "ou=a,dc=x"));
        assert!(!within("CN=b,OU=AA,DC=x", "OU=A,DC=x"));
        assert!(!within(r"CN=b\,OU=A,DC=x", "OU=A,DC=x"), "an escaped comma is no boundary");
        assert!(!within("x", "OU=A,DC=x"));
    }

    #[test]
    fn domain_from_components() {
        assert_eq!(domain_of("CN=a,OU=b,DC=corp,DC=example,DC=test"), "corp.example.test");
        assert_eq!(domain_of("CN=a"), "");
    }
}
