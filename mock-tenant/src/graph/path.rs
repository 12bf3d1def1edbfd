//! The segments of a path.

use percent_encoding::percent_decode_str;

/// One segment: a name, and what stands in parentheses after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Segment {
    /// `users` of `users('a')`.
    pub(super) name: String,
    /// The key in parentheses.
    pub(super) key: Option<Key>,
}

/// What an object is found by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key {
    /// `appId` of `(appId='…')`; `None`: the primary key.
    pub(super) property: Option<String>,
    /// Its value, without quotes.
    pub(super) value: String,
}

impl Key {
    /// It is this value of the primary key, or of that alternate one.
    pub(super) fn is(&self, primary: &str, alternate: Option<(&str, &str)>) -> bool {
        let wanted = match (&self.property, alternate) {
            (None, _) => Some(primary),
            (Some(property), Some((name, value))) if property.eq_ignore_ascii_case(name) => Some(value),
            _ => None,
        };
        wanted.is_some_and(|wanted| wanted.eq_ignore_ascii_case(&self.value))
    }

    /// A primary key.
    pub(super) fn primary(value: impl Into<String>) -> Self {
        Self { property: None, value: value.into() }
    }
}

/// Decoded segments. A slash that is percent-encoded belongs to its segment.
pub(super) fn segments(path: &str) -> Vec<Segment> {
    let raw = path.split('/').filter(|segment| !segment.is_empty());
    raw.map(|segment| Segment::read(&percent_decode_str(segment).decode_utf8_lossy())).collect()
}

impl Segment {
    /// `users('a')`, `users(a)`, `servicePrincipals(appId='a')`; the `()` of a function is dropped.
    fn read(text: &str) -> Self {
        let inside = text.strip_suffix(')').and_then(|start| start.split_once('('));
        match inside {
            Some((name, "")) => Self { name: name.to_owned(), key: None },
            Some((name, key)) if !name.is_empty() => Self { name: name.to_owned(), key: Some(key_of(key)) },
            _ => Self { name: text.to_owned(), key: None },
        }
    }
}

fn key_of(text: &str) -> Key {
    match text.split_once('=') {
        Some((property, value)) if is_name(property) => {
            Key { property: Some(property.to_owned()), value: unquoted(value) }
        }
        _ => Key::primary(unquoted(text)),
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric())
}

fn unquoted(text: &str) -> String {
    let inner = text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
    inner.unwrap_or(text).replace("''", "'")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_keys_are_told_apart() {
        for (text, name, key) in [
            ("users", "users", None),
            ("users('a')", "users", Some(Key::primary("a"))),
            ("users(a)", "users", Some(Key::primary("a"))),
            ("users('o''neil@x.test')", "users", Some(Key::primary("o'neil@x.test"))),
            ("users('a=b')", "users", Some(Key::primary("a=b"))),
            ("delta()", "delta", None),
            (
                "applications(appId='1-2')",
                "applications",
                Some(Key { property: Some("appId".to_owned()), value: "1-2".to_owned() }),
            ),
            ("(x)", "(x)", None),
            ("a%40b", "a@b", None),
            ("a%2Fb", "a/b", None),
        ] {
            assert_eq!(segments(text), [Segment { name: name.to_owned(), key }], "{text}");
        }
        assert_eq!(segments("//users//a/").len(), 2);
    }
}
