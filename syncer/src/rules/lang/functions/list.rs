//! Multi-values.

use super::{Function, any_text, functions, number_of, text_of};
use crate::rules::lang::{
    ast::Node,
    eval::{EvalError, Scope, as_text},
    value::Value,
};

pub(super) const TABLE: &[Function] = functions! {
    "Contains" 2 3, Whole(|_, a| contains(a)), "Contains(mvstr, str, [CaseSensitive|CaseInsensitive])", "Index of the first value with this part; 0: none.";
    "Count" 1 1, Whole(|_, a| count(&a[0])), "Count(mv)", "How many values.";
    "Item" 2 2, Whole(|_, a| item(a)?.ok_or_else(|| "the index is out of bounds".to_owned())), "Item(mv, num index)", "One value, from 1; out of bounds is an error.";
    "ItemOrNull" 2 2, Whole(|_, a| Ok(item(a)?.unwrap_or(Value::Null))), "ItemOrNull(mv, num index)", "One value, from 1; out of bounds is NULL.";
    "Join" 1 2, Whole(|_, a| join(a)), "Join(mvstr, [str delimiter])", "All values as one string.";
    "RemoveDuplicates" 1 1, Whole(|_, a| Ok(unique(&a[0]))), "RemoveDuplicates(mv)", "Each value once.";
    "Split" 2 3, Whole(|_, a| split(a)), "Split(str, str delimiter, [num limit])", "A string's parts.";
    "ValueCount" 1 1, Lazy(value_count), "ValueCount(str attribute)", "How many values an attribute has.";
};

fn count(value: &Value) -> Result<Value, String> {
    Ok(Value::Num(length(value.elements().len())))
}

pub(super) fn length(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

/// A part of a string, or the whole of a reference (functions reference, Contains).
fn contains(arguments: &[Value]) -> Result<Value, String> {
    let fold = matches!(arguments.get(2), Some(Value::Str(mode)) if &**mode == "CaseInsensitive");
    let folded = |text: &str| if fold { text.to_lowercase() } else { text.to_owned() };
    let Some(wanted) = any_text(&arguments[1])?.map(|text| folded(&text)) else { return Ok(Value::Num(0)) };
    let holds = |value: &Value| match value {
        Value::Ref(reference) => folded(reference) == wanted,
        other => folded(&as_text(other)).contains(&wanted),
    };
    let index = arguments[0].elements().iter().position(holds);
    Ok(Value::Num(index.map_or(0, |index| length(index + 1))))
}

fn item(arguments: &[Value]) -> Result<Option<Value>, String> {
    let index = number_of(&arguments[1])?;
    let at = usize::try_from(index).ok().and_then(|index| index.checked_sub(1));
    Ok(at.and_then(|at| arguments[0].elements().get(at)).cloned())
}

fn join(arguments: &[Value]) -> Result<Value, String> {
    let delimiter = match arguments.get(1) {
        Some(given) => text_of(given)?.unwrap_or_default(),
        None => " ",
    };
    let parts: Vec<_> = arguments[0].elements().iter().map(as_text).collect();
    Ok(if parts.is_empty() { Value::Null } else { Value::str(parts.join(delimiter)) })
}

fn unique(value: &Value) -> Value {
    let Value::List(values) = value else { return value.clone() };
    let mut kept: Vec<Value> = Vec::with_capacity(values.len());
    let mut seen = std::collections::BTreeSet::new();
    for one in values {
        let key = match one {
            Value::Bin(octets) => (true, octets.to_vec()),
            other => (false, as_text(other).as_bytes().to_vec()),
        };
        if seen.insert(key) {
            kept.push(one.clone());
        }
    }
    Value::List(kept)
}

fn split(arguments: &[Value]) -> Result<Value, String> {
    let Some(text) = text_of(&arguments[0])? else { return Ok(Value::Null) };
    let delimiter = text_of(&arguments[1])?.unwrap_or_default();
    let mut chars = delimiter.chars();
    let (Some(delimiter), None) = (chars.next(), chars.next()) else {
        return Err(format!("the delimiter must be one character, found `{delimiter}`"));
    };
    let limit = match arguments.get(2) {
        Some(limit) => {
            usize::try_from(number_of(limit)?).map_err(|_| "the limit must not be negative".to_owned())?
        }
        None => usize::MAX,
    };
    Ok(Value::list(text.splitn(limit.max(1), delimiter).map(Value::str)))
}

fn value_count(scope: &Scope<'_>, arguments: &[Node]) -> Result<Value, EvalError> {
    let name = as_text(&scope.eval(&arguments[0])?).into_owned();
    Ok(Value::Num(length(scope.context.attributes.attribute(&name).elements().len())))
}
