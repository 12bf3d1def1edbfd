//! Patterns for operations and targets.

/// Whether `text` fits `pattern`, in which each `*` stands for anything; upper and lower case are the same.
#[must_use]
pub fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.to_ascii_lowercase(), text.to_ascii_lowercase());
    let Some((head, rest)) = pattern.split_once('*') else { return pattern == text };
    text.strip_prefix(head).is_some_and(|text| tail_matches(rest, text))
}

/// `rest` follows a star: its parts must occur in order, the last one at the end.
fn tail_matches(rest: &str, mut text: &str) -> bool {
    let mut parts = rest.split('*');
    let last = parts.next_back().unwrap_or_default();
    for part in parts {
        let Some((_, after)) = text.split_once(part) else { return false };
        text = after;
    }
    text.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn stars_stand_for_anything() {
        for (pattern, text, expected) in [
            ("a.read", "a.read", true),
            ("a.read", "A.Read", true),
            ("a.read", "a.reads", false),
            ("a.*", "a.read", true),
            ("a.*", "b.read", false),
            ("*", "", true),
            ("CN=*,OU=x", "cn=alice,ou=X", true),
            ("CN=*,OU=x", "cn=alice,ou=y", false),
            ("*b*b", "abab", true),
            ("*b*b", "ab", false),
            ("a*a", "a", false),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }
}
