//! Records → LDIF: what must be Base64 is, lines are folded at 76 columns, nothing else is added.

use base64::{Engine, engine::general_purpose::STANDARD};

use crate::wire::message::Attribute;

/// Longest physical line, as most tools fold.
const WIDTH: usize = 76;

/// The first line of an LDIF.
pub fn write_header(out: &mut String) {
    out.push_str("version: 1\n");
}

/// One entry: a blank line, its DN, its attributes in the order given.
pub fn write_entry(out: &mut String, dn: &str, attributes: &[Attribute]) {
    out.push('\n');
    line(out, "dn", dn.as_bytes());
    for attribute in attributes {
        for value in &attribute.values {
            line(out, &attribute.name, value);
        }
    }
}

fn line(out: &mut String, name: &str, value: &[u8]) {
    let text = match std::str::from_utf8(value) {
        Ok(text) if is_safe(value) => format!("{name}: {text}"),
        _ => format!("{name}:: {}", STANDARD.encode(value)),
    };
    fold(out, &text);
}

/// SAFE-STRING of RFC 2849, and no space at the end.
fn is_safe(value: &[u8]) -> bool {
    let safe = |octet: &u8| octet.is_ascii() && !matches!(octet, 0 | b'\n' | b'\r');
    let begins = value.first().is_none_or(|first| !matches!(first, b' ' | b':' | b'<'));
    begins && value.last() != Some(&b' ') && value.iter().all(safe)
}

/// Everything that is written is ASCII: a safe string or Base64 (and attribute names).
fn fold(out: &mut String, text: &str) {
    let mut rest = text;
    let mut width = WIDTH;
    loop {
        let cut = rest.char_indices().nth(width).map_or(rest.len(), |(index, _)| index);
        out.push_str(&rest[..cut]);
        out.push('\n');
        rest = &rest[cut..];
        if rest.is_empty() {
            return;
        }
        out.push(' ');
        width = WIDTH - 1;
    }
}
