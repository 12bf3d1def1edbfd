//! OPATH filters: `Department -eq 'Sales' -and UserCertificate -ne $null`.
//! Source: office-docs-powershell, "Filterable properties for the RecipientFilter parameter", and `-Filter` of Get-Recipient.

use winnow::ascii::{Caseless, multispace0, multispace1};
use winnow::combinator::{alt, delimited, preceded, repeat, terminated};
use winnow::error::{ContextError, ErrMode};
use winnow::token::{take_till, take_while};
use winnow::{ModalResult, Parser as _};

use super::error::CmdletError;
use super::rows::{Cell, Row};

/// Deepest nesting of parentheses and negations.
const DEPTH_MAX: usize = 32;

/// A filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Filter {
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
    Compare { property: String, operator: Operator, literal: Literal },
}

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    NotEqual,
    Like,
    NotLike,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}

/// What is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Literal {
    Null,
    Flag(bool),
    Text(String),
}

const OPERATORS: &[(&str, Operator)] = &[
    ("-eq", Operator::Equal),
    ("-ne", Operator::NotEqual),
    ("-like", Operator::Like),
    ("-notlike", Operator::NotLike),
    ("-gt", Operator::Greater),
    ("-ge", Operator::GreaterOrEqual),
    ("-lt", Operator::Less),
    ("-le", Operator::LessOrEqual),
];

/// LDAP names under which the filterable properties are known too.
const ALIASES: &[(&str, &str)] = &[
    ("mail", "WindowsEmailAddress"),
    ("mailNickname", "Alias"),
    ("objectGuid", "Guid"),
    ("proxyAddresses", "EmailAddresses"),
    ("userSMIMECertificate", "UserSMimeCertificate"),
    ("msExchHideFromAddressLists", "HiddenFromAddressListsEnabled"),
];

impl Filter {
    /// Reads a filter.
    ///
    /// # Errors
    /// Tells where it stops making sense.
    pub(super) fn parse(text: &str) -> Result<Self, CmdletError> {
        let wrong = |problem: String| CmdletError::Filter(format!("{problem} \"{text}\""));
        let inner = text.trim().strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or(text);
        if depth(inner) > DEPTH_MAX {
            return Err(wrong(format!("The filter is nested deeper than {DEPTH_MAX} levels.")));
        }
        let mut parser = terminated(any, multispace0);
        parser
            .parse(inner)
            .map_err(|error| wrong(format!("Invalid filter syntax at position {}.", error.offset() + 1)))
    }

    /// Whether an object passes.
    ///
    /// # Errors
    /// A property that no recipient has.
    pub(super) fn passes(&self, row: &Row) -> Result<bool, CmdletError> {
        match self {
            Self::All(parts) => parts.iter().try_fold(true, |all, part| Ok(part.passes(row)? && all)),
            Self::Any(parts) => parts.iter().try_fold(false, |any, part| Ok(part.passes(row)? || any)),
            Self::Not(part) => part.passes(row).map(|passes| !passes),
            Self::Compare { property, operator, literal } => {
                let known = ALIASES.iter().find(|(ldap, _)| ldap.eq_ignore_ascii_case(property));
                let name = known.map_or(property.as_str(), |(_, name)| *name);
                let cell = row.get(name).ok_or_else(|| unknown(property))?;
                Ok(compare(cell, *operator, literal))
            }
        }
    }
}

fn unknown(property: &str) -> CmdletError {
    CmdletError::Filter(format!(
        "\"{property}\" is not a recognized filterable property. For a complete list of filterable properties see the command help."
    ))
}

/// How deep the parser would go: parentheses outside of texts, and negations, which take the next one inside them.
fn depth(text: &str) -> usize {
    let lower = text.to_lowercase();
    let (mut rest, mut levels, mut open, mut negations, mut deepest) = (lower.as_str(), Vec::new(), 0, 0, 0);
    while let Some(next) = rest.chars().next() {
        let negation = rest.strip_prefix("-not").filter(|after| !after.starts_with("like"));
        rest = negation.unwrap_or_else(|| rest.strip_prefix(next).unwrap_or_default());
        match next {
            _ if negation.is_some() => negations += 1,
            '!' => negations += 1,
            '(' => {
                levels.push(negations + 1);
                open += negations + 1;
                negations = 0;
            }
            ')' => {
                open -= levels.pop().unwrap_or(0);
                negations = 0;
            }
            '\'' | '"' => {
                rest = rest.split_once(next).map_or("", |(_, after)| after);
                negations = 0;
            }
            c if c.is_whitespace() => {}
            _ => negations = 0,
        }
        deepest = deepest.max(open + negations);
    }
    deepest
}

type Input<'a, 'b> = &'a mut &'b str;

fn any(input: Input<'_, '_>) -> ModalResult<Filter> {
    parts("-or", all, Filter::Any).parse_next(input)
}

fn all(input: Input<'_, '_>) -> ModalResult<Filter> {
    parts("-and", one, Filter::All).parse_next(input)
}

/// One part, or several with that word between them.
fn parts<'b>(
    word: &'static str,
    mut part: impl FnMut(Input<'_, 'b>) -> ModalResult<Filter>,
    join: fn(Vec<Filter>) -> Filter,
) -> impl FnMut(Input<'_, 'b>) -> ModalResult<Filter> {
    move |input| {
        let mut found = vec![part(input)?];
        let between = |input: Input<'_, 'b>| (multispace0, Caseless(word)).void().parse_next(input);
        let more: Vec<Filter> = repeat(0.., preceded(between, &mut part)).parse_next(input)?;
        found.extend(more);
        Ok(if found.len() == 1 { found.remove(0) } else { join(found) })
    }
}

fn one(input: Input<'_, '_>) -> ModalResult<Filter> {
    let group = delimited((multispace0, '('), any, (multispace0, ')'));
    let not =
        preceded((multispace0, alt((Caseless("-not"), "!"))), one).map(|part| Filter::Not(Box::new(part)));
    alt((not, group, comparison)).parse_next(input)
}

fn comparison(input: Input<'_, '_>) -> ModalResult<Filter> {
    let name = take_while(1.., |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    let property = preceded(multispace0, name).parse_next(input)?;
    let operator = preceded(multispace1, operator).parse_next(input)?;
    let literal = preceded(multispace1, literal).parse_next(input)?;
    Ok(Filter::Compare { property: property.to_owned(), operator, literal })
}

fn operator(input: Input<'_, '_>) -> ModalResult<Operator> {
    let word: &str = take_while(2.., |c: char| c.is_ascii_alphabetic() || c == '-').parse_next(input)?;
    let known = OPERATORS.iter().find(|(name, _)| name.eq_ignore_ascii_case(word));
    known.map(|(_, operator)| *operator).ok_or_else(|| ErrMode::Backtrack(ContextError::new()))
}

fn literal(input: Input<'_, '_>) -> ModalResult<Literal> {
    alt((quoted('\''), quoted('"'), bare)).parse_next(input)
}

/// A text in quotes; a doubled quote is one.
fn quoted<'b>(quote: char) -> impl FnMut(Input<'_, 'b>) -> ModalResult<Literal> {
    move |input| {
        let plain = take_till(1.., quote).map(str::to_owned);
        let doubled = (quote, quote).map(move |_| quote.to_string());
        let pieces = repeat(0.., alt((plain, doubled))).map(|pieces: Vec<String>| pieces.concat());
        delimited(quote, pieces, quote).map(Literal::Text).parse_next(input)
    }
}

fn bare(input: Input<'_, '_>) -> ModalResult<Literal> {
    let word: &str = take_till(1.., |c: char| c.is_whitespace() || c == ')').parse_next(input)?;
    Ok(match word.to_ascii_lowercase().as_str() {
        "$null" => Literal::Null,
        "$true" | "true" => Literal::Flag(true),
        "$false" | "false" => Literal::Flag(false),
        _ => Literal::Text(word.to_owned()),
    })
}

/// A property with several values passes if one of them does; `-ne` and `-notlike` if none is equal or alike.
fn compare(cell: &Cell, operator: Operator, literal: &Literal) -> bool {
    match operator {
        Operator::NotEqual => !compare(cell, Operator::Equal, literal),
        Operator::NotLike => !compare(cell, Operator::Like, literal),
        _ => match literal {
            Literal::Null => operator == Operator::Equal && is_nothing(cell),
            Literal::Flag(flag) => operator == Operator::Equal && is_flag(cell, *flag),
            Literal::Text(text) => {
                let text = text.to_lowercase();
                texts(cell).iter().any(|held| holds(&held.to_lowercase(), operator, &text))
            }
        },
    }
}

const fn is_nothing(cell: &Cell) -> bool {
    match cell {
        Cell::Null => true,
        Cell::Text(text) => text.is_empty(),
        Cell::Texts(list) => list.is_empty(),
        Cell::Binaries(list) => list.is_empty(),
        Cell::Flag(_) | Cell::Number(_) | Cell::Guid(_) | Cell::Date(_) => false,
    }
}

fn is_flag(cell: &Cell, flag: bool) -> bool {
    *cell == Cell::Flag(flag)
}

fn texts(cell: &Cell) -> Vec<String> {
    match cell {
        Cell::Text(text) => vec![text.clone()],
        Cell::Texts(list) => list.clone(),
        Cell::Guid(id) => vec![id.to_string()],
        Cell::Flag(flag) => vec![flag.to_string()],
        Cell::Number(number) => vec![number.to_string()],
        Cell::Date(at) => vec![at.to_string()],
        Cell::Null | Cell::Binaries(_) => Vec::new(),
    }
}

fn holds(held: &str, operator: Operator, text: &str) -> bool {
    match operator {
        Operator::Equal | Operator::NotEqual => held == text,
        Operator::Like | Operator::NotLike => like(held, text),
        Operator::Greater => held > text,
        Operator::GreaterOrEqual => held >= text,
        Operator::Less => held < text,
        Operator::LessOrEqual => held <= text,
    }
}

/// A star at the beginning, at the end or both. Source: wildcards elsewhere are not supported in OPATH.
fn like(held: &str, pattern: &str) -> bool {
    match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
        (Some(""), _) => true,
        (Some(rest), Some(_)) => held.contains(rest.trim_end_matches('*')),
        (Some(end), None) => held.ends_with(end),
        (None, Some(start)) => held.starts_with(start),
        (None, None) => held == pattern,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nesting_is_bounded_however_it_is_written() {
        for (text, deep) in [
            ("!".repeat(100_000), true),
            ("-not".repeat(100_000), true),
            ("-not\t".repeat(100_000), true),
            ("-not (".repeat(100), true),
            ("(".repeat(100_000), true),
            (vec!["(Alias -eq 'a')"; 200].join(" -or "), false),
            (vec!["Alias -notlike '((((!!!!'"; 200].join(" -and "), false),
            ("-not (!(Alias -eq 'a'))".to_owned(), false),
        ] {
            let told = Filter::parse(&text).err().map(|error| error.to_string()).unwrap_or_default();
            assert_eq!(told.contains("nested deeper"), deep, "{}", text.chars().take(40).collect::<String>());
        }
    }
}
