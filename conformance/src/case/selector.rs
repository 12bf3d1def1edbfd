//! How a case names one object.

use serde::{Deserialize, Serialize};

/// One object, as a case names it.
///
/// A bare word (`alice`) is an object of the directory, by sAMAccountName or cn, and its counterpart in the tenant is the
/// object that carries its source anchor. `upn:`, `mail:` and `anchor:` name an object of the tenant directly.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Selector {
    /// Source anchor in the tenant.
    Anchor(String),
    /// sAMAccountName or cn in the directory.
    Directory(String),
    /// Mail address in the tenant.
    Mail(String),
    /// userPrincipalName in the tenant.
    Upn(String),
}

impl TryFrom<String> for Selector {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match text.split_once(':') {
            Some((_, "")) => Err(format!("object `{text}`: nothing after the colon")),
            Some(("upn", rest)) => Ok(Self::Upn(rest.to_owned())),
            Some(("mail", rest)) => Ok(Self::Mail(rest.to_owned())),
            Some(("anchor", rest)) => Ok(Self::Anchor(rest.to_owned())),
            Some((other, _)) => Err(format!("object `{text}`: `{other}:` is none of upn:, mail:, anchor:")),
            None if text.trim().is_empty() => Err("object: empty name".to_owned()),
            None => Ok(Self::Directory(text)),
        }
    }
}

impl From<Selector> for String {
    fn from(selector: Selector) -> Self {
        selector.to_string()
    }
}

impl std::fmt::Display for Selector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Anchor(x) => write!(f, "anchor:{x}"),
            Self::Directory(x) => f.write_str(x),
            Self::Mail(x) => write!(f, "mail:{x}"),
            Self::Upn(x) => write!(f, "upn:{x}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_word_is_an_object_of_the_directory() {
        assert_eq!(Selector::try_from("alice".to_owned()), Ok(Selector::Directory("alice".into())));
    }

    #[test]
    fn prefixes_name_objects_of_the_tenant() {
        assert_eq!(Selector::try_from("upn:a@x".to_owned()), Ok(Selector::Upn("a@x".into())));
        assert_eq!(Selector::try_from("anchor:AA==".to_owned()), Ok(Selector::Anchor("AA==".into())));
    }

    #[test]
    fn unknown_and_empty_prefixes_are_refused() {
        assert!(Selector::try_from("dn:CN=x".to_owned()).unwrap_err().contains("none of upn:"));
        assert!(Selector::try_from("upn:".to_owned()).unwrap_err().contains("nothing after"));
        assert!(Selector::try_from(" ".to_owned()).is_err());
    }
}
