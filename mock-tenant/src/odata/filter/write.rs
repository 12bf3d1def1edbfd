//! How a filter is written: reading what is written gives the same tree.

use std::fmt;

use super::ast::{Clause, CompareOp, Lambda, Literal, Quantifier, StringFunction, Test, Tree};

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
