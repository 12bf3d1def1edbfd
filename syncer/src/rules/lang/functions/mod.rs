//! The functions of the language, as a table: name, how many arguments, how it is evaluated, what it is.

mod cert;
mod convert;
mod date;
mod dn;
mod list;
mod logic;
mod number;
mod text;

use std::{collections::BTreeMap, sync::LazyLock};

use super::{
    ast::Node,
    eval::{Context, EvalError, Scope},
    value::Value,
};

/// One function of the language.
#[derive(Debug)]
pub struct Function {
    /// Its name; case matters.
    pub name: &'static str,
    /// Fewest arguments.
    pub min: usize,
    /// Most arguments.
    pub max: usize,
    /// How it is written, for people.
    pub syntax: &'static str,
    /// What it does, for people.
    pub summary: &'static str,
    pub(super) evaluate: Evaluate,
}

/// How a function meets its arguments.
#[derive(Debug, Clone, Copy)]
pub(super) enum Evaluate {
    /// Arguments evaluated; where one is a list, the function runs once for each element.
    Each(Run),
    /// Arguments unevaluated: the function decides which to look at.
    Lazy(fn(&Scope<'_>, &[Node]) -> Result<Value, EvalError>),
    /// Arguments evaluated; lists arrive whole.
    Whole(Run),
}

type Run = fn(&Context<'_>, &[Value]) -> Result<Value, String>;

impl Function {
    pub(super) fn arity(&self) -> String {
        match (self.min, self.max) {
            (min, max) if min == max => {
                format!("{min} argument{} ({})", if min == 1 { "" } else { "s" }, self.syntax)
            }
            (min, usize::MAX) => format!("at least {min} arguments ({})", self.syntax),
            (min, max) => format!("{min} to {max} arguments ({})", self.syntax),
        }
    }
}

/// Rows of a function table: `name min..=max kind(fn) "syntax" "summary"`.
macro_rules! functions {
    ($($name:literal $min:literal $max:expr, $kind:ident($run:expr), $syntax:literal, $summary:literal;)*) => {
        &[$($crate::rules::lang::functions::Function {
            name: $name, min: $min, max: $max, syntax: $syntax, summary: $summary,
            evaluate: $crate::rules::lang::functions::Evaluate::$kind($run),
        }),*]
    };
}
use functions;

static TABLE: LazyLock<BTreeMap<&'static str, &'static Function>> = LazyLock::new(|| {
    let tables = [
        cert::TABLE,
        convert::TABLE,
        date::TABLE,
        dn::TABLE,
        list::TABLE,
        logic::TABLE,
        number::TABLE,
        text::TABLE,
    ];
    tables.into_iter().flatten().map(|function| (function.name, function)).collect()
});

/// Every function, by name.
pub fn table() -> impl Iterator<Item = &'static Function> {
    TABLE.values().copied()
}

pub(super) fn find(name: &str) -> Option<&'static Function> {
    TABLE.get(name).copied()
}

pub(super) fn names() -> Vec<&'static str> {
    TABLE.keys().copied().collect()
}

/// `; did you mean …?` for a name that is close to one of `known`, else nothing.
pub(super) fn suggest(name: &str, known: &[&str]) -> String {
    let lower = name.to_lowercase();
    let near = known.iter().map(|candidate| (distance(&lower, &candidate.to_lowercase()), candidate));
    match near.min().filter(|(distance, _)| *distance <= 2) {
        Some((_, candidate)) => format!("; did you mean `{candidate}`?"),
        None => String::new(),
    }
}

/// Levenshtein distance.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().take(64).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().take(64).enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

/// A text argument; NULL reads as `None`.
fn text_of(value: &Value) -> Result<Option<&str>, String> {
    match value {
        Value::Str(text) | Value::Ref(text) => Ok(Some(text)),
        nothing if nothing.is_null() => Ok(None),
        other => Err(format!("expected str, found {}", other.type_name())),
    }
}

/// An argument as text where numbers and booleans are welcome too.
fn any_text(value: &Value) -> Result<Option<std::borrow::Cow<'_, str>>, String> {
    match value {
        Value::Bin(_) | Value::List(_) => Err(format!("expected str, found {}", value.type_name())),
        nothing if nothing.is_null() => Ok(None),
        other => Ok(Some(super::eval::as_text(other))),
    }
}

fn number_of(value: &Value) -> Result<i64, String> {
    super::eval::as_number(value).ok_or_else(|| format!("expected num, found {}", value.type_name()))
}

fn octets_of(value: &Value) -> Result<Option<&[u8]>, String> {
    match value {
        Value::Bin(octets) => Ok(Some(octets)),
        nothing if nothing.is_null() => Ok(None),
        other => Err(format!("expected bin, found {}", other.type_name())),
    }
}
