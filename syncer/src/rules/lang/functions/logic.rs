//! Choice, iteration, predicates.

use super::{Function, functions};
use crate::rules::lang::{
    ast::Node,
    dates,
    eval::{EvalError, Scope, truth},
    value::Value,
};

pub(super) const TABLE: &[Function] = functions! {
    "Error" 1 1, Lazy(error), "Error(str message)", "Fails the object with this message.";
    "IIF" 3 3, Lazy(iif), "IIF(bool condition, exp if_true, exp if_false)", "One of two values; the other is not evaluated.";
    "ImportedValue" 1 1, Lazy(imported), "ImportedValue(str attribute)", "The value that an import has confirmed.";
    "IsBitSet" 2 2, Each(|_, a| Ok(Value::Bool(super::number_of(&a[0])? & super::number_of(&a[1])? != 0))), "IsBitSet(num value, num flag)", "Whether a flag is set.";
    "IsDate" 1 1, Whole(|_, a| Ok(Value::Bool(is_date(&a[0])))), "IsDate(exp)", "Whether CDate could read it.";
    "IsEmpty" 1 1, Whole(|_, a| Ok(Value::Bool(!a[0].is_null() && a[0].is_null_or_empty()))), "IsEmpty(exp)", "Present, but an empty string.";
    "IsGuid" 1 1, Whole(|_, a| Ok(Value::Bool(matches!(&a[0], Value::Str(text) if super::convert::guid(text).is_some())))), "IsGuid(str)", "Whether CGuid could read it.";
    "IsNull" 1 1, Whole(|_, a| Ok(Value::Bool(a[0].is_null()))), "IsNull(exp)", "Whether there is no value.";
    "IsNullOrEmpty" 1 1, Whole(|_, a| Ok(Value::Bool(a[0].is_null_or_empty()))), "IsNullOrEmpty(exp)", "No value, or an empty one.";
    "IsNumeric" 1 1, Whole(|_, a| Ok(Value::Bool(!matches!(a[0], Value::Bool(_)) && super::number_of(&a[0]).is_ok()))), "IsNumeric(exp)", "Whether it reads as a number.";
    "IsPresent" 1 1, Whole(|_, a| Ok(Value::Bool(!a[0].is_null_or_empty()))), "IsPresent(exp)", "A value that is not empty.";
    "IsString" 1 1, Whole(|_, a| Ok(Value::Bool(matches!(a[0], Value::Str(_))))), "IsString(exp)", "Whether it is a single string.";
    "Select" 3 3, Lazy(select), "Select($item, mv values, exp)", "The expression for each value.";
    "Switch" 2 usize::MAX, Lazy(switch), "Switch(bool c1, exp v1, [bool c2, exp v2 …])", "The value of the first true condition.";
    "Where" 3 3, Lazy(filter), "Where($item, mv values, bool condition)", "The values for which the condition holds.";
    "With" 3 3, Lazy(with), "With($name, exp value, exp)", "The expression with a name for a value.";
};

fn error(scope: &Scope<'_>, arguments: &[Node]) -> Result<Value, EvalError> {
    let message = scope.eval(&arguments[0])?;
    Err(EvalError::Raised(crate::rules::lang::eval::as_text(&message).into_owned()))
}

/// A list of conditions (`IIF(InStr([proxyAddresses], "SIP:") = 1, NULL, [proxyAddresses])`) chooses element by element.
fn iif(scope: &Scope<'_>, arguments: &[Node]) -> Result<Value, EvalError> {
    let condition = scope.eval(&arguments[0])?;
    let Value::List(conditions) = condition else {
        return scope.eval(&arguments[if truth(&condition) { 1 } else { 2 }]);
    };
    let mut branches: [Option<Value>; 2] = [None, None];
    let mut chosen = Vec::with_capacity(conditions.len());
    for (index, condition) in conditions.iter().enumerate() {
        let side = usize::from(!truth(condition));
        let branch = match &mut branches[side] {
            Some(value) => value,
            empty => empty.insert(scope.eval(&arguments[side + 1])?),
        };
        chosen.push(match branch {
            Value::List(values) if values.len() == conditions.len() => values[index].clone(),
            whole => whole.clone(),
        });
    }
    Ok(Value::list(chosen))
}

fn imported(scope: &Scope<'_>, arguments: &[Node]) -> Result<Value, EvalError> {
    match scope.eval(&arguments[0])? {
        Value::Str(name) => Ok(scope.context.attributes.imported(&name)),
        other => {
            let message = format!("expected the attribute's name in quotes, found {}", other.type_name());
            Err(EvalError::Function { function: "ImportedValue", message })
        }
    }
}

fn is_date(value: &Value) -> bool {
    matches!(value, Value::Date(_)) || matches!(value, Value::Str(text) if dates::parse(text).is_some())
}

fn variable(function: &'static str, node: &Node) -> Result<String, EvalError> {
    match node {
        Node::Variable(name) => Ok(name.clone()),
        _ => Err(EvalError::Function {
            function,
            message: "the first argument must be a $variable".to_owned(),
        }),
    }
}

fn select(scope: &Scope<'_>, arguments: &[Node]) -> Result<Value, EvalError> {
    let name = variable("Select", &arguments[0])?;
    let values = scope.eval(&arguments[1])?;
    let mapped: Result<Vec<_>, _> =
        values.elements().iter().map(|item| scope.eval_with(&name, item, &arguments[2])).collect();
    Ok(Value::list(mapped?))
}

fn filter(scope: &Scope<'_>, arguments: &[Node]) -> Result<Value, EvalError> {
    let name = variable("Where", &arguments[0])?;
    let values = scope.eval(&arguments[1])?;
    let mut kept = Vec::new();
    for item in values.elements() {
        if truth(&scope.eval_with(&name, item, &arguments[2])?) {
            kept.push(item.clone());
        }
    }
    Ok(Value::list(kept))
}

fn with(scope: &Scope<'_>, arguments: &[Node]) -> Result<Value, EvalError> {
    let name = variable("With", &arguments[0])?;
    let value = scope.eval(&arguments[1])?;
    scope.eval_with(&name, &value, &arguments[2])
}

fn switch(scope: &Scope<'_>, arguments: &[Node]) -> Result<Value, EvalError> {
    if !arguments.len().is_multiple_of(2) {
        let message = format!("expected pairs of condition and value, found {} arguments", arguments.len());
        return Err(EvalError::Function { function: "Switch", message });
    }
    for pair in arguments.chunks_exact(2) {
        if truth(&scope.eval(&pair[0])?) {
            return scope.eval(&pair[1]);
        }
    }
    Ok(Value::Null)
}
