//! How `$search` takes texts apart.
//! Source: learn.microsoft.com/graph/search-query-parameter, "Using $search on directory object collections".

/// The words of a text in lower case: parted by blanks, by a change from small to capital letters, by a change between
/// letters and digits; each symbol is a word of its own.
pub(super) fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut before = Class::Blank;
    for character in text.chars() {
        let class = Class::of(character);
        if class != Class::Blank {
            match words.last_mut() {
                Some(word) if before.goes_on(class) => word.extend(character.to_lowercase()),
                _ => words.push(character.to_lowercase().collect()),
            }
        }
        before = class;
    }
    words
}

/// The words under which a value is found: its own, and those that only symbols part, joined: `hello.world` is also
/// `helloworld`.
pub(super) fn indexed(text: &str) -> Vec<String> {
    let is_symbol = |c: char| Class::of(c) == Class::Symbol;
    let joined = text.split_whitespace().filter(|run| run.contains(is_symbol));
    let joined = joined.map(|run| run.replace(is_symbol, "").to_lowercase()).filter(|run| !run.is_empty());
    words(text).into_iter().chain(joined).collect()
}

/// Whether every sought word begins one of the value's, in any order.
pub(super) fn matches(value: &str, sought: &[String]) -> bool {
    let value = indexed(value);
    sought.iter().all(|word| value.iter().any(|known| known.starts_with(word.as_str())))
}

/// What a character is to a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Blank,
    Digit,
    Small,
    Capital,
    Symbol,
}

impl Class {
    fn of(character: char) -> Self {
        match character {
            c if c.is_whitespace() => Self::Blank,
            c if c.is_numeric() => Self::Digit,
            c if c.is_uppercase() => Self::Capital,
            c if c.is_alphabetic() => Self::Small,
            _ => Self::Symbol,
        }
    }

    /// Whether a character of class `next` belongs to the same word.
    const fn goes_on(self, next: Self) -> bool {
        matches!(
            (self, next),
            (Self::Digit, Self::Digit)
                | (Self::Small, Self::Small)
                | (Self::Capital, Self::Small | Self::Capital)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_parted_as_documented() {
        for (text, expected) in [
            ("hello world", "hello world"),
            ("HelloWorld", "hello world"),
            ("helloWORLD", "hello world"),
            ("HELLOworld", "helloworld"),
            ("HelloWORld", "hello world"),
            ("hello.world", "hello . world"),
            ("hello123world", "hello 123 world"),
        ] {
            assert_eq!(words(text).join(" "), expected, "{text}");
        }
        assert_eq!(indexed("hello.world").join(" "), "hello . world helloworld");
    }

    #[test]
    fn words_match_by_their_beginning_in_any_order() {
        let value = "李四(David Li)";
        for sought in ["李四(David Li)", "李四", "David", "Li", "David)", "(李四", "Li 李", "dav"] {
            assert!(matches(value, &words(sought)), "{sought}");
        }
        for sought in ["avid", "Lisa", "David Lee"] {
            assert!(!matches(value, &words(sought)), "{sought}");
        }
        assert!(matches("hello-world", &words("helloworld")));
        assert!(!matches("Ball", &words("all")));
    }
}
