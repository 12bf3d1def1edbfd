//! Text → tokens with their positions.

use super::parse::ParseError;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Attribute(String),
    Comma,
    Close,
    Name(String),
    Number(i64),
    Open,
    Operator(&'static str),
    Parameter(String),
    Text(String),
    Variable(String),
}

/// A token and where it begins (octet offset).
pub(super) type Placed = (usize, Token);

const OPERATORS: [&str; 13] = ["||", "&&", "<>", "<=", ">=", "=", "<", ">", "&", "+", "-", "*", "/"];

/// Cuts the whole text into tokens.
pub(super) fn tokens(text: &str) -> Result<Vec<Placed>, ParseError> {
    let mut lexer = Lexer { text, at: 0 };
    let mut found = Vec::new();
    while let Some(placed) = lexer.next_token()? {
        found.push(placed);
    }
    Ok(found)
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// The characters from here on that `belongs` accepts.
    fn take_while(&mut self, belongs: impl Fn(char) -> bool) -> &'a str {
        let taken = self.rest().split(|c| !belongs(c)).next().unwrap_or_default();
        self.at += taken.len();
        taken
    }

    fn next_token(&mut self) -> Result<Option<Placed>, ParseError> {
        let blank = self.rest().len() - self.rest().trim_start().len();
        self.at += blank;
        let start = self.at;
        let Some(first) = self.rest().chars().next() else { return Ok(None) };
        let token = match first {
            '(' => self.single(Token::Open),
            ')' => self.single(Token::Close),
            ',' => self.single(Token::Comma),
            '"' => self.string()?,
            '[' => Token::Attribute(self.bracketed(']', "attribute")?),
            '%' => Token::Parameter(self.bracketed('%', "parameter")?),
            '$' => {
                self.at += 1;
                Token::Variable(self.word())
            }
            '0'..='9' => self.decimal(start)?,
            '&' if self.rest().starts_with("&H") => self.hexadecimal(start)?,
            c if c.is_alphabetic() || c == '_' => Token::Name(self.word()),
            c => self.operator(c, start)?,
        };
        Ok(Some((start, token)))
    }

    fn single(&mut self, token: Token) -> Token {
        self.at += 1;
        token
    }

    fn word(&mut self) -> String {
        self.take_while(|c| c.is_alphanumeric() || c == '_').to_owned()
    }

    fn bracketed(&mut self, close: char, what: &str) -> Result<String, ParseError> {
        let start = self.at;
        let inner = self.rest().get(1..).unwrap_or_default();
        let Some((name, _)) = inner.split_once(close) else {
            return Err(ParseError::at(self.text, start, format!("{what} is not closed by `{close}`")));
        };
        if name.is_empty() || name.contains(char::is_whitespace) {
            let message =
                format!("`{name}` is not the name of an {what}: it must not be empty or hold spaces");
            return Err(ParseError::at(self.text, start, message));
        }
        self.at += name.len() + 2;
        Ok(name.to_owned())
    }

    /// `\\` and `\"` are escapes (the out-of-box rules write `"\\0ACNF:"`); any other backslash stands for itself.
    fn string(&mut self) -> Result<Token, ParseError> {
        let start = self.at;
        let mut text = String::new();
        let mut chars = self.rest().char_indices().skip(1).peekable();
        while let Some((offset, c)) = chars.next() {
            match (c, chars.peek()) {
                ('\\', Some(&(_, next @ ('\\' | '"')))) => {
                    text.push(next);
                    chars.next();
                }
                ('"', _) => {
                    self.at = start + offset + 1;
                    return Ok(Token::Text(text));
                }
                (other, _) => text.push(other),
            }
        }
        Err(ParseError::at(self.text, start, "the string is not closed by `\"`".to_owned()))
    }

    fn decimal(&mut self, start: usize) -> Result<Token, ParseError> {
        let digits = self.take_while(|c| c.is_ascii_digit());
        digits.parse().map(Token::Number).map_err(|_| self.too_large(start, digits))
    }

    fn hexadecimal(&mut self, start: usize) -> Result<Token, ParseError> {
        self.at += 2;
        let digits = self.take_while(|c| c.is_ascii_hexdigit());
        let number = u64::from_str_radix(digits, 16).map_err(|_| self.too_large(start, digits))?;
        Ok(Token::Number(number.cast_signed()))
    }

    fn too_large(&self, start: usize, digits: &str) -> ParseError {
        ParseError::at(self.text, start, format!("`{digits}` is not a 64-bit number"))
    }

    fn operator(&mut self, c: char, start: usize) -> Result<Token, ParseError> {
        let rest = self.rest();
        if let Some(found) = OPERATORS.into_iter().find(|operator| rest.starts_with(operator)) {
            self.at += found.len();
            return Ok(Token::Operator(found));
        }
        let message = match c {
            '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{ab}' | '\u{bb}' => {
                format!(
                    "`{c}` (U+{:04X}) is a typographic quote; strings stand in straight quotes `\"`",
                    u32::from(c)
                )
            }
            '\u{2018}' | '\u{2019}' | '\'' => format!("`{c}` is no string delimiter; strings stand in `\"`"),
            _ => format!("`{c}` has no meaning here"),
        };
        Err(ParseError::at(self.text, start, message))
    }
}
