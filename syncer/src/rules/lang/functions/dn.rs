//! Distinguished names.

use super::{Function, functions, number_of, text_of};
use crate::rules::lang::value::Value;

pub(super) const TABLE: &[Function] = functions! {
    "DNComponent" 2 2, Each(|_, a| component(a, false)), "DNComponent(ref, num)", "The value of one RDN, from the left.";
    "DNComponentRev" 2 3, Each(|_, a| component(a, true)), "DNComponentRev(ref, num, [\"DC\"])", "The value of one RDN, from the right.";
    "EscapeDNComponent" 1 1, Each(|_, a| Ok(text_of(&a[0])?.map_or(Value::Null, |text| Value::str(escape(text))))), "EscapeDNComponent(str)", "An RDN with its special characters escaped.";
};

/// The value as it stands in the DN, escapes included: the out-of-box rules look for `\0ACNF:`.
fn component(arguments: &[Value], from_the_right: bool) -> Result<Value, String> {
    let Some(dn) = text_of(&arguments[0])? else { return Ok(Value::Null) };
    let mut rdns = split(dn, ',');
    if let Some(option) = arguments.get(2) {
        match text_of(option)? {
            Some("DC" | "dc") => rdns.retain(|rdn| !rdn.trim_start().to_ascii_lowercase().starts_with("dc=")),
            other => return Err(format!("expected \"DC\", found {other:?}")),
        }
    }
    if from_the_right {
        rdns.reverse();
    }
    let wanted = usize::try_from(number_of(&arguments[1])?).ok().and_then(|index| index.checked_sub(1));
    let value = wanted.and_then(|wanted| rdns.get(wanted)).and_then(|rdn| rdn.split_once('='));
    Ok(value.map_or(Value::Null, |(_, value)| Value::str(value.trim_start())))
}

/// Cuts at unescaped separators.
fn split(dn: &str, separator: char) -> Vec<&str> {
    let mut escaped = false;
    let cuts = |c| {
        let cuts = !escaped && c == separator;
        escaped = !escaped && c == '\\';
        cuts
    };
    dn.split(cuts).collect()
}

/// Escapes the value of `type=value` (or a bare value) by RFC 4514 §2.4.
fn escape(text: &str) -> String {
    let (kind, value) = text.split_once('=').map_or(("", text), |(kind, value)| (kind, value));
    let last = value.chars().count().saturating_sub(1);
    let mut out = String::new();
    for (index, c) in value.chars().enumerate() {
        let special = matches!(c, ',' | '+' | '"' | '\\' | '<' | '>' | ';' | '=');
        let edge = (index == 0 && matches!(c, ' ' | '#')) || (index == last && c == ' ');
        if c == '\0' {
            out.push_str("\\00");
            continue;
        }
        if special || edge {
            out.push('\\');
        }
        out.push(c);
    }
    if kind.is_empty() { out } else { format!("{kind}={out}") }
}
