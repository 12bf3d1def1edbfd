//! A parsed DN: compare, print, take apart.

use std::fmt;

use super::parse::{self, DnError};
use crate::schema::fold_name;

/// One relative distinguished name. AD has no multi-valued ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rdn {
    /// Attribute type as written (`CN`, `ou`, `2.5.4.3`).
    pub attr: Box<str>,
    /// The value, unescaped.
    pub value: Box<str>,
}

impl Rdn {
    /// Makes one from its parts.
    #[must_use]
    pub fn new(attr: &str, value: &str) -> Self {
        Self { attr: attr.into(), value: value.into() }
    }

    /// The value as it stands in a DN.
    #[must_use]
    pub fn escaped(&self) -> String {
        let mut text = self.to_string();
        text.split_off(self.attr.len() + 1)
    }

    /// True if both are the same RDN. Equal texts, by far the most, are told without folding.
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        self.attr.eq_ignore_ascii_case(&other.attr)
            && (self.value == other.value || fold_name(&self.value) == fold_name(&other.value))
    }

    /// The form under which two RDNs are equal.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{}={}", self.attr.to_ascii_lowercase(), fold_name(&self.value))
    }
}

impl fmt::Display for Rdn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}=", self.attr)?;
        write_value(f, &self.value)
    }
}

/// The characters that AD prefixes with a backslash, and those it writes as a hex pair (observed on a Samba AD DC;
/// RFC 4514 §2.4 allows either for each).
fn write_value(f: &mut fmt::Formatter<'_>, value: &str) -> fmt::Result {
    let last = value.len().saturating_sub(1);
    for (at, c) in value.char_indices() {
        match c {
            ' ' if at == 0 || at == last => f.write_str("\\ ")?,
            ',' | '+' | '"' | '\\' | '<' | '>' | '#' => write!(f, "\\{c}")?,
            ';' | '=' | '\n' | '\r' | '\0' => write!(f, "\\{:02X}", c as u32)?,
            _ => write!(f, "{c}")?,
        }
    }
    Ok(())
}

/// A distinguished name, leaf first. Empty = the rootDSE.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Dn(pub Vec<Rdn>);

impl Dn {
    /// Reads a DN.
    ///
    /// # Errors
    /// Where the text stops being a DN and why; multi-valued RDNs are refused, as by AD.
    pub fn parse(text: &str) -> Result<Self, DnError> {
        parse::dn(text)
    }

    /// True for the empty DN.
    #[must_use]
    pub const fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The leftmost RDN.
    #[must_use]
    pub fn rdn(&self) -> Option<&Rdn> {
        self.0.first()
    }

    /// Everything but the leftmost RDN.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        self.0.split_first().map(|(_, rest)| Self(rest.to_vec()))
    }

    /// This DN with one more RDN on the left.
    #[must_use]
    pub fn child(&self, rdn: Rdn) -> Self {
        Self(std::iter::once(rdn).chain(self.0.iter().cloned()).collect())
    }

    /// The form under which two DNs are equal, as one string.
    #[must_use]
    pub fn key(&self) -> String {
        let keys: Vec<String> = self.0.iter().map(Rdn::key).collect();
        keys.join("\0")
    }

    /// True if both name the same object (case, inner spaces and spelling of escapes don't count).
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        self.0.len() == other.0.len() && self.0.iter().zip(&other.0).all(|(a, b)| a.same(b))
    }

    /// How many RDNs of `self` stand left of `suffix`; `None` if it does not end in it.
    #[must_use]
    pub fn depth_below(&self, suffix: &Self) -> Option<usize> {
        let above = self.0.len().checked_sub(suffix.0.len())?;
        self.0[above..].iter().zip(&suffix.0).all(|(a, b)| a.same(b)).then_some(above)
    }

    /// The DNS name of a DN made of `DC` parts (`DC=corp,DC=test` → `corp.test`), leading other parts left out.
    #[must_use]
    pub fn dns_name(&self) -> String {
        let labels: Vec<&str> =
            self.0.iter().filter(|rdn| rdn.attr.eq_ignore_ascii_case("dc")).map(|rdn| &*rdn.value).collect();
        labels.join(".")
    }
}

impl fmt::Display for Dn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, rdn) in self.0.iter().enumerate() {
            if at > 0 {
                f.write_str(",")?;
            }
            write!(f, "{rdn}")?;
        }
        Ok(())
    }
}
