//! Tokens → tree, by precedence climbing.
//!
//! The documentation says that operators have one priority and go from left to right; the out-of-box rules can't be
//! read that way (`IsPresent([a]) || IsPresent([b]) = False || …`), so arithmetic and `&` are flat among themselves and
//! bind tighter than comparisons, those tighter than `&&`, and that tighter than `||`.

use super::{
    ast::{Node, Operator},
    functions,
    lexer::{self, Placed, Token},
    value::Value,
};

/// Longest text of one expression, in octets.
const MAX_TEXT: usize = 64 * 1024;
/// Deepest nesting of brackets, calls and signs.
const MAX_DEPTH: usize = 100;
/// Highest tree: `a & b & c …` grows one level an operator. Evaluation recurses this deep at the most.
const MAX_HEIGHT: usize = 400;

/// What is wrong with an expression, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("column {column}: {message}")]
pub struct ParseError {
    /// 1-based column, in characters.
    pub column: usize,
    /// What was found and what was expected.
    pub message: String,
}

impl ParseError {
    pub(super) fn at(text: &str, offset: usize, message: String) -> Self {
        Self { column: text.char_indices().take_while(|(at, _)| *at < offset).count() + 1, message }
    }
}

pub(super) fn parse(text: &str) -> Result<Node, ParseError> {
    if text.len() > MAX_TEXT {
        return Err(ParseError { column: 1, message: format!("longer than {MAX_TEXT} octets") });
    }
    let tokens = lexer::tokens(text)?;
    let mut parser = Parser { text, tokens, at: 0, depth: 0 };
    let node = parser.expression(0)?;
    match parser.tokens.get(parser.at) {
        None => Ok(node.node),
        Some((offset, token)) => Err(ParseError::at(
            text,
            *offset,
            format!("expected an operator or the end, found {}", describe(token)),
        )),
    }
}

/// The operators by how tightly they bind, loosest first.
const LEVELS: [&[(&str, Operator)]; 4] = [
    &[("||", Operator::Or)],
    &[("&&", Operator::And)],
    &[
        ("=", Operator::Equal),
        ("<>", Operator::NotEqual),
        ("<=", Operator::LessOrEqual),
        (">=", Operator::GreaterOrEqual),
        ("<", Operator::Less),
        (">", Operator::Greater),
    ],
    &[
        ("&", Operator::Concat),
        ("+", Operator::Add),
        ("-", Operator::Subtract),
        ("*", Operator::Multiply),
        ("/", Operator::Divide),
    ],
];

struct Parser<'a> {
    text: &'a str,
    tokens: Vec<Placed>,
    at: usize,
    depth: usize,
}

/// A tree and its height.
struct Tree {
    node: Node,
    height: usize,
}

impl Tree {
    fn leaf(node: Node) -> Self {
        Self { node, height: 1 }
    }
}

impl Parser<'_> {
    fn expression(&mut self, level: usize) -> Result<Tree, ParseError> {
        let Some(operators) = LEVELS.get(level) else { return self.unary() };
        let mut left = self.expression(level + 1)?;
        while let Some(operator) = self.operator(operators) {
            let right = self.expression(level + 1)?;
            let height = left.height.max(right.height);
            let node = Node::Binary(operator, Box::new(left.node), Box::new(right.node));
            left = self.grown(node, height)?;
        }
        Ok(left)
    }

    fn grown(&self, node: Node, below: usize) -> Result<Tree, ParseError> {
        if below >= MAX_HEIGHT {
            return Err(self.error(format!("more than {MAX_HEIGHT} operations in a row")));
        }
        Ok(Tree { node, height: below + 1 })
    }

    fn operator(&mut self, operators: &[(&str, Operator)]) -> Option<Operator> {
        let Some((_, Token::Operator(sign))) = self.tokens.get(self.at) else { return None };
        let found = operators.iter().find(|(text, _)| text == sign)?;
        self.at += 1;
        Some(found.1)
    }

    fn unary(&mut self) -> Result<Tree, ParseError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.error(format!("nested deeper than {MAX_DEPTH}")));
        }
        let tree = if matches!(self.tokens.get(self.at), Some((_, Token::Operator("-")))) {
            self.at += 1;
            let inner = self.unary()?;
            match inner.node {
                Node::Const(Value::Num(number)) => Tree::leaf(Node::Const(Value::Num(number.wrapping_neg()))),
                other => self.grown(Node::Negate(Box::new(other)), inner.height)?,
            }
        } else {
            self.primary()?
        };
        self.depth -= 1;
        Ok(tree)
    }

    fn primary(&mut self) -> Result<Tree, ParseError> {
        let Some((offset, token)) = self.tokens.get(self.at).cloned() else {
            return Err(self.error("expected a value, found the end".to_owned()));
        };
        self.at += 1;
        let node = match token {
            Token::Number(number) => Node::Const(Value::Num(number)),
            Token::Text(text) => Node::Const(Value::str(text)),
            Token::Attribute(name) => Node::Attribute(name),
            Token::Parameter(name) => Node::Parameter(name),
            Token::Variable(name) => Node::Variable(name),
            Token::Open => {
                let inner = self.expression(0)?;
                self.expect(&Token::Close)?;
                return Ok(inner);
            }
            Token::Name(name) if matches!(self.tokens.get(self.at), Some((_, Token::Open))) => {
                return self.call(offset, &name);
            }
            Token::Name(name) => self.constant(offset, &name)?,
            other => {
                return Err(ParseError::at(
                    self.text,
                    offset,
                    format!("expected a value, found {}", describe(&other)),
                ));
            }
        };
        Ok(Tree::leaf(node))
    }

    fn constant(&self, offset: usize, name: &str) -> Result<Node, ParseError> {
        constant(name).map(Node::Const).ok_or_else(|| {
            let hint = functions::suggest(name, CONSTANTS);
            let message = format!("`{name}` is no constant{hint}; an attribute is written [{name}]");
            ParseError::at(self.text, offset, message)
        })
    }

    fn call(&mut self, offset: usize, name: &str) -> Result<Tree, ParseError> {
        let Some(function) = functions::find(name) else {
            let hint = functions::suggest(name, &functions::names());
            return Err(ParseError::at(self.text, offset, format!("there is no function `{name}`{hint}")));
        };
        self.at += 1;
        let arguments = self.arguments()?;
        if arguments.len() < function.min || arguments.len() > function.max {
            let message = format!("{name} takes {}, found {}", function.arity(), arguments.len());
            return Err(ParseError::at(self.text, offset, message));
        }
        let height = arguments.iter().map(|tree| tree.height).max().unwrap_or(0);
        self.grown(Node::Call(function, arguments.into_iter().map(|tree| tree.node).collect()), height)
    }

    fn arguments(&mut self) -> Result<Vec<Tree>, ParseError> {
        let mut arguments = Vec::new();
        if matches!(self.tokens.get(self.at), Some((_, Token::Close))) {
            self.at += 1;
            return Ok(arguments);
        }
        loop {
            arguments.push(self.expression(0)?);
            if matches!(self.tokens.get(self.at), Some((_, Token::Comma))) {
                self.at += 1;
            } else {
                self.expect(&Token::Close)?;
                return Ok(arguments);
            }
        }
    }

    fn expect(&mut self, token: &Token) -> Result<(), ParseError> {
        match self.tokens.get(self.at) {
            Some((_, found)) if found == token => {
                self.at += 1;
                Ok(())
            }
            Some((_, found)) => {
                Err(self.error(format!("expected {}, found {}", describe(token), describe(found))))
            }
            None => Err(self.error(format!("expected {}, found the end", describe(token)))),
        }
    }

    fn error(&self, message: String) -> ParseError {
        let offset = self.tokens.get(self.at).map_or(self.text.len(), |(offset, _)| *offset);
        ParseError::at(self.text, offset, message)
    }
}

const CONSTANTS: &[&str] = &[
    "True",
    "False",
    "NULL",
    "AuthoritativeNull",
    "IgnoreThisFlow",
    "CRLF",
    "CaseInsensitive",
    "CaseSensitive",
    "vbTextCompare",
    "vbBinaryCompare",
    "UTF8",
    "ASCII",
    "Unicode",
];

fn constant(name: &str) -> Option<Value> {
    Some(match name {
        "True" => Value::Bool(true),
        "False" => Value::Bool(false),
        "NULL" => Value::Null,
        "AuthoritativeNull" => Value::AuthoritativeNull,
        "IgnoreThisFlow" => Value::IgnoreThisFlow,
        "CRLF" => Value::str("\r\n"),
        // Enumerations travel as their names; the functions that take them compare by name.
        "CaseInsensitive" | "CaseSensitive" | "vbTextCompare" | "vbBinaryCompare" | "UTF8" | "ASCII"
        | "Unicode" => Value::str(name),
        _ => return None,
    })
}

fn describe(token: &Token) -> String {
    match token {
        Token::Attribute(name) => format!("[{name}]"),
        Token::Close => "`)`".to_owned(),
        Token::Comma => "`,`".to_owned(),
        Token::Name(name) => format!("`{name}`"),
        Token::Number(number) => number.to_string(),
        Token::Open => "`(`".to_owned(),
        Token::Operator(sign) => format!("`{sign}`"),
        Token::Parameter(name) => format!("%{name}%"),
        Token::Text(text) => format!("\"{text}\""),
        Token::Variable(name) => format!("${name}"),
    }
}
