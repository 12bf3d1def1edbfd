//! `$search` on directory objects: `"displayName:wa" AND ("mail:ana" OR "description:one")`.
//! Source: learn.microsoft.com/graph/search-query-parameter; error texts: aad-advanced-queries (no header) and
//! msgraph-sdk-javascript issue 525 (no quotes). The texts for other bad clauses are assumed.

use std::sync::Arc;

use winnow::ascii::{multispace0, multispace1};
use winnow::combinator::{alt, cut_err, delimited, preceded, repeat, separated, terminated};
use winnow::prelude::*;
use winnow::token::none_of;

use super::filter::{Filter, Leaf, Tree};
use super::schema::{EntityType, Found, Property};
use super::tokens;
use super::value::{Value, starts_with};
use super::{EdmType, ODataError};

/// Parentheses inside one another.
const DEPTH_MAX: usize = 50;

/// Properties whose words are searched; others are searched by their beginning.
const TOKENISED: &[&str] = &["displayName", "description"];

/// What a value must have to be found.
#[derive(Debug)]
pub(super) enum Sought {
    /// All these words, in any order.
    Words(Vec<String>),
    /// This beginning.
    Beginning(String),
}

/// Reads a search and checks it against the type. `eventual`: `ConsistencyLevel: eventual` was sent.
///
/// # Errors
/// No header, bad syntax, a clause without a property, a property that can't be searched.
pub(super) fn parse_search<T>(
    text: &str,
    entity: &EntityType<T>,
    eventual: bool,
) -> Result<Filter<T>, ODataError> {
    if !eventual {
        return Err(ODataError::unsupported(
            "Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'",
        ));
    }
    let tree = parse(text)?;
    Ok(Filter(tree.try_map(&mut |clause: String| bind(&clause, entity))?))
}

impl Sought {
    /// Whether the value, or one of its elements, is found.
    pub(super) fn holds(&self, value: &Value<'_>) -> bool {
        match value {
            Value::Text(text) => self.is_in(text),
            Value::Texts(list) => list.iter().any(|text| self.is_in(text)),
            _ => false,
        }
    }

    fn is_in(&self, text: &str) -> bool {
        match self {
            Self::Words(words) => tokens::matches(text, words),
            Self::Beginning(beginning) => starts_with(text, beginning),
        }
    }
}

fn bind<T>(clause: &str, entity: &EntityType<T>) -> Result<Leaf<T>, ODataError> {
    let (name, text) = clause.split_once(':').ok_or_else(|| {
        ODataError::request(format!(
            "Invalid search clause '{clause}': expected '<property>:<text to search>'."
        ))
    })?;
    let property = searchable(name.trim(), entity)?;
    let sought = sought(&property.name, text.trim());
    Ok(Leaf::Search(property, sought))
}

fn sought(name: &str, text: &str) -> Sought {
    if TOKENISED.contains(&name) {
        return Sought::Words(tokens::words(text));
    }
    Sought::Beginning(text.to_owned())
}

/// "Any property that can be used in $filter", of type String.
fn searchable<T>(name: &str, entity: &EntityType<T>) -> Result<Arc<Property<T>>, ODataError> {
    let is_open = |property: &Property<T>| {
        property.edm == EdmType::String
            && (property.ops.eq.is_open(true) || property.ops.starts.is_open(true))
    };
    match entity.find(name) {
        Found::Served(property) if is_open(&property) => Ok(property),
        Found::Served(property) => Err(ODataError::unsupported(format!(
            "Property '{}' of resource '{}' is not searchable.",
            property.name, entity.resource
        ))),
        Found::Unserved(known) => {
            Err(ODataError::not_by_double(&format!("$search on the property '{known}'")))
        }
        Found::Unknown => Err(ODataError::bad_request(format!(
            "Could not find a property named '{name}' on type '{}'.",
            entity.name
        ))),
    }
}

fn parse(text: &str) -> Result<Tree<String>, ODataError> {
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
