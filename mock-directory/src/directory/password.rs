//! Passwords: kept as digests, set through unicodePwd, never read back.

use sha2::{Digest, Sha256};

/// A password that was set.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret([u8; 32]);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(hidden)")
    }
}

impl Secret {
    pub(crate) fn new(password: &str) -> Self {
        Self(Sha256::digest(password.as_bytes()).into())
    }

    pub(crate) fn matches(&self, password: &[u8]) -> bool {
        self.0 == <[u8; 32]>::from(Sha256::digest(password))
    }
}

/// The text in a unicodePwd value: UTF-16LE in quotation marks (MS-ADTS 3.1.1.3.1.5.1).
pub(crate) fn unquote(value: &[u8]) -> Option<String> {
    let (pairs, rest) = value.as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    let units: Vec<u16> = pairs.iter().map(|pair| u16::from_le_bytes(*pair)).collect();
    let text = String::from_utf16(&units).ok()?;
    text.strip_prefix('"')?.strip_suffix('"').map(str::to_owned)
}

/// What unicodePwd wants for a password.
#[cfg(test)]
pub(crate) fn quote(password: &str) -> Vec<u8> {
    format!("\"{password}\"").encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// AD's complexity rule as far as it doesn't depend on the name: minimal length, three of four kinds of characters.
pub(crate) fn acceptable(password: &str, least: i64) -> bool {
    let kinds = [
        password.chars().any(char::is_lowercase),
        password.chars().any(char::is_uppercase),
        password.chars().any(|c| c.is_ascii_digit()),
        password.chars().any(|c| !c.is_alphanumeric()),
    ];
    let length = i64::try_from(password.chars().count()).unwrap_or(i64::MAX);
    length >= least && kinds.iter().filter(|has| **has).count() >= 3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unicode_pwd_is_quoted_utf16() {
        assert_eq!(unquote(&quote("Passw0rd!x")).as_deref(), Some("Passw0rd!x"));
        assert_eq!(unquote(b"plain"), None);
        assert_eq!(unquote(&quote("a")[2..]), None);
        assert!(acceptable("Passw0rd!x", 7) && !acceptable("password", 7) && !acceptable("Pw0!", 7));
    }

    #[test]
    fn secrets_compare_and_stay_hidden() {
        let secret = Secret::new("Passw0rd!x");
        assert!(secret.matches(b"Passw0rd!x") && !secret.matches(b"passw0rd!x"));
        assert_eq!(format!("{secret:?}"), "Secret(hidden)");
    }
}
