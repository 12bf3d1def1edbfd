//! The little that the engine needs to know of distinguished names: parents, subtrees, domain components.
//!
//! DNs are compared as AD writes them, without case; a backslash escapes the next character.

/// The first RDN of `dn` and what follows its comma.
fn split_rdn(dn: &str) -> (&str, Option<&str>) {
    let mut escaped = false;
    let cuts = |c| {
        let cuts = c == ',' && !escaped;
        escaped = c == '\\' && !escaped;
        cuts
    };
    let mut parts = dn.splitn(2, cuts);
    (parts.next().unwrap_or_default(), parts.next())
}

/// What is left of `dn` in front of `,base`, if it lies below `base` (compared without case).
#[must_use]
pub(super) fn below<'a>(dn: &'a str, base: &str) -> Option<&'a str> {
    let cut = dn.len().checked_sub(base.len() + 1)?;
    let (head, tail) = (dn.get(..cut)?, dn.get(cut..)?);
    (same(tail.strip_prefix(',')?, base) && !ends_escaped(head)).then_some(head)
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
        let (rdn, up) = split_rdn(here);
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
    fn rdns_end_at_a_comma_that_is_not_escaped() {
        assert_eq!(split_rdn(r"CN=Doe\, John,OU=A,DC=x"), (r"CN=Doe\, John", Some("OU=A,DC=x")));
        assert_eq!(split_rdn(r"CN=a\\,OU=A"), (r"CN=a\\", Some("OU=A")));
        assert_eq!(split_rdn("DC=x"), ("DC=x", None));
        assert_eq!(split_rdn(""), ("", None));
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
