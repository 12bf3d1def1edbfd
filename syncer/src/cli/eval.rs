//! `syncer eval`: one expression.

use std::{collections::BTreeMap, io::Write, path::Path};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::json;

use super::{args, failure::Failure};
use crate::{
    config::Layers,
    rules::lang::{Context, Expr, Value},
};

/// Seed of `Guid()` and `RandomNum()` here: the same text gives the same result.
const SEED: u64 = 1;

pub(super) fn eval(args: &args::Eval, layers: &Layers, out: &mut dyn Write) -> Result<u8, Failure> {
    let expression = Expr::parse(&args.expr)
        .map_err(|e| Failure::bad(format!("--expr: column {}: {}", e.column, e.message)))?;
    let attributes = match &args.object {
        None => BTreeMap::new(),
        Some(path) => {
            read_object(path).map_err(|message| Failure::bad(format!("{}: {message}", path.display())))?
        }
    };
    let now = match args.now {
        Some(now) => now,
        None => layers.clock()?.now(),
    };
    let parameters = BTreeMap::new();
    let value = expression.eval(&Context::new(&attributes, &parameters, now, SEED));
    let value = value.map_err(|e| Failure::other(e.to_string()))?;
    writeln!(out, "{}", json!({ "type": value.type_name(), "value": to_json(&value) }))?;
    Ok(0)
}

fn read_object(path: &Path) -> Result<BTreeMap<String, Value>, String> {
    let text = std::fs::read_to_string(path).map_err(|e| e.to_string())?;
    let object: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(&text).map_err(|e| format!("expected a JSON object of attributes: {e}"))?;
    object.iter().map(|(name, value)| Ok((name.clone(), from_json(name, value)?))).collect()
}

fn from_json(name: &str, value: &serde_json::Value) -> Result<Value, String> {
    use serde_json::Value as Json;
    Ok(match value {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Bool(*value),
        Json::String(text) => Value::str(text),
        Json::Number(number) => {
            Value::Num(number.as_i64().ok_or_else(|| format!("{name}: {number} is no 64-bit integer"))?)
        }
        Json::Array(values) => {
            Value::list(values.iter().map(|value| from_json(name, value)).collect::<Result<Vec<_>, _>>()?)
        }
        Json::Object(_) => {
            let octets = value["b64"].as_str().and_then(|text| STANDARD.decode(text).ok());
            Value::bin(octets.ok_or_else(|| format!("{name}: expected {{\"b64\":\"BASE64\"}}"))?)
        }
    })
}

fn to_json(value: &Value) -> serde_json::Value {
    match value {
        Value::Null | Value::AuthoritativeNull | Value::IgnoreThisFlow => serde_json::Value::Null,
        Value::Bool(value) => json!(value),
        Value::Num(number) => json!(number),
        Value::Str(text) | Value::Ref(text) => json!(&**text),
        Value::Bin(octets) => json!(STANDARD.encode(octets)),
        Value::Date(date) => json!(date.to_string()),
        Value::List(values) => values.iter().map(to_json).collect(),
    }
}
