//! What is told about a filter that can't be read.
//! Source: the texts of ODataLib (Microsoft.OData.Core, ExpressionLexer and UriQueryExpressionParser), as seen in
//! msgraph-sdk-dotnet issue 2586 and stackoverflow.com question 52321911.

use super::refusal::clause;
use crate::odata::ODataError;

/// Functions of the language that no directory object supports. Source: OData 4.01, URL conventions, 5.1.1.5 to 5.1.1.13.
const CANONICAL: &[&str] = &[
    "cast",
    "ceiling",
    "concat",
    "date",
    "day",
    "floor",
    "hour",
    "indexof",
    "isof",
    "length",
    "matchespattern",
    "maxdatetime",
    "mindatetime",
    "minute",
    "month",
    "now",
    "round",
    "second",
    "substring",
    "time",
    "tolower",
    "totaloffsetminutes",
    "toupper",
    "trim",
    "year",
];

/// Words that a parenthesis may follow.
const WORDS: &[&str] = &["all", "and", "any", "contains", "endswith", "has", "in", "not", "or", "startswith"];

/// The refusal of a text whose reading stopped at an octet.
pub(super) fn refusal(text: &str, offset: usize) -> ODataError {
    let outside = outside_of_quotes(text);
    if text.matches('\'').count() % 2 == 1 {
        let end = text.chars().count();
        return clause(&format!("There is an unterminated string literal at position {end} in '{text}'."));
    }
    if let Some((at, character)) =
        outside.chars().enumerate().find(|(_, character)| !is_of_language(*character))
    {
        return clause(&format!(
            "Syntax error: character '{character}' is not valid at position {at} in '{text}'."
        ));
    }
    match function(&outside) {
        Some(name) if CANONICAL.contains(&name.to_lowercase().as_str()) => {
            ODataError::unsupported("Unsupported Query.")
        }
        Some(name) => clause(&format!(
            "An unknown function with name '{name}' was found. This may also be a function import or a key lookup on a navigation property, which is not allowed."
        )),
        None => clause(&format!("Syntax error at position {} in '{text}'.", characters_before(text, offset))),
    }
}

/// The text with blanks for what stands between quotes, so that positions stay.
pub(super) fn outside_of_quotes(text: &str) -> String {
    let mut quoted = false;
    let shown = |character: char| {
        let was_quoted = quoted;
        quoted ^= character == '\'';
        if was_quoted || quoted { ' ' } else { character }
    };
    text.chars().map(shown).collect()
}

fn is_of_language(character: char) -> bool {
    character.is_alphanumeric() || character.is_whitespace() || "_@./(),:-+$*='".contains(character)
}

/// The first name before a parenthesis that is none of the language's words.
fn function(outside: &str) -> Option<&str> {
    let before = outside.split('(').rev().skip(1).collect::<Vec<_>>();
    let names = before.into_iter().rev().map(|part| {
        part.rsplit(|character: char| !(character.is_alphanumeric() || character == '_' || character == '/'))
            .next()
    });
    names.flatten().find(|name| !name.is_empty() && !name.contains('/') && !is_word(name))
}

fn is_word(name: &str) -> bool {
    WORDS.iter().any(|word| word.eq_ignore_ascii_case(name))
}

fn characters_before(text: &str, offset: usize) -> usize {
    text.char_indices().take_while(|(at, _)| *at < offset).count()
}
