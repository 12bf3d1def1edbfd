//! From JSON to a typed argument, in all the forms that clients send.

use base64::prelude::*;
use bytes::Bytes;
use serde_json::{Map, Value as Json};

use super::error::CmdletError;
use super::kind::Type;
use super::table::Parameter;

/// A change of a property with several values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Values<T> {
    /// These and no others.
    Replace(Vec<T>),
    /// `@{Add=…; Remove=…}`.
    Modify {
        /// Values that come.
        add: Vec<T>,
        /// Values that go.
        remove: Vec<T>,
    },
}

/// A typed argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Argument {
    /// `$null`.
    Null,
    /// A text.
    Text(String),
    /// A flag.
    Flag(bool),
    /// A number.
    Number(u32),
    /// Octets.
    Binary(Bytes),
    /// Texts.
    Texts(Values<String>),
    /// Octet strings.
    Binaries(Values<Bytes>),
}

/// How a hashtable is marked. Source: requests of the ExchangeOnlineManagement module quoted in public repositories.
const HASHTABLE: &str = "#Exchange.GenericHashTable";

/// Longest part of a refused value that is told.
const SHOWN_MAX: usize = 64;

/// Reads the argument of a parameter.
///
/// # Errors
/// The value can't be one of the parameter's type.
pub(super) fn argument((name, kind): Parameter, value: &Json) -> Result<Argument, CmdletError> {
    typed(kind, value).map_err(|problem| CmdletError::Argument {
        parameter: name.to_owned(),
        value: shown(value),
        kind: kind.name(),
        problem,
    })
}

fn typed(kind: Type, value: &Json) -> Result<Argument, String> {
    Ok(match (kind, value) {
        (_, Json::Null) => Argument::Null,
        (Type::Text(max), value) => Argument::Text(text(value, max)?),
        (Type::Flag, value) => Argument::Flag(flag(value)?),
        (Type::Number, value) => Argument::Number(number(value)?),
        (Type::Binary, value) => Argument::Binary(octets(value)?),
        (Type::Texts, value) => Argument::Texts(values(value, |value| text(value, usize::MAX))?),
        (Type::Binaries, value) => Argument::Binaries(binaries(value)?),
        (Type::Choice(words), value) => Argument::Text(choice(value, words)?),
        (Type::ResultSize, value) => result_size(value)?,
    })
}

fn text(value: &Json, max: usize) -> Result<String, String> {
    let text = match value {
        Json::String(text) => text.clone(),
        Json::Number(number) => number.to_string(),
        Json::Bool(flag) => flag.to_string(),
        _ => return Err("A string is expected.".to_owned()),
    };
    if text.chars().count() > max {
        return Err(format!("The length of the property is too long. The maximum length is {max}."));
    }
    Ok(text)
}

fn flag(value: &Json) -> Result<bool, String> {
    let word = match value {
        Json::Bool(flag) => return Ok(*flag),
        Json::String(word) => word.trim_start_matches('$').to_ascii_lowercase(),
        Json::Number(number) => number.to_string(),
        Json::Object(switch) => return switch.get("IsPresent").map_or(Err(boolean()), flag),
        _ => return Err(boolean()),
    };
    match word.as_str() {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err(boolean()),
    }
}

fn boolean() -> String {
    "$true or $false is expected.".to_owned()
}

fn number(value: &Json) -> Result<u32, String> {
    let parsed = match value {
        Json::Number(number) => number.as_u64().and_then(|number| u32::try_from(number).ok()),
        Json::String(text) => text.parse().ok(),
        _ => None,
    };
    parsed.ok_or_else(|| "A number between 0 and 4294967295 is expected.".to_owned())
}

fn choice(value: &Json, words: &[&str]) -> Result<String, String> {
    let given = text(value, usize::MAX)?;
    let known = words.iter().find(|word| word.eq_ignore_ascii_case(&given));
    known.map(|word| (*word).to_owned()).ok_or_else(|| {
        format!(
            "Unable to match the identifier name {given} to a valid enumerator name. Specify one of the following enumerator names and try again: {}",
            words.join(", ")
        )
    })
}

fn result_size(value: &Json) -> Result<Argument, String> {
    match value {
        Json::String(word) if word.eq_ignore_ascii_case("unlimited") => Ok(Argument::Null),
        value => number(value).map(Argument::Number),
    }
}

/// Base64, or the octets as numbers, which is what PowerShell's JSON makes of a byte array.
fn octets(value: &Json) -> Result<Bytes, String> {
    let expected = || "Base64 text or an array of numbers between 0 and 255 is expected.".to_owned();
    match value {
        Json::String(text) => BASE64_STANDARD.decode(text.trim()).map(Bytes::from).map_err(|_| expected()),
        Json::Array(list) => {
            let octet = |value: &Json| value.as_u64().and_then(|number| u8::try_from(number).ok());
            list.iter().map(octet).collect::<Option<Vec<u8>>>().map(Bytes::from).ok_or_else(expected)
        }
        // PowerShell wraps an array that was given as an object: {"value": […], "Count": n}
        Json::Object(wrapped) => octets(member(wrapped, "value").ok_or_else(expected)?),
        _ => Err(expected()),
    }
}

/// One byte array, a list of them, or a hashtable. A list of numbers is one byte array.
fn binaries(value: &Json) -> Result<Values<Bytes>, String> {
    let one = |value: &Json| octets(value);
    match value {
        Json::Array(list) if !list.is_empty() && list.iter().all(Json::is_number) => {
            Ok(Values::Replace(vec![octets(value)?]))
        }
        value => values(value, one),
    }
}

fn values<T>(value: &Json, one: impl Fn(&Json) -> Result<T, String> + Copy) -> Result<Values<T>, String> {
    match value {
        Json::Object(table) if is_hashtable(table) => {
            Ok(match (member(table, "Add"), member(table, "Remove")) {
                // an empty hashtable is how a module sends an empty collection
                (None, None) => Values::Replace(Vec::new()),
                (add, remove) => Values::Modify { add: several(add, one)?, remove: several(remove, one)? },
            })
        }
        value => several(Some(value), one).map(Values::Replace),
    }
}

fn is_hashtable(table: &Map<String, Json>) -> bool {
    table.get("@odata.type").and_then(Json::as_str) == Some(HASHTABLE)
        || member(table, "Add").is_some()
        || member(table, "Remove").is_some()
}

fn several<T>(
    value: Option<&Json>,
    one: impl Fn(&Json) -> Result<T, String> + Copy,
) -> Result<Vec<T>, String> {
    match value {
        None | Some(Json::Null) => Ok(Vec::new()),
        Some(value @ Json::Array(list)) => {
            // a list of numbers inside of Add or Remove is one byte array
            let numbers = !list.is_empty() && list.iter().all(Json::is_number);
            if numbers && let Ok(single) = one(value) {
                return Ok(vec![single]);
            }
            list.iter().map(one).collect()
        }
        Some(Json::Object(wrapped)) => several(Some(member(wrapped, "value").unwrap_or(&Json::Null)), one),
        Some(value) => one(value).map(|single| vec![single]),
    }
}

/// A member, whatever its letter case: PowerShell doesn't mind it.
fn member<'a>(table: &'a Map<String, Json>, name: &str) -> Option<&'a Json> {
    table.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

fn shown(value: &Json) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let mut short: String = text.chars().take(SHOWN_MAX).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}
