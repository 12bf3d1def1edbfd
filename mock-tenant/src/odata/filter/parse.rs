//! The grammar of `$filter`.
//! Source: OData 4.01 URL conventions and ABNF; operator and function names in any letter case, as Graph takes them.

use winnow::ascii::{multispace0, multispace1};
use winnow::combinator::{alt, cut_err, delimited, opt, preceded, separated, terminated};
use winnow::prelude::*;
use winnow::token::{one_of, take_while};

use super::ast::{Clause, CompareOp, Lambda, Path, Quantifier, StringFunction, Test, Tree};
use super::literal::{literal, text};
use super::refusal::clause;
use super::syntax;
use crate::odata::ODataError;

/// Parentheses and `not`s inside one another; ODataLib has such a limit too.
const DEPTH_MAX: usize = 50;

/// Reads a filter.
///
/// # Errors
/// `BadRequest` with the position of the first character that does not fit.
pub fn parse_filter(text: &str) -> Result<Tree<Clause>, ODataError> {
    if depth(text) > DEPTH_MAX {
        return Err(clause("Recursion depth exceeded allowed limit."));
    }
    let mut whole = delimited(multispace0, disjunction, multispace0);
    whole.parse(text).map_err(|error| syntax::refusal(text, error.offset()))
}

/// An upper bound of how deep the parser will go: parentheses and words `not`, outside of texts.
fn depth(text: &str) -> usize {
    let outside = syntax::outside_of_quotes(text);
    let (mut open, mut deepest) = (0_usize, 0);
    for octet in outside.bytes() {
        match octet {
            b'(' => open += 1,
            b')' => open = open.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(open);
    }
    let nots =
        outside.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| word.eq_ignore_ascii_case("not"));
    deepest + nots.count()
}

fn disjunction(input: &mut &str) -> ModalResult<Tree<Clause>> {
    let parts: Vec<_> = separated(1.., conjunction, connective("or")).parse_next(input)?;
    Ok(one_or(parts, Tree::Or))
}

fn conjunction(input: &mut &str) -> ModalResult<Tree<Clause>> {
    let parts: Vec<_> = separated(1.., unary, connective("and")).parse_next(input)?;
    Ok(one_or(parts, Tree::And))
}

fn one_or(
    mut parts: Vec<Tree<Clause>>,
    many: impl FnOnce(Vec<Tree<Clause>>) -> Tree<Clause>,
) -> Tree<Clause> {
    match (parts.len(), parts.pop()) {
        (1, Some(only)) => only,
        (_, last) => {
            parts.extend(last);
            many(parts)
        }
    }
}

fn connective<'a>(name: &'static str) -> impl ModalParser<&'a str, (), winnow::error::ContextError> {
    delimited(multispace0, word(name), multispace0).void()
}

/// A whole word, in any letter case.
fn word<'a>(name: &'static str) -> impl ModalParser<&'a str, (), winnow::error::ContextError> {
    identifier.verify(move |found: &str| found.eq_ignore_ascii_case(name)).void()
}

fn identifier<'a>(input: &mut &'a str) -> ModalResult<&'a str> {
    let first = one_of(|c: char| c.is_ascii_alphabetic() || c == '_' || c == '@');
    (first, take_while(0.., |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '@')))
        .take()
        .parse_next(input)
}

fn unary(input: &mut &str) -> ModalResult<Tree<Clause>> {
    alt((negation, parenthesised, leaf.map(Tree::Leaf))).parse_next(input)
}

/// `not` takes a parenthesis, a function, a lambda or another `not`: it binds tighter than `eq`.
fn negation(input: &mut &str) -> ModalResult<Tree<Clause>> {
    let start = (word("not"), multispace0);
    let operand = alt((negation, parenthesised, alt((function, lambda)).map(Tree::Leaf)));
    preceded(start, cut_err(operand)).map(|inner| Tree::Not(Box::new(inner))).parse_next(input)
}

fn parenthesised(input: &mut &str) -> ModalResult<Tree<Clause>> {
    let close = (multispace0, ')');
    preceded(('(', multispace0), cut_err(terminated(disjunction, close))).parse_next(input)
}

fn leaf(input: &mut &str) -> ModalResult<Clause> {
    alt((function, lambda, test)).parse_next(input)
}

fn function(input: &mut &str) -> ModalResult<Clause> {
    let name = identifier.verify_map(|name: &str| {
        StringFunction::ALL
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, function)| *function)
    });
    let comma = (multispace0, ',', multispace0);
    let arguments = (terminated(path, comma), text);
    let arguments = delimited(multispace0, arguments, (multispace0, ')'));
    let (function, (path, text)) =
        (terminated(name, (multispace0, '(')), cut_err(arguments)).parse_next(input)?;
    Ok(Clause::Test(path, Test::Function(function, text)))
}

fn lambda(input: &mut &str) -> ModalResult<Clause> {
    let (mut path, _) = (path, '(').parse_next(input)?;
    let quantifier = path.pop().and_then(|name| quantifier(&name)).filter(|_| !path.is_empty());
    let Some(quantifier) = quantifier else {
        return winnow::combinator::fail.parse_next(input);
    };
    let variable = terminated(identifier, (multispace0, ':', multispace0));
    let body = (variable, disjunction).map(|(name, body)| (name.to_owned(), Box::new(body)));
    let body = cut_err(delimited(multispace0, opt(body), (multispace0, ')'))).parse_next(input)?;
    Ok(Clause::Lambda(path, Lambda { quantifier, body }))
}

fn quantifier(name: &str) -> Option<Quantifier> {
    match name {
        name if name.eq_ignore_ascii_case("any") => Some(Quantifier::Any),
        name if name.eq_ignore_ascii_case("all") => Some(Quantifier::All),
        _ => None,
    }
}

fn test(input: &mut &str) -> ModalResult<Clause> {
    let (path, ()) = (path, cut_err(multispace1.void())).parse_next(input)?;
    let test = cut_err(alt((membership, flags, comparison))).parse_next(input)?;
    Ok(Clause::Test(path, test))
}

fn membership(input: &mut &str) -> ModalResult<Test> {
    let comma = (multispace0, ',', multispace0);
    let list = separated(1.., literal, comma);
    let list = delimited(('(', multispace0), list, (multispace0, ')'));
    preceded((word("in"), multispace0), cut_err(list)).map(Test::In).parse_next(input)
}

fn flags(input: &mut &str) -> ModalResult<Test> {
    preceded((word("has"), multispace1), cut_err(literal)).map(Test::Has).parse_next(input)
}

fn comparison(input: &mut &str) -> ModalResult<Test> {
    let op = identifier.verify_map(|name: &str| {
        CompareOp::ALL.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, op)| *op)
    });
    (terminated(op, multispace1), cut_err(literal))
        .map(|(op, literal)| Test::Compare(op, literal))
        .parse_next(input)
}

fn path(input: &mut &str) -> ModalResult<Path> {
    let segments: Vec<&str> = separated(1.., alt((identifier, "$count")), '/').parse_next(input)?;
    Ok(segments.into_iter().map(str::to_owned).collect())
}
