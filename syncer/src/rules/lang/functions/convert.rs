//! Conversions between types and encodings.

use base64::{Engine, engine::general_purpose::STANDARD};

use super::{Function, any_text, functions, number_of, octets_of, text_of};
use crate::rules::lang::{
    eval::{as_text, truth},
    value::Value,
};

pub(super) const TABLE: &[Function] = functions! {
    "CBin" 2 2, Each(|_, a| to_binary(a)), "CBin(num, num length)", "A number as octets, big-endian.";
    "CBool" 1 1, Each(|_, a| Ok(Value::Bool(truth(&a[0])))), "CBool(exp)", "Non-zero or true; NULL is False.";
    "CGuid" 1 1, Each(|_, a| to_guid(&a[0])), "CGuid(str)", "A GUID's text as octets.";
    "CNum" 1 1, Each(|_, a| to_number(&a[0])), "CNum(str)", "Text as a number.";
    "CRef" 1 1, Each(|_, a| Ok(text_of(&a[0])?.map_or(Value::Null, |text| Value::Ref(text.into())))), "CRef(str)", "Text as a reference.";
    "CStr" 1 1, Each(|_, a| Ok(to_text(&a[0]))), "CStr(exp)", "A number, reference, boolean or date as text.";
    "ConvertFromBase64" 1 2, Each(|_, a| from_base64(a)), "ConvertFromBase64(str, [UTF8|ASCII|Unicode])", "Base64 to text.";
    "ConvertFromUTF8Hex" 1 1, Each(|_, a| from_hex(&a[0])), "ConvertFromUTF8Hex(str)", "Hex of UTF-8 to text.";
    "ConvertToBase64" 1 1, Each(|_, a| to_base64(&a[0])), "ConvertToBase64(str|bin)", "Octets, or UTF-16LE of text, to Base64.";
    "ConvertToUTF8Hex" 1 1, Each(|_, a| Ok(any_text(&a[0])?.map_or(Value::Null, |text| Value::str(hex::encode_upper(&*text))))), "ConvertToUTF8Hex(str)", "Text to hex of its UTF-8.";
    "Guid" 0 0, Whole(|context, _| Ok(Value::str(random_guid(context.random())))), "Guid()", "A new GUID.";
    "StringFromGuid" 1 1, Each(|_, a| guid_text(&a[0])), "StringFromGuid(bin)", "A GUID's octets as text.";
    "StringFromSid" 1 1, Each(|_, a| sid_text(&a[0])), "StringFromSid(bin)", "A SID's octets as text.";
};

fn to_binary(arguments: &[Value]) -> Result<Value, String> {
    let length = usize::try_from(number_of(&arguments[1])?).ok().filter(|length| (1..=8).contains(length));
    let length = length.ok_or("the length must be 1 to 8 octets")?;
    Ok(Value::bin(&number_of(&arguments[0])?.to_be_bytes()[8 - length..]))
}

/// A GUID's text, with or without braces, as octets in .NET's order (the first three fields little-endian).
pub(super) fn guid(text: &str) -> Option<[u8; 16]> {
    let inner = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or(text);
    uuid::Uuid::try_parse(inner).ok().map(|guid| guid.to_bytes_le())
}

fn to_guid(value: &Value) -> Result<Value, String> {
    let Some(text) = text_of(value)? else { return Ok(Value::Null) };
    guid(text).map(Value::bin).ok_or_else(|| format!("`{text}` is no GUID"))
}

fn guid_text(value: &Value) -> Result<Value, String> {
    let Some(octets) = octets_of(value)? else { return Ok(Value::Null) };
    let octets: [u8; 16] =
        octets.try_into().map_err(|_| format!("a GUID has 16 octets, found {}", octets.len()))?;
    Ok(Value::str(uuid::Uuid::from_bytes_le(octets).to_string()))
}

fn random_guid(octets: [u8; 16]) -> String {
    uuid::Builder::from_random_bytes(octets).into_uuid().to_string()
}

fn sid_text(value: &Value) -> Result<Value, String> {
    let Some(octets) = octets_of(value)? else { return Ok(Value::Null) };
    let broken = || format!("{} octets are no SID", octets.len());
    let (&[revision, count, a, b, c, d, e, f], rest) = octets.split_first_chunk::<8>().ok_or_else(broken)?;
    if rest.len() != usize::from(count) * 4 {
        return Err(broken());
    }
    let authority = u64::from_be_bytes([0, 0, a, b, c, d, e, f]);
    let parts = rest
        .chunks_exact(4)
        .map(|part| format!("-{}", u32::from_le_bytes([part[0], part[1], part[2], part[3]])));
    Ok(Value::str(format!("S-{revision}-{authority}{}", parts.collect::<String>())))
}

fn to_number(value: &Value) -> Result<Value, String> {
    if value.is_null() { Ok(Value::Null) } else { number_of(value).map(Value::Num) }
}

fn to_text(value: &Value) -> Value {
    if value.is_null() { Value::Null } else { Value::str(as_text(value)) }
}

/// Plain Base64 of octets; of text, Base64 of its UTF-16LE (what the documented example shows).
fn to_base64(value: &Value) -> Result<Value, String> {
    Ok(match value {
        Value::Bin(octets) => Value::str(STANDARD.encode(octets)),
        other => match any_text(other)? {
            Some(text) => Value::str(
                STANDARD.encode(text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>()),
            ),
            None => Value::Null,
        },
    })
}

fn from_base64(arguments: &[Value]) -> Result<Value, String> {
    let Some(text) = text_of(&arguments[0])? else { return Ok(Value::Null) };
    let octets = STANDARD.decode(text.trim()).map_err(|error| format!("`{text}` is no Base64: {error}"))?;
    match arguments.get(1).map(as_text).as_deref() {
        Some("UTF8" | "ASCII") => {
            String::from_utf8(octets).map(Value::str).map_err(|_| "the octets are no UTF-8".to_owned())
        }
        Some("Unicode") | None => {
            let units: Vec<u16> = octets
                .chunks(2)
                .map(|pair| u16::from_le_bytes([pair[0], *pair.get(1).unwrap_or(&0)]))
                .collect();
            Ok(Value::str(String::from_utf16_lossy(&units)))
        }
        Some(other) => Err(format!("`{other}` is no encoding; expected UTF8, ASCII or Unicode")),
    }
}

fn from_hex(value: &Value) -> Result<Value, String> {
    let Some(text) = text_of(value)? else { return Ok(Value::Null) };
    let octets = hex::decode(text.trim()).map_err(|error| format!("`{text}` is no hex: {error}"))?;
    String::from_utf8(octets).map(Value::str).map_err(|_| "the octets are no UTF-8".to_owned())
}
