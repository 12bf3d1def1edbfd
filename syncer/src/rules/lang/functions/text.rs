//! Strings. Positions count characters from 1, as the functions reference does.

use super::{Function, any_text, functions, list::length, number_of, text_of};
use crate::rules::lang::value::Value;

pub(super) const TABLE: &[Function] = functions! {
    "InStr" 2 4, Each(|_, a| find(a, false)), "InStr(str text, str part, [num start], [vbTextCompare|vbBinaryCompare])", "Where a part begins; 0: nowhere.";
    "InStrRev" 2 4, Each(|_, a| find(a, true)), "InStrRev(str text, str part, [num start], [compare])", "Where a part begins last; 0: nowhere.";
    "LCase" 1 1, Each(|_, a| mapped(&a[0], str::to_lowercase)), "LCase(str)", "Lower case.";
    "LTrim" 1 1, Each(|_, a| mapped(&a[0], |text| text.trim_start().to_owned())), "LTrim(str)", "Without leading white space.";
    "Left" 2 2, Each(|_, a| left(a)), "Left(str, num)", "The first characters.";
    "Len" 1 1, Each(|_, a| len(&a[0])), "Len(str)", "How many characters (octets of bin).";
    "Mid" 3 3, Each(|_, a| mid(a)), "Mid(str, num start, num length)", "Characters from the middle.";
    "PCase" 1 1, Each(|_, a| mapped(&a[0], proper)), "PCase(str)", "Each word with a capital.";
    "PadLeft" 3 3, Each(|_, a| pad(a, true)), "PadLeft(str, num length, str fill)", "Filled up on the left.";
    "PadRight" 3 3, Each(|_, a| pad(a, false)), "PadRight(str, num length, str fill)", "Filled up on the right.";
    "RTrim" 1 1, Each(|_, a| mapped(&a[0], |text| text.trim_end().to_owned())), "RTrim(str)", "Without trailing white space.";
    "Replace" 3 3, Each(|_, a| replace(a)), "Replace(str, str old, str new)", "All occurrences replaced.";
    "ReplaceChars" 2 2, Each(|_, a| replace_chars(a)), "ReplaceChars(str, str pattern)", "Characters replaced by `from:to,from:to`.";
    "Right" 2 2, Each(|_, a| right(a)), "Right(str, num)", "The last characters.";
    "Trim" 1 1, Each(|_, a| mapped(&a[0], |text| text.trim().to_owned())), "Trim(str)", "Without white space around.";
    "UCase" 1 1, Each(|_, a| mapped(&a[0], str::to_uppercase)), "UCase(str)", "Upper case.";
    "Word" 3 3, Each(|_, a| word(a)), "Word(str, num index, str delimiters)", "One word, from 1.";
};

fn mapped(value: &Value, run: fn(&str) -> String) -> Result<Value, String> {
    Ok(any_text(value)?.map_or(Value::Null, |text| Value::str(run(&text))))
}

fn proper(text: &str) -> String {
    let word = |word: &str| {
        let mut chars = word.chars();
        chars.next().map_or_else(String::new, |first| {
            first.to_uppercase().chain(chars.flat_map(char::to_lowercase)).collect()
        })
    };
    text.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

fn len(value: &Value) -> Result<Value, String> {
    Ok(Value::Num(match value {
        Value::Bin(octets) => length(octets.len()),
        other => any_text(other)?.map_or(0, |text| length(text.chars().count())),
    }))
}

fn left(arguments: &[Value]) -> Result<Value, String> {
    cut(arguments, |chars, n| chars[..n].iter().collect())
}

fn right(arguments: &[Value]) -> Result<Value, String> {
    cut(arguments, |chars, n| chars[chars.len() - n..].iter().collect())
}

/// NULL is an empty string, a negative number the whole string, a short string itself.
fn cut(arguments: &[Value], take: fn(&[char], usize) -> String) -> Result<Value, String> {
    let chars: Vec<char> = any_text(&arguments[0])?.unwrap_or_default().chars().collect();
    let wanted = usize::try_from(number_of(&arguments[1])?).unwrap_or(usize::MAX).min(chars.len());
    Ok(Value::str(take(&chars, wanted)))
}

/// Length 0 is an empty string; a negative length, a start beyond the end or below 1 the whole string.
fn mid(arguments: &[Value]) -> Result<Value, String> {
    let (start, wanted) = (number_of(&arguments[1])?, number_of(&arguments[2])?);
    if let Value::Bin(octets) = &arguments[0] {
        let range = middle(octets.len(), start, wanted);
        return Ok(Value::bin(&octets[range]));
    }
    let chars: Vec<char> = any_text(&arguments[0])?.unwrap_or_default().chars().collect();
    Ok(Value::str(chars[middle(chars.len(), start, wanted)].iter().collect::<String>()))
}

fn middle(total: usize, start: i64, wanted: i64) -> std::ops::Range<usize> {
    if wanted == 0 {
        return 0..0;
    }
    match (usize::try_from(start), usize::try_from(wanted)) {
        (Ok(start), Ok(wanted)) if (1..=total).contains(&start) => {
            start - 1..(start - 1).saturating_add(wanted).min(total)
        }
        _ => 0..total,
    }
}

/// A fill of several characters counts by its first (`System.String.PadLeft` takes one).
fn pad(arguments: &[Value], on_the_left: bool) -> Result<Value, String> {
    let text = any_text(&arguments[0])?.unwrap_or_default();
    let wanted = usize::try_from(number_of(&arguments[1])?).unwrap_or(0);
    if wanted > 65_536 {
        return Err(format!("a length of {wanted} is out of bounds"));
    }
    let fill = any_text(&arguments[2])?.and_then(|fill| fill.chars().next());
    let missing = wanted.saturating_sub(text.chars().count());
    let filling: String = fill.map(|fill| std::iter::repeat_n(fill, missing).collect()).unwrap_or_default();
    Ok(Value::str(if on_the_left { format!("{filling}{text}") } else { format!("{text}{filling}") }))
}

fn find(arguments: &[Value], last: bool) -> Result<Value, String> {
    let (Some(text), Some(part)) = (any_text(&arguments[0])?, any_text(&arguments[1])?) else {
        return Ok(Value::Num(0));
    };
    let fold = matches!(arguments.get(3), Some(Value::Str(mode)) if &**mode == "vbTextCompare");
    let chars = |text: &str| -> Vec<char> {
        if fold { text.to_lowercase().chars().collect() } else { text.chars().collect() }
    };
    let (text, part) = (chars(&text), chars(&part));
    let start = arguments.get(2).map(number_of).transpose()?;
    let holds = |at: &usize| text.get(*at..).is_some_and(|rest| rest.starts_with(&part));
    let at = if last {
        let from = start.and_then(|start| usize::try_from(start).ok()).unwrap_or(text.len());
        (0..from.min(text.len())).rev().find(holds)
    } else {
        let from = start.and_then(|start| usize::try_from(start - 1).ok()).unwrap_or(0);
        (from..text.len()).find(holds)
    };
    Ok(Value::Num(at.map_or(0, |at| length(at + 1))))
}

fn replace(arguments: &[Value]) -> Result<Value, String> {
    let Some(text) = any_text(&arguments[0])? else { return Ok(Value::Null) };
    let moniker = |value: &Value| -> Result<String, String> {
        Ok(text_of(value)?.unwrap_or_default().replace("\\n", "\n").replace("\\r", "\r").replace("\\t", "\t"))
    };
    let (old, new) = (moniker(&arguments[1])?, moniker(&arguments[2])?);
    if old.is_empty() {
        return Ok(Value::str(text));
    }
    let grown = text.matches(&*old).count().saturating_mul(new.len());
    if grown > 16 << 20 {
        return Err("the result is out of bounds".to_owned());
    }
    Ok(Value::str(text.replace(&old, &new)))
}

fn replace_chars(arguments: &[Value]) -> Result<Value, String> {
    let Some(text) = any_text(&arguments[0])? else { return Ok(Value::Null) };
    let pattern = text_of(&arguments[1])?.unwrap_or_default();
    let mut pairs = std::collections::BTreeMap::new();
    for pair in pattern.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
        let (from, to) =
            pair.split_once(':').ok_or_else(|| format!("`{pair}` is not of the form from:to"))?;
        let mut chars = from.trim().chars();
        let (Some(from), None) = (chars.next(), chars.next()) else {
            return Err(format!("`{from}` must be exactly one character"));
        };
        pairs.insert(from, to.trim());
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match pairs.get(&c) {
            Some(to) => out.push_str(to),
            None => out.push(c),
        }
    }
    Ok(Value::str(out))
}

/// Words are what stands between any of the delimiters; empty ones don't count.
fn word(arguments: &[Value]) -> Result<Value, String> {
    let text = any_text(&arguments[0])?.unwrap_or_default();
    let delimiters = text_of(&arguments[2])?.unwrap_or_default();
    let wanted = usize::try_from(number_of(&arguments[1])?).ok().and_then(|index| index.checked_sub(1));
    let mut words = text.split(|c| delimiters.contains(c)).filter(|word| !word.is_empty());
    Ok(Value::str(wanted.and_then(|wanted| words.nth(wanted)).unwrap_or_default()))
}
