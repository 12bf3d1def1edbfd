//! Literals.

use winnow::combinator::{alt, delimited, not, separated};
use winnow::prelude::*;
use winnow::token::take_while;

use super::ast::Literal;

/// Any literal.
pub(super) fn literal(input: &mut &str) -> ModalResult<Literal> {
    alt((text.map(Literal::Text), bare)).parse_next(input)
}

/// A text; a quote in it is written twice.
pub(super) fn text(input: &mut &str) -> ModalResult<String> {
    let piece = take_while(0.., |c| c != '\'');
    let pieces: Vec<&str> =
        delimited('\'', separated(1.., piece, "''"), ('\'', not('\''))).parse_next(input)?;
    Ok(pieces.join("'"))
}

/// Everything that has no quotes.
fn bare(input: &mut &str) -> ModalResult<Literal> {
    let token =
        take_while(1.., |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '+' | ':' | '.'));
    token.verify_map(classify).parse_next(input)
}

fn classify(token: &str) -> Option<Literal> {
    match token {
        "null" => Some(Literal::Null),
        "true" => Some(Literal::Bool(true)),
        "false" => Some(Literal::Bool(false)),
        _ => number_or_time(token),
    }
}

fn number_or_time(token: &str) -> Option<Literal> {
    if let Ok(number) = token.parse() {
        return Some(Literal::Int(number));
    }
    if token.len() == 36
        && let Ok(id) = token.parse()
    {
        return Some(Literal::Guid(id));
    }
    if token.len() == 10
        && let Ok(day) = token.parse()
    {
        return Some(Literal::Date(day));
    }
    token.parse().ok().map(Literal::Time)
}
