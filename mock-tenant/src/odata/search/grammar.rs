//! The grammar of `$search`: `"displayName:wa" AND ("mail:ana" OR "description:one")`.
//! Source: learn.microsoft.com/graph/search-query-parameter; msgraph-sdk-javascript issue 525 (no quotes).

use winnow::ascii::{multispace0, multispace1};
use winnow::combinator::{alt, cut_err, delimited, preceded, repeat, separated, terminated};
use winnow::prelude::*;
use winnow::token::none_of;

use crate::odata::ODataError;
use crate::odata::filter::Tree;

/// Parentheses inside one another.
const DEPTH_MAX: usize = 50;

/// The clauses, without their quotes, as they are joined.
pub(super) fn parse(text: &str) -> Result<Tree<String>, ODataError> {
    if text.chars().filter(|c| *c == '(').count() > DEPTH_MAX {
        return Err(ODataError::bad_request("Recursion depth exceeded allowed limit."));
    }
    let mut whole = delimited(multispace0, alternatives, multispace0);
    whole.parse(text).map_err(|error| refusal(text, error.offset()))
}

/// ODataLib reads words without quotes, of letters only, and tells the first character that is none.
fn refusal(text: &str, offset: usize) -> ODataError {
    let mut quoted = false;
    let bad = text.chars().enumerate().find(|(_, character)| {
        quoted ^= *character == '"';
        !quoted && !character.is_alphabetic() && !matches!(character, '"' | '(' | ')' | ' ')
    });
    ODataError::bad_request(match bad {
        Some((at, character)) => {
            format!("Syntax error: character '{character}' is not valid at position {at} in '{text}'.")
        }
        None => format!("Syntax error at position {offset} in '{text}'."),
    })
}

fn alternatives(input: &mut &str) -> ModalResult<Tree<String>> {
    separated(1.., conjunction, (multispace1, "OR", multispace1))
        .map(|parts: Vec<_>| one_or(parts, Tree::Or))
        .parse_next(input)
}

fn conjunction(input: &mut &str) -> ModalResult<Tree<String>> {
    separated(1.., operand, (multispace1, "AND", multispace1))
        .map(|parts: Vec<_>| one_or(parts, Tree::And))
        .parse_next(input)
}

fn one_or(
    mut parts: Vec<Tree<String>>,
    many: impl FnOnce(Vec<Tree<String>>) -> Tree<String>,
) -> Tree<String> {
    match (parts.len(), parts.pop()) {
        (1, Some(only)) => only,
        (_, last) => {
            parts.extend(last);
            many(parts)
        }
    }
}

fn operand(input: &mut &str) -> ModalResult<Tree<String>> {
    let close = (multispace0, ')');
    let inner = preceded(('(', multispace0), cut_err(terminated(alternatives, close)));
    alt((inner, quoted.map(Tree::Leaf))).parse_next(input)
}

/// A clause in double quotes; quotes and backslashes in it are led by a backslash.
fn quoted(input: &mut &str) -> ModalResult<String> {
    let escaped = preceded('\\', alt(('"', '\\')));
    let characters = repeat(0.., alt((escaped, none_of(['"', '\\']))));
    preceded('"', cut_err(terminated(characters, '"'))).parse_next(input)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clauses_are_joined_and_quotes_are_escaped() {
        let leaf = |text: &str| Tree::Leaf(text.to_owned());
        for (text, expected) in [
            (r#""displayName:wa""#, leaf("displayName:wa")),
            (r#""displayName:a \"b\" \\c""#, leaf(r#"displayName:a "b" \c"#)),
            (
                r#""a:1" AND ("b:2" OR "c:3")"#,
                Tree::And(vec![leaf("a:1"), Tree::Or(vec![leaf("b:2"), leaf("c:3")])]),
            ),
            (
                r#""a:1" OR "b:2" AND "c:3""#,
                Tree::Or(vec![leaf("a:1"), Tree::And(vec![leaf("b:2"), leaf("c:3")])]),
            ),
        ] {
            assert_eq!(parse(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_search_is_told_with_its_place() {
        for (text, message) in [
            (
                "displayName:aname",
                "Syntax error: character ':' is not valid at position 11 in 'displayName:aname'.",
            ),
            (r#""a:1" or "b:2""#, r#"Syntax error at position 6 in '"a:1" or "b:2"'."#),
            (r#""a:1"#, r#"Syntax error at position 4 in '"a:1'."#),
            ("", "Syntax error at position 0 in ''."),
        ] {
            assert_eq!(parse(text).unwrap_err().message, message, "{text}");
        }
        let deep = format!("{}\"a:1\"{}", "(".repeat(60), ")".repeat(60));
        assert_eq!(parse(&deep).unwrap_err().message, "Recursion depth exceeded allowed limit.");
    }
}
