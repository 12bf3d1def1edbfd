//! Values of the language → values of the provisioning service.

use super::lang::Value;
use crate::model::TenantValue;

/// The value as it is sent (`None`: nothing is left), and whether a value of no octets was dropped.
///
/// # Errors
/// Text for people, where the target can't take such a value (`flow-multi-values-to-single-value`).
pub(super) fn to_tenant(value: &Value, multi: bool) -> Result<(Option<TenantValue>, bool), String> {
    let all = value.elements();
    let kept: Vec<&Value> = all.iter().filter(|v| !v.is_null_or_empty()).collect();
    // Left(NULL) and its like give an empty text, which is no news; octets come from the directory as they are
    let emptied = all.iter().any(|v| matches!(v, Value::Bin(octets) if octets.is_empty()));
    let sent = match (multi, kept.as_slice()) {
        (_, []) => None,
        (true, values) => Some(list(values)?),
        (false, [one]) => Some(single(one)?),
        (false, values) => return Err(format!("{} values for a property that takes one", values.len())),
    };
    Ok((sent, emptied))
}

fn single(value: &Value) -> Result<TenantValue, String> {
    match value {
        Value::Bool(flag) => Ok(TenantValue::Bool(*flag)),
        Value::Num(number) => Ok(TenantValue::Long(*number)),
        Value::Str(text) | Value::Ref(text) => Ok(TenantValue::Text(text.to_string())),
        Value::Bin(octets) => Ok(TenantValue::Binary(octets.to_vec())),
        other => Err(format!("a value of type {} can't flow", other.type_name())),
    }
}

/// A list in a deterministic order, each value once.
fn list(values: &[&Value]) -> Result<TenantValue, String> {
    if values.iter().all(|v| matches!(v, Value::Bin(_))) {
        let mut list: Vec<Vec<u8>> = values.iter().map(|v| octets(v)).collect();
        list.sort_unstable();
        list.dedup();
        return Ok(TenantValue::BinaryList(list));
    }
    let mut list = values.iter().map(|v| text(v)).collect::<Result<Vec<_>, _>>()?;
    list.sort_unstable();
    list.dedup();
    Ok(TenantValue::TextList(list))
}

fn octets(value: &Value) -> Vec<u8> {
    if let Value::Bin(octets) = value { octets.to_vec() } else { Vec::new() }
}

fn text(value: &Value) -> Result<String, String> {
    match value {
        Value::Str(text) | Value::Ref(text) => Ok(text.to_string()),
        Value::Num(number) => Ok(number.to_string()),
        Value::Bool(flag) => Ok(if *flag { "True" } else { "False" }.to_owned()),
        other => Err(format!("a value of type {} can't flow into a list of texts", other.type_name())),
    }
}
