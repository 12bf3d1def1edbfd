//! The syntax tree of a filter, and how it is written.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

/// Connectives over leaves.
#[derive(Debug, Clone, PartialEq)]
pub enum Tree<L> {
    /// All of them (two or more).
    And(Vec<Self>),
    /// One of them (two or more).
    Or(Vec<Self>),
    /// Not this.
    Not(Box<Self>),
    /// A leaf.
    Leaf(L),
}

impl<L> Tree<L> {
    /// Evaluates, asking `holds` for the leaves.
    pub fn holds(&self, holds: &impl Fn(&L) -> bool) -> bool {
        match self {
            Self::And(parts) => parts.iter().all(|part| part.holds(holds)),
            Self::Or(parts) => parts.iter().any(|part| part.holds(holds)),
            Self::Not(inner) => !inner.holds(holds),
            Self::Leaf(leaf) => holds(leaf),
        }
    }

    /// Translates the leaves.
    ///
    /// # Errors
    /// The first one of `leaf`.
    pub fn try_map<M, E>(self, leaf: &mut impl FnMut(L) -> Result<M, E>) -> Result<Tree<M>, E> {
        let mut all = |parts: Vec<Self>| {
            parts.into_iter().map(|part| part.try_map(leaf)).collect::<Result<Vec<_>, E>>()
        };
        Ok(match self {
            Self::And(parts) => Tree::And(all(parts)?),
            Self::Or(parts) => Tree::Or(all(parts)?),
            Self::Not(inner) => Tree::Not(Box::new(inner.try_map(leaf)?)),
            Self::Leaf(inner) => Tree::Leaf(leaf(inner)?),
        })
    }
}

/// `a/b/c`.
pub type Path = Vec<String>;

/// A leaf of a filter.
#[derive(Debug, Clone, PartialEq)]
pub enum Clause {
    /// A test of a single value.
    Test(Path, Test),
    /// `path/any(p:…)`.
    Lambda(Path, Lambda),
}

/// A test of a single value.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// `eq`, `ne`, …
    Compare(CompareOp, Literal),
    /// `in (…)`.
    In(Vec<Literal>),
    /// `has '…'`: flags of an enumeration.
    Has(Literal),
    /// `startsWith(path,'…')`.
    Function(StringFunction, String),
}

/// Comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CompareOp {
    /// `eq`
    Eq,
    /// `ne`
    Ne,
    /// `gt`
    Gt,
    /// `ge`
    Ge,
    /// `lt`
    Lt,
    /// `le`
    Le,
}

impl CompareOp {
    /// Names and operators.
    pub const ALL: [(&'static str, Self); 6] = [
        ("eq", Self::Eq),
        ("ne", Self::Ne),
        ("gt", Self::Gt),
        ("ge", Self::Ge),
        ("lt", Self::Lt),
        ("le", Self::Le),
    ];

    /// The name in ODataLib's error texts.
    #[must_use]
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Eq => "Equal",
            Self::Ne => "NotEqual",
            Self::Gt => "GreaterThan",
            Self::Ge => "GreaterThanOrEqual",
            Self::Lt => "LessThan",
            Self::Le => "LessThanOrEqual",
        }
    }
}

/// A function of two texts that says yes or no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StringFunction {
    /// `startsWith`
    StartsWith,
    /// `endsWith`
    EndsWith,
    /// `contains`
    Contains,
}

impl StringFunction {
    /// Names and functions.
    pub const ALL: [(&'static str, Self); 3] =
        [("startsWith", Self::StartsWith), ("endsWith", Self::EndsWith), ("contains", Self::Contains)];
}

/// `any` or `all` over the elements of a collection.
#[derive(Debug, Clone, PartialEq)]
pub struct Lambda {
    /// Which of the two.
    pub quantifier: Quantifier,
    /// Variable and condition; `any()` has none.
    pub body: Option<(String, Box<Tree<Clause>>)>,
}

/// Quantifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantifier {
    /// `any`
    Any,
    /// `all`
    All,
}

/// A literal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Literal {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// `42`
    Int(i64),
    /// `'text'`
    Text(String),
    /// A date without a time.
    Date(Date),
    /// A date and time with offset.
    Time(Timestamp),
    /// A GUID without quotes.
    Guid(Uuid),
}

impl fmt::Display for Tree<Clause> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::And(parts) => joined(f, parts, " and "),
            Self::Or(parts) => joined(f, parts, " or "),
            Self::Not(inner) => write!(f, "not({inner})"),
            Self::Leaf(clause) => write!(f, "{clause}"),
        }
    }
}

/// Connectives inside connectives are put in parentheses, so that reading them gives the same tree.
fn joined(f: &mut fmt::Formatter<'_>, parts: &[Tree<Clause>], word: &str) -> fmt::Result {
    for (index, part) in parts.iter().enumerate() {
        f.write_str(if index == 0 { "" } else { word })?;
        match part {
            Tree::And(_) | Tree::Or(_) => write!(f, "({part})")?,
            Tree::Not(_) | Tree::Leaf(_) => write!(f, "{part}")?,
        }
    }
    Ok(())
}

impl fmt::Display for Clause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Test(path, Test::Compare(op, literal)) => write!(f, "{} {op} {literal}", path.join("/")),
            Self::Test(path, Test::Has(literal)) => write!(f, "{} has {literal}", path.join("/")),
            Self::Test(path, Test::In(list)) => {
                let list: Vec<String> = list.iter().map(Literal::to_string).collect();
                write!(f, "{} in ({})", path.join("/"), list.join(","))
            }
            Self::Test(path, Test::Function(function, text)) => {
                write!(f, "{function}({},{})", path.join("/"), Literal::Text(text.clone()))
            }
            Self::Lambda(path, lambda) => write!(f, "{}/{lambda}", path.join("/")),
        }
    }
}

impl fmt::Display for Lambda {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self.quantifier {
            Quantifier::Any => "any",
            Quantifier::All => "all",
        };
        match &self.body {
            None => write!(f, "{name}()"),
            Some((variable, body)) => write!(f, "{name}({variable}:{body})"),
        }
    }
}

impl fmt::Display for CompareOp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Self::ALL.iter().find(|(_, op)| op == self).map_or("", |(name, _)| name))
    }
}

impl fmt::Display for StringFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Self::ALL.iter().find(|(_, function)| function == self).map_or("", |(name, _)| name))
    }
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(flag) => write!(f, "{flag}"),
            Self::Int(number) => write!(f, "{number}"),
            Self::Text(text) => write!(f, "'{}'", text.replace('\'', "''")),
            Self::Date(day) => write!(f, "{day}"),
            Self::Time(at) => write!(f, "{at}"),
            Self::Guid(id) => write!(f, "{id}"),
        }
    }
}
