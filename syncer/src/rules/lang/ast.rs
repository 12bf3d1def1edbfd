//! The parsed form of an expression.

use std::collections::BTreeSet;

use super::{functions::Function, parse, value::Value};

/// An expression, parsed and checked: every function exists and has a legal number of arguments.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    pub(super) root: Node,
}

#[derive(Debug, Clone)]
pub(super) enum Node {
    Const(Value),
    Attribute(String),
    Parameter(String),
    Variable(String),
    Negate(Box<Self>),
    Binary(Operator, Box<Self>, Box<Self>),
    Call(&'static Function, Vec<Self>),
}

impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Const(a), Self::Const(b)) => a == b,
            (Self::Attribute(a), Self::Attribute(b))
            | (Self::Parameter(a), Self::Parameter(b))
            | (Self::Variable(a), Self::Variable(b)) => a == b,
            (Self::Negate(a), Self::Negate(b)) => a == b,
            (Self::Binary(o, a, b), Self::Binary(p, c, d)) => o == p && a == c && b == d,
            (Self::Call(f, a), Self::Call(g, b)) => f.name == g.name && a == b,
            _ => false,
        }
    }
}

/// The binary operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Add,
    And,
    Concat,
    Divide,
    Equal,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
    Multiply,
    NotEqual,
    Or,
    Subtract,
}

impl Expr {
    /// Parses one expression.
    ///
    /// # Errors
    /// [`parse::ParseError`] with the position: syntax, unknown function (with a suggestion), wrong number of
    /// arguments, typographic quotes, too long or too deep.
    ///
    /// ```
    /// use syncer::rules::lang::Expr;
    /// assert!(Expr::parse("IIF(IsPresent([mail]), [mail], NULL)").is_ok());
    /// assert!(Expr::parse("trim([mail])").unwrap_err().to_string().contains("Trim"));
    /// ```
    pub fn parse(text: &str) -> Result<Self, parse::ParseError> {
        parse::parse(text).map(|root| Self { root })
    }

    /// Every attribute that the expression reads, `[dn]` included, names as written.
    pub fn attributes(&self) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        collect(&self.root, &mut found);
        found
    }
}

fn collect(node: &Node, found: &mut BTreeSet<String>) {
    match node {
        Node::Attribute(name) => {
            found.insert(name.clone());
        }
        Node::Negate(inner) => collect(inner, found),
        Node::Binary(_, left, right) => {
            collect(left, found);
            collect(right, found);
        }
        Node::Call(function, arguments) => {
            if let ("ImportedValue", Some(Node::Const(Value::Str(name)))) = (function.name, arguments.first())
            {
                found.insert(name.to_string());
            }
            arguments.iter().for_each(|argument| collect(argument, found));
        }
        Node::Const(_) | Node::Parameter(_) | Node::Variable(_) => {}
    }
}
