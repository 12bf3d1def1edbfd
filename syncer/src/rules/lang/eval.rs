//! Tree → value: operators, laziness, NULL and the broadcast of scalar functions over multi-values.

use std::{borrow::Cow, cell::Cell, cmp::Ordering, collections::BTreeMap};

use jiff::{Timestamp, civil::DateTime, tz::Offset};

use super::{
    ast::{Expr, Node, Operator},
    functions::{Evaluate, Function},
    value::Value,
};

/// Most values that one expression may build in one list.
const MAX_LIST: usize = 300_000;
/// Longest text that one expression may build, in octets.
const MAX_STRING: usize = 16 << 20;

/// Why an expression has no value. It is the error of one object; the others go on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EvalError {
    /// `Error("…")` was reached.
    #[error("{0}")]
    Raised(String),
    /// A function was given what it can't use.
    #[error("{function}: {message}")]
    Function {
        /// Name of the function or the operator's sign.
        function: &'static str,
        /// What was found and what was expected.
        message: String,
    },
    /// `%Name%` is not set.
    #[error("the parameter %{0}% is not set")]
    UnknownParameter(String),
    /// `$name` stands outside of a Select, Where or With that binds it.
    #[error("the variable ${0} is not bound here")]
    UnboundVariable(String),
    /// The result would be out of bounds.
    #[error("the value grows past the limit of {0}")]
    TooLarge(usize),
}

/// Where an expression's attributes come from.
pub trait AttributeSource {
    /// The value of an attribute, [`Value::Null`] if absent. `name` as the rule writes it; `dn` is the object's DN.
    fn attribute(&self, name: &str) -> Value;

    /// The value that an import has confirmed (`ImportedValue("…")`); the staged value unless the source knows better.
    fn imported(&self, name: &str) -> Value {
        self.attribute(name)
    }
}

impl AttributeSource for BTreeMap<String, Value> {
    fn attribute(&self, name: &str) -> Value {
        self.get(name).cloned().unwrap_or(Value::Null)
    }
}

/// What an expression is evaluated against.
pub struct Context<'a> {
    /// Attributes.
    pub attributes: &'a dyn AttributeSource,
    /// `%Name%` parameters.
    pub parameters: &'a BTreeMap<String, String>,
    /// `Now()`.
    pub now: Timestamp,
    /// Seed of `Guid()` and `RandomNum()`: same seed, same values, call after call.
    pub seed: u64,
    calls: Cell<u64>,
}

impl<'a> Context<'a> {
    /// A context in which nothing was evaluated yet.
    pub fn new(
        attributes: &'a dyn AttributeSource,
        parameters: &'a BTreeMap<String, String>,
        now: Timestamp,
        seed: u64,
    ) -> Self {
        Self { attributes, parameters, now, seed, calls: Cell::new(0) }
    }

    /// `Now()` as the language sees it: UTC.
    pub(super) fn now(&self) -> DateTime {
        Offset::UTC.to_datetime(self.now)
    }

    /// 16 octets that differ from call to call and not from run to run.
    pub(super) fn random(&self) -> [u8; 16] {
        use sha2::Digest;
        self.calls.set(self.calls.get() + 1);
        let digest = sha2::Sha256::new()
            .chain_update(self.seed.to_be_bytes())
            .chain_update(self.calls.get().to_be_bytes())
            .finalize();
        let mut octets = [0; 16];
        octets.copy_from_slice(&digest[..16]);
        octets
    }
}

impl Expr {
    /// Evaluates the expression.
    ///
    /// # Errors
    /// [`EvalError`]: `Error()` was reached, a function refused its arguments, a limit was met.
    pub fn eval(&self, context: &Context<'_>) -> Result<Value, EvalError> {
        Scope { context, bound: None }.eval(&self.root)
    }
}

/// Variables bound by Select, Where and With, innermost first.
struct Bound<'a> {
    name: &'a str,
    value: &'a Value,
    outer: Option<&'a Self>,
}

/// A context with the variables bound at one place of the tree.
#[derive(Clone, Copy)]
pub(super) struct Scope<'a> {
    pub(super) context: &'a Context<'a>,
    bound: Option<&'a Bound<'a>>,
}

impl<'a> Scope<'a> {
    pub(super) fn eval(&self, node: &Node) -> Result<Value, EvalError> {
        match node {
            Node::Const(value) => Ok(value.clone()),
            Node::Attribute(name) => Ok(self.context.attributes.attribute(name)),
            Node::Parameter(name) => self.parameter(name),
            Node::Variable(name) => self.variable(name),
            Node::Negate(inner) => negate(&self.eval(inner)?),
            Node::Binary(operator, left, right) => self.binary(*operator, left, right),
            Node::Call(function, arguments) => self.call(function, arguments),
        }
    }

    /// Evaluates `node` with `$name` bound to `value`.
    pub(super) fn eval_with(&self, name: &str, value: &Value, node: &Node) -> Result<Value, EvalError> {
        let bound = Bound { name, value, outer: self.bound };
        Scope { context: self.context, bound: Some(&bound) }.eval(node)
    }

    fn parameter(&self, name: &str) -> Result<Value, EvalError> {
        let found = self.context.parameters.get(name);
        found.map(Value::str).ok_or_else(|| EvalError::UnknownParameter(name.to_owned()))
    }

    fn variable(&self, name: &str) -> Result<Value, EvalError> {
        let mut bound = self.bound;
        while let Some(found) = bound {
            if found.name == name {
                return Ok(found.value.clone());
            }
            bound = found.outer;
        }
        Err(EvalError::UnboundVariable(name.to_owned()))
    }

    fn call(&self, function: &Function, arguments: &[Node]) -> Result<Value, EvalError> {
        match function.evaluate {
            Evaluate::Lazy(run) => run(self, arguments),
            Evaluate::Whole(run) => {
                run(self.context, &self.values(arguments)?).map_err(|m| refused(function, m))
            }
            Evaluate::Each(run) => {
                let mut values = self.values(arguments)?;
                broadcast(&mut values, &mut |one| run(self.context, one).map_err(|m| refused(function, m)))
            }
        }
        .and_then(bounded)
    }

    fn values(&self, arguments: &[Node]) -> Result<Vec<Value>, EvalError> {
        arguments.iter().map(|argument| self.eval(argument)).collect()
    }

    fn binary(&self, operator: Operator, left: &Node, right: &Node) -> Result<Value, EvalError> {
        let first = self.eval(left)?;
        match operator {
            Operator::And if !truth(&first) => return Ok(Value::Bool(false)),
            Operator::Or if truth(&first) => return Ok(Value::Bool(true)),
            Operator::And | Operator::Or => return Ok(Value::Bool(truth(&self.eval(right)?))),
            _ => {}
        }
        let mut operands = [first, self.eval(right)?];
        broadcast(&mut operands, &mut |two| apply(operator, &two[0], &two[1])).and_then(bounded)
    }
}

fn refused(function: &Function, message: String) -> EvalError {
    EvalError::Function { function: function.name, message }
}

fn bounded(value: Value) -> Result<Value, EvalError> {
    match &value {
        Value::List(values) if values.len() > MAX_LIST => Err(EvalError::TooLarge(MAX_LIST)),
        Value::Str(text) if text.len() > MAX_STRING => Err(EvalError::TooLarge(MAX_STRING)),
        _ => Ok(value),
    }
}

/// Runs a scalar operation; where the first list among the operands stands, over each of its elements.
fn broadcast(
    operands: &mut [Value],
    run: &mut dyn FnMut(&[Value]) -> Result<Value, EvalError>,
) -> Result<Value, EvalError> {
    let Some(at) = operands.iter().position(|operand| matches!(operand, Value::List(_))) else {
        return run(operands);
    };
    let Value::List(elements) = std::mem::replace(&mut operands[at], Value::Null) else {
        return run(operands);
    };
    let mut results = Vec::with_capacity(elements.len());
    for element in elements {
        operands[at] = element;
        // A second list stands for its whole self only in functions that take it; here its elements would multiply.
        results.push(run(operands)?);
    }
    Ok(Value::list(results))
}

/// What counts as true in `&&`, `||`, IIF, Switch and Where.
pub(super) fn truth(value: &Value) -> bool {
    match value {
        Value::Bool(truth) => *truth,
        Value::Num(number) => *number != 0,
        Value::Str(text) => text.eq_ignore_ascii_case("true"),
        Value::List(values) => values.iter().any(truth),
        _ => false,
    }
}

fn negate(value: &Value) -> Result<Value, EvalError> {
    Ok(Value::Num(number("-", value)?.wrapping_neg()))
}

fn apply(operator: Operator, left: &Value, right: &Value) -> Result<Value, EvalError> {
    let comparison = |holds: fn(Ordering) -> bool| Value::Bool(compare(left, right).is_some_and(holds));
    Ok(match operator {
        Operator::Add => arithmetic("+", left, right, i64::checked_add)?,
        Operator::Subtract => arithmetic("-", left, right, i64::checked_sub)?,
        Operator::Multiply => arithmetic("*", left, right, i64::checked_mul)?,
        Operator::Divide => arithmetic("/", left, right, i64::checked_div)?,
        Operator::Concat => concat(left, right),
        Operator::Equal => Value::Bool(equal(left, right)),
        Operator::NotEqual => Value::Bool(!equal(left, right)),
        Operator::Greater => comparison(Ordering::is_gt),
        Operator::GreaterOrEqual => comparison(Ordering::is_ge),
        Operator::Less => comparison(Ordering::is_lt),
        Operator::LessOrEqual => comparison(Ordering::is_le),
        Operator::And => Value::Bool(truth(left) && truth(right)),
        Operator::Or => Value::Bool(truth(left) || truth(right)),
    })
}

fn arithmetic(
    sign: &'static str,
    left: &Value,
    right: &Value,
    run: fn(i64, i64) -> Option<i64>,
) -> Result<Value, EvalError> {
    let result = run(number(sign, left)?, number(sign, right)?);
    result.map(Value::Num).ok_or_else(|| EvalError::Function {
        function: sign,
        message: "division by zero or a result beyond 64 bits".to_owned(),
    })
}

fn number(sign: &'static str, value: &Value) -> Result<i64, EvalError> {
    as_number(value).ok_or_else(|| EvalError::Function {
        function: sign,
        message: format!("expected a number, found {}", value.type_name()),
    })
}

/// A number, or text that is one (directory attributes arrive as text where the schema isn't known).
pub(super) fn as_number(value: &Value) -> Option<i64> {
    match value {
        Value::Num(number) => Some(*number),
        Value::Bool(truth) => Some(i64::from(*truth)),
        Value::Str(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// `&`: octets stay octets, everything else joins as text, NULL as nothing.
fn concat(left: &Value, right: &Value) -> Value {
    match (left, right) {
        (Value::Bin(a), Value::Bin(b)) => Value::bin([&a[..], &b[..]].concat()),
        (Value::Null, Value::Bin(only)) | (Value::Bin(only), Value::Null) => Value::Bin(only.clone()),
        _ => Value::str(format!("{}{}", as_text(left), as_text(right))),
    }
}

/// A value as text; NULL as nothing, octets as upper-case hex.
pub(super) fn as_text(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Str(text) | Value::Ref(text) => Cow::Borrowed(text),
        Value::Num(number) => Cow::Owned(number.to_string()),
        Value::Bool(truth) => Cow::Borrowed(if *truth { "True" } else { "False" }),
        Value::Bin(octets) => Cow::Owned(hex::encode_upper(octets)),
        Value::Date(date) => Cow::Owned(super::dates::format(*date, "yyyy-MM-dd HH:mm:ss")),
        Value::List(values) => as_text(&values[0]),
        Value::Null | Value::AuthoritativeNull | Value::IgnoreThisFlow => Cow::Borrowed(""),
    }
}

/// `=`: numbers with numeric text, booleans with their names, text to the letter; NULL equals only NULL.
fn equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (a, b) if a.is_null() || b.is_null() => a.is_null() && b.is_null(),
        (Value::Bool(truth), Value::Str(text)) | (Value::Str(text), Value::Bool(truth)) => {
            text.eq_ignore_ascii_case(if *truth { "true" } else { "false" })
        }
        (Value::Num(_), _) | (_, Value::Num(_)) => {
            as_number(left).is_some() && as_number(left) == as_number(right)
        }
        (Value::Str(a) | Value::Ref(a), Value::Str(b) | Value::Ref(b)) => a == b,
        (a, b) => a == b,
    }
}

/// Order of two values of one kind; `None` where there is none (then every comparison is False).
fn compare(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Date(a), Value::Date(b)) => Some(a.cmp(b)),
        (Value::Num(_), _) | (_, Value::Num(_)) => Some(as_number(left)?.cmp(&as_number(right)?)),
        (Value::Str(a) | Value::Ref(a), Value::Str(b) | Value::Ref(b)) => Some(a.cmp(b)),
        (Value::Bin(a), Value::Bin(b)) => Some(a.cmp(b)),
        _ => None,
    }
}
