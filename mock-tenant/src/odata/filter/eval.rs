//! Whether a value passes a test. Texts are compared without regard to case, as the directory does.

use std::cmp::Ordering;

use jiff::tz::TimeZone;

use super::ast::{CompareOp, Literal, StringFunction, Test};
use crate::odata::value::{Value, compare_texts, starts_with};

impl Test {
    /// Whether the value passes. Nothing is equal to `null` only; ordering it against anything says no.
    #[must_use]
    pub fn holds(&self, value: &Value<'_>) -> bool {
        match self {
            Self::Compare(CompareOp::Eq, literal) => equal(value, literal),
            Self::Compare(CompareOp::Ne, literal) => !equal(value, literal),
            Self::Compare(op, literal) => compare(value, literal).is_some_and(|order| op.takes(order)),
            Self::Has(_) => false,
            Self::In(list) => list.iter().any(|literal| equal(value, literal)),
            Self::Function(function, text) => match value {
                Value::Text(value) => function.holds(value, text),
                _ => false,
            },
        }
    }
}

impl CompareOp {
    const fn takes(self, order: Ordering) -> bool {
        match self {
            Self::Eq => order.is_eq(),
            Self::Ne => order.is_ne(),
            Self::Gt => order.is_gt(),
            Self::Ge => order.is_ge(),
            Self::Lt => order.is_lt(),
            Self::Le => order.is_le(),
        }
    }
}

impl StringFunction {
    fn holds(self, value: &str, text: &str) -> bool {
        match self {
            Self::StartsWith => starts_with(value, text),
            Self::EndsWith => value.to_lowercase().ends_with(&text.to_lowercase()),
            Self::Contains => value.to_lowercase().contains(&text.to_lowercase()),
        }
    }
}

fn equal(value: &Value<'_>, literal: &Literal) -> bool {
    match (value, literal) {
        (Value::Null, Literal::Null) => true,
        _ => compare(value, literal).is_some_and(Ordering::is_eq),
    }
}

fn compare(value: &Value<'_>, literal: &Literal) -> Option<Ordering> {
    match (value, literal) {
        (Value::Text(value), Literal::Text(text)) => Some(compare_texts(value, text)),
        (Value::Text(value), Literal::Guid(id)) => Some(compare_texts(value, &id.to_string())),
        (Value::Bool(value), Literal::Bool(flag)) => Some(value.cmp(flag)),
        (Value::Int(value), Literal::Int(number)) => Some(value.cmp(number)),
        (Value::Time(value), Literal::Time(at)) => Some(value.cmp(at)),
        (Value::Time(value), Literal::Date(day)) => {
            let midnight = day.to_zoned(TimeZone::UTC).ok()?;
            Some(value.cmp(&midnight.timestamp()))
        }
        _ => None,
    }
}
