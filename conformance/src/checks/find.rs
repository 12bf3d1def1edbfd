//! Octets in what a subject printed.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// The form in which some octets occur in an output, if they do: raw, as hex, as base64 (also broken into lines).
pub(super) fn printed(output: &[u8], octets: &[u8]) -> Option<&'static str> {
    if octets.is_empty() {
        return None;
    }
    if contains(output, octets) {
        return Some("raw");
    }
    let joined: Vec<u8> = output.iter().copied().filter(|b| !b.is_ascii_whitespace() && *b != b':').collect();
    let lower = joined.to_ascii_lowercase();
    if contains(&lower, hex::encode(octets).as_bytes()) {
        return Some("hex");
    }
    let forms = [STANDARD.encode(octets), STANDARD_NO_PAD.encode(octets), URL_SAFE_NO_PAD.encode(octets)];
    forms.iter().any(|f| contains(&joined, f.as_bytes())).then_some("base64")
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|w| w == needle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octets_are_found_in_every_form() {
        assert_eq!(printed(b"x secret y", b"secret"), Some("raw"));
        assert_eq!(printed(b"73:65:63:72:65:74", b"secret"), Some("hex"));
        assert_eq!(printed(b"c2Vj\ncmV0", b"secret"), Some("base64"));
        assert_eq!(printed(b"nothing", b"secret"), None);
        assert_eq!(printed(b"anything", b""), None);
    }
}
