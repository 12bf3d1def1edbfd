//! The syntax tree of a filter.

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
