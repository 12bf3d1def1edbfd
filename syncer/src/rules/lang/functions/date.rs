//! Dates.

use jiff::civil::DateTime;

use super::{Function, functions, number_of};
use crate::rules::lang::{dates, value::Value};

pub(super) const TABLE: &[Function] = functions! {
    "CDate" 1 1, Each(|_, a| convert(&a[0])), "CDate(str)", "Reads a date; the result is UTC.";
    "DateAdd" 3 3, Each(|_, a| add(&a[0], &a[1], &a[2])), "DateAdd(str interval, num amount, dt)", "Adds to a date.";
    "DateFromNum" 1 1, Each(|_, a| from_number(&a[0])), "DateFromNum(num)", "FILETIME to date.";
    "FormatDateTime" 2 2, Each(|_, a| format(&a[0], &a[1])), "FormatDateTime(dt, str format)", "A date by a .NET custom format.";
    "Now" 0 0, Whole(|context, _| Ok(Value::Date(context.now()))), "Now()", "The current time, UTC.";
    "NumFromDate" 1 1, Each(|_, a| to_number(&a[0])), "NumFromDate(dt)", "Date to FILETIME.";
};

fn date_of(value: &Value) -> Result<Option<DateTime>, String> {
    match value {
        Value::Date(date) => Ok(Some(*date)),
        Value::Str(text) => dates::parse(text).map(Some).ok_or_else(|| format!("`{text}` is no date")),
        nothing if nothing.is_null() => Ok(None),
        other => Err(format!("expected dt, found {}", other.type_name())),
    }
}

fn convert(value: &Value) -> Result<Value, String> {
    Ok(date_of(value)?.map_or(Value::Null, Value::Date))
}

fn add(unit: &Value, amount: &Value, date: &Value) -> Result<Value, String> {
    let Some(date) = date_of(date)? else { return Ok(Value::Null) };
    let unit = super::text_of(unit)?.unwrap_or_default();
    dates::add(date, unit, number_of(amount)?).map(Value::Date)
}

fn from_number(value: &Value) -> Result<Value, String> {
    if value.is_null() {
        return Ok(Value::Null);
    }
    let ticks = number_of(value)?;
    dates::from_filetime(ticks)
        .map(Value::Date)
        .ok_or_else(|| format!("{ticks} is no date between 1601 and 9999"))
}

fn to_number(value: &Value) -> Result<Value, String> {
    let Some(date) = date_of(value)? else { return Ok(Value::Null) };
    dates::to_filetime(date).map(Value::Num).ok_or_else(|| format!("{date} has no FILETIME"))
}

fn format(value: &Value, pattern: &Value) -> Result<Value, String> {
    let Some(date) = date_of(value)? else { return Ok(Value::Null) };
    Ok(Value::str(dates::format(date, super::text_of(pattern)?.unwrap_or_default())))
}
