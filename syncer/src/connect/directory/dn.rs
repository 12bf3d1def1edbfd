//! Just enough of distinguished names to tell what lies below what.

/// A DN as a list of comparable RDNs: lower-cased, escapes resolved, spaces around separators gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Dn(Vec<Vec<u8>>);

impl Dn {
    /// Takes a DN apart (RFC 4514); never fails, garbage simply compares unequal.
    pub(super) fn parse(text: &str) -> Self {
        if text.trim().is_empty() {
            return Self(Vec::new());
        }
        Self(split_unescaped(text, ',').map(comparable_rdn).collect())
    }

    /// The same or below.
    pub(super) fn is_within(&self, ancestor: &Self) -> bool {
        self.0.ends_with(&ancestor.0)
    }

    /// How many RDNs.
    pub(super) fn depth(&self) -> usize {
        self.0.len()
    }
}

/// Attribute type and unescaped value of the first RDN (`CN=Joe,OU=…` → `cn`, `Joe`).
pub(super) fn leaf(text: &str) -> Option<(String, String)> {
    let (kind, value) = split_unescaped(text, ',').next()?.split_once('=')?;
    let value = String::from_utf8(unescape(value.trim())).ok()?;
    Some((kind.trim().to_ascii_lowercase(), value))
}

fn split_unescaped(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut escaped = false;
    text.split(move |c| {
        let splits = c == separator && !escaped;
        escaped = c == '\\' && !escaped;
        splits
    })
}

fn comparable_rdn(rdn: &str) -> Vec<u8> {
    let (kind, value) = rdn.split_once('=').unwrap_or((rdn, ""));
    let mut out = kind.trim().to_ascii_lowercase().into_bytes();
    out.push(b'=');
    let value = unescape(value.trim());
    match String::from_utf8(value) {
        Ok(text) => out.extend(text.to_lowercase().into_bytes()),
        Err(error) => out.extend(error.into_bytes()),
    }
    out
}

fn unescape(value: &str) -> Vec<u8> {
    let octets = value.as_bytes();
    let mut out = Vec::with_capacity(octets.len());
    let mut at = 0;
    while let Some(&octet) = octets.get(at) {
        let pair = octets.get(at + 1..at + 3).and_then(|pair| hex::decode(pair).ok());
        let (value, width) = match (octet, pair, octets.get(at + 1)) {
            (b'\\', Some(pair), _) => (pair[0], 3),
            (b'\\', None, Some(&plain)) => (plain, 2),
            _ => (octet, 1),
        };
        out.push(value);
        at += width;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_spaces_and_escape_forms_do_not_matter() {
        let a = Dn::parse("CN=Doe\\, John,OU=Staff,DC=corp,DC=test");
        let b = Dn::parse("cn = doe\\2c john , ou=staff, dc=CORP,dc=test");
        assert_eq!(a, b);
    }

    #[test]
    fn within_compares_whole_rdns() {
        let base = Dn::parse("OU=Staff,DC=corp,DC=test");
        assert!(Dn::parse("CN=a,OU=Staff,DC=corp,DC=test").is_within(&base));
        assert!(base.is_within(&base));
        assert!(!Dn::parse("CN=a,OU=NoStaff,DC=corp,DC=test").is_within(&base));
        assert!(!Dn::parse("CN=x\\,OU=Staff,DC=corp,DC=test").is_within(&base));
    }

    #[test]
    fn leaf_gives_the_unescaped_name() {
        assert_eq!(leaf("CN=Doe\\, John,OU=S"), Some(("cn".into(), "Doe, John".into())));
        assert_eq!(leaf("CN=a\\0ADEL:1,DC=x"), Some(("cn".into(), "a\nDEL:1".into())));
        assert_eq!(leaf(""), None);
    }

    #[test]
    fn trailing_backslash_does_no_harm() {
        assert_eq!(Dn::parse("CN=a\\").depth(), 1);
    }
}
